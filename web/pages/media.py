"""The sound of recordings and their waveforms. Every listening is logged before its first byte.

In: a recording's id. Out: sound with ranges, peaks as JSON. Who may hear what is `call_access`; a listening that cannot
be logged means no sound: the log is never the part that gives way. Clips are in `clips`.
"""

from __future__ import annotations

from hashlib import sha256

import numpy as np
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from calls.tables import Call, PeakCache, Recording
from crm import audit
from crm.access import Permission
from web.auth import cookies
from web.media import PRIVATE, Listenings, etag_of, kept_file, sound_response
from web.pages.call_access import hearable_recording
from web.routes import actor_of, page
from web.services import services_of

MOST_PEAKS = 4000
"""Pairs per side that a browser is given: more than any screen has columns, also when zoomed."""


async def sound(request: Request) -> Response:
    """GET /media/recordings/ID/WAY: the sound, both sides ("stereo") or one ("client", "operator").

    403 for people who may not hear it, 404 without such a recording or side, 410 when its file is gone, 416 for a range
    beyond its end, 503 when the listening cannot be logged.
    """
    way = request.path_params["way"]
    async with services_of(request).db.read() as session:
        recording, call = await hearable_recording(
            session, actor_of(request), request.path_params["recording_id"]
        )
    relative, digest = file_of(recording, way)
    path = kept_file(services_of(request).settings.data_dir, relative)
    if request.method == "GET":
        await _log_listening(request, recording, call, way)
    return sound_response(request, path, etag_of(digest, path))


def file_of(recording: Recording, way: str) -> tuple[str, str]:
    """Path (relative to the data directory) and SHA-256 of what is asked for.

    Raises:
        HTTPException: 410 for a recording without sound, 404 for a side that was not recorded apart.
    """
    if recording.state != "ready":
        raise HTTPException(410)
    if way == "stereo":
        return recording.path, recording.sha256
    for kept in recording.files:
        if kept.get("role") == way:
            return str(kept["path"]), str(kept.get("sha256", ""))
    raise HTTPException(404)


async def _log_listening(request: Request, recording: Recording, call: Call, way: str) -> None:
    services = services_of(request)
    listenings = _listenings(request)
    key, now = _session_key(request), services.clock()
    if listenings.is_new(key, recording.id, now):
        async with services.db.write() as session:
            await audit.record(
                session,
                actor_of(request),
                "recording.play",
                "recording",
                recording.id,
                {"call": call.id, "way": way, "range": request.headers.get("range", "")},
            )
    listenings.heard(key, recording.id, now)


def _listenings(request: Request) -> Listenings:
    state = request.app.state
    if not hasattr(state, "listenings"):
        state.listenings = Listenings()
    listenings = state.listenings
    assert isinstance(listenings, Listenings)  # noqa: S101 - set two lines above
    return listenings


def _session_key(request: Request) -> str:
    """One login on one browser: the person and his session, never the session's token itself."""
    token = cookies.session_token(request)
    return f"{actor_of(request).user_id}:{sha256(token.encode()).hexdigest()}"


async def peaks(request: Request) -> Response:
    """GET /media/recordings/ID/peaks: the waveform, `{"duration_s", "step_ms", "channels": [[min, max, …], …]}`.

    Values are from -127 to 127; at most `MOST_PEAKS` pairs per side, however long the call was.
    """
    async with services_of(request).db.read() as session:
        recording, _call = await hearable_recording(
            session, actor_of(request), request.path_params["recording_id"]
        )
        cached = await session.get(PeakCache, recording.id)
    if recording.state != "ready" or cached is None:
        raise HTTPException(410)
    pairs = np.frombuffer(cached.peaks, dtype=np.int8).reshape(cached.channels, -1, 2)
    step = max(1, -(-pairs.shape[1] // MOST_PEAKS))
    channels = [_thinned(side, step) for side in pairs]
    duration_s = recording.duration_s or pairs.shape[1] * cached.step_ms / 1000
    body = {"duration_s": duration_s, "step_ms": cached.step_ms * step, "channels": channels}
    return JSONResponse(body, headers={"Cache-Control": PRIVATE})


def _thinned(pairs: np.ndarray[tuple[int, ...], np.dtype[np.int8]], step: int) -> list[int]:
    """Join `step` neighbours to one pair, keeping the lowest and the highest: no short peak disappears."""
    starts = np.arange(0, len(pairs), step)
    if not len(starts):
        return []
    low = np.minimum.reduceat(pairs[:, 0], starts)
    high = np.maximum.reduceat(pairs[:, 1], starts)
    joined: list[int] = np.stack([low, high], axis=1).ravel().tolist()
    return joined


routes = [
    page(
        "/media/recordings/{recording_id:id}/peaks",
        peaks,
        permission=Permission.RECORDINGS_PLAY_OWN,
    ),
    page(
        "/media/recordings/{recording_id:id}/{way:str}",
        sound,
        permission=Permission.RECORDINGS_PLAY_OWN,
    ),
]
