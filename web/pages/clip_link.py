"""Behind a link to a piece of a call: a page with the sound and nothing about the client.

In: a token (GET /clips/TOKEN, GET /clips/TOKEN/sound). Out: the page, and the piece, cut on the server from the recording
as it is now, while the link holds; one and the same 404 in every other case. Each play is counted and logged before its
first byte; whoever asks too often waits.
"""

from __future__ import annotations

from hashlib import sha256
from typing import TypeVar

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from calls.errors import RecordingUnreadable, SelectionInvalid
from calls.recordings.clip import FORMATS, Selection, make_clip
from calls.tables import Recording, Transcript, Utterance
from crm import shared_clips
from crm.access import Permission
from crm.shared_clips import COLLEAGUES
from crm.tables import SharedClip
from web.auth.middleware import address_of
from web.clip_sounds import AskLimit, ClipSounds
from web.errors import NotLoggedIn
from web.media import PRIVATE, Listenings, kept_file, piece_response
from web.pages.call_access import hearable_recording
from web.pages.clip_words import Line, lines_between
from web.pages.clips import SIDES
from web.pages.media import file_of
from web.render import render
from web.routes import page, visitor_of
from web.services import services_of

T = TypeVar("T")

HEADERS = {
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
    "Cache-Control": "no-store",
}
KIND = "mp3"
"""What every browser and phone plays."""


async def show_clip(request: Request) -> Response:
    """The page behind a link: player, length, and the words where they are shared."""
    if refused := _too_often(request):
        return refused
    services = services_of(request)
    async with services.db.read() as session:
        found = await _found(session, request)
        lines = await _lines(session, *found) if found is not None else []
    if found is None:
        return _nothing(request)
    clip, _recording = found
    if clip.with_words:
        await _log_reading(request, clip)
    return render(
        request,
        "clips/clip.html",
        headers=HEADERS,
        token=request.path_params["token"],
        clip=clip,
        lines=lines,
    )


async def play_clip(request: Request) -> Response:
    """The sound behind a link, whole or in the range asked for."""
    if refused := _too_often(request):
        return refused
    async with services_of(request).db.read() as session:
        found = await _found(session, request)
    made = await _cut(request, *found) if found is not None else None
    if found is None or made is None or not await _count(request, found[0]):
        return _nothing(request)
    return piece_response(request, made, FORMATS[KIND], HEADERS | {"Cache-Control": PRIVATE})


async def _found(session: AsyncSession, request: Request) -> tuple[SharedClip, Recording] | None:
    """The link and its recording for whoever may open it now.

    Raises:
        NotLoggedIn: the token has the form of those for colleagues, and nobody is logged in.
        Forbidden: a colleague who may not hear this call.
    """
    token, visitor = request.path_params["token"], visitor_of(request)
    if shared_clips.is_for_colleagues(token) and visitor is None:
        raise NotLoggedIn
    now = services_of(request).clock()
    going_on = not _listenings(request).is_new(_key(request), 0, now)
    found = await shared_clips.find(session, token, now, going_on=going_on)
    if found is None or found[0].for_whom != COLLEAGUES:
        return found
    if visitor is None:
        raise NotLoggedIn
    await hearable_recording(session, visitor, found[1].id)
    return found


async def _cut(request: Request, clip: SharedClip, recording: Recording) -> bytes | None:
    """The piece; None when the recording's file is not there, or ends before the piece begins."""
    services = services_of(request)
    try:
        path = kept_file(services.settings.data_dir, file_of(recording, "stereo")[0])
        selection = Selection(clip.from_s, clip.to_s, SIDES[clip.side])
        key = (clip.id, recording.sha256)
        return await sounds_of(request).of(key, lambda: make_clip(path, selection, KIND))
    except (HTTPException, RecordingUnreadable, SelectionInvalid):
        return None


async def _count(request: Request, clip: SharedClip) -> bool:
    services, listenings = services_of(request), _listenings(request)
    key, now = _key(request), services.clock()
    if request.method == "GET" and listenings.is_new(key, 0, now):
        async with services.db.write() as session:
            visitor, address = visitor_of(request), address_of(request)
            if not await shared_clips.note_play(session, visitor, clip, address, now):
                return False
    listenings.heard(key, 0, now)
    return True


async def _log_reading(request: Request, clip: SharedClip) -> None:
    async with services_of(request).db.write() as session:
        await shared_clips.note_reading(session, visitor_of(request), clip, address_of(request))


async def _lines(session: AsyncSession, clip: SharedClip, recording: Recording) -> list[Line]:
    if not clip.with_words:
        return []
    transcript = (
        select(Transcript.id)
        .where(
            Transcript.call_id == recording.call_id,
            or_(Transcript.recording_id == recording.id, Transcript.recording_id.is_(None)),
            Transcript.current,
        )
        .order_by(Transcript.recording_id.is_(None), Transcript.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    said = await session.scalars(select(Utterance).where(Utterance.transcript_id == transcript))
    return lines_between(said, clip.from_s, clip.to_s, clip.side)


def _nothing(request: Request) -> Response:
    """What every token gets that opens nothing: never known, over, revoked, played out or erased."""
    return render(request, "clips/nothing.html", status=404, headers=HEADERS)


def _too_often(request: Request) -> Response | None:
    limit = _kept(request, "clip_asks", AskLimit)
    wait_s = limit.wait_s(address_of(request), services_of(request).clock())
    if not wait_s:
        return None
    return Response(status_code=429, headers=HEADERS | {"Retry-After": str(wait_s)})


def _key(request: Request) -> str:
    """One visitor of one link: the person, or address and browser, and the link; never the token itself."""
    visitor = visitor_of(request)
    who = f"user:{visitor.user_id}" if visitor is not None else ""
    who = who or f"{address_of(request)}|{request.headers.get('user-agent', '')}"
    return sha256(f"{who}|{request.path_params['token']}".encode()).hexdigest()


def sounds_of(request: Request) -> ClipSounds:
    """The pieces that were cut lately."""
    return _kept(request, "clip_sounds", ClipSounds)


def _listenings(request: Request) -> Listenings:
    return _kept(request, "clip_listenings", Listenings)


def _kept(request: Request, name: str, kind: type[T]) -> T:
    state = request.app.state
    if not hasattr(state, name):
        setattr(state, name, kind())
    kept = getattr(state, name)
    assert isinstance(kept, kind)  # noqa: S101 - set two lines above
    return kept


routes = [
    page("/clips/{token}", show_clip, permission=Permission.PUBLIC),
    page("/clips/{token}/sound", play_clip, permission=Permission.PUBLIC),
]
