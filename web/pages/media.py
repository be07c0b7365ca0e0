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

from calls.recordings.silence import Pairs, silences
from calls.tables import Call, PeakCache, Recording
from crm import audit
from crm.access import Permission
from web.auth import cookies
from web.ids import id_of
from web.media import PRIVATE, Listenings, etag_of, kept_file, sound_response
from web.pages.call_access import hearable_recording
from web.routes import actor_of, page
from web.services import services_of

MOST_PEAKS = 40_000
"""Pairs per side that a browser is given at most: a minute of a two-hour call over a wide screen."""
USUAL_PEAKS = 1000
"""Pairs per side for a call as a whole: about as many as a screen has columns."""


async def sound(request: Request) -> Response:
    """GET /media/recordings/ID/WAY: the sound, both sides ("stereo") or one ("client", "operator").

    403 for people who may not hear it, 404 without such a recording or side, 410 when its file is gone or is another one
    than `?v=` (SHA-256) asks for, 416 for a range beyond its end, 503 when the listening cannot be logged.
    """
    way = request.path_params["way"]
    async with services_of(request).db.read() as session:
        recording, call = await hearable_recording(
            session, actor_of(request), request.path_params["recording_id"]
        )
    relative, digest = file_of(recording, way)
    if request.query_params.get("v", digest) != digest:
        # The page was opened before the recording was changed: no piece of the new one may join what it has of the old.
        raise HTTPException(410)
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
    """GET /media/recordings/ID/peaks?pairs=N: the waveform, `{"duration_s", "step_ms", "channels": [[min, max, …], …]}`.

    Values are from -127 to 127; about N pairs per side (`USUAL_PEAKS` if not said, at most `MOST_PEAKS`), however long the
    call was: the page asks for more of them when it zooms in.
    """
    recording, pairs, step_ms = await _outline(request)
    most = min(id_of(request.query_params.get("pairs", "")) or USUAL_PEAKS, MOST_PEAKS)
    step = max(1, -(-pairs.shape[1] // most))
    channels = [_thinned(side, step) for side in pairs]
    duration_s = recording.duration_s or pairs.shape[1] * step_ms / 1000
    body = {"duration_s": duration_s, "step_ms": step_ms * step, "channels": channels}
    return JSONResponse(body, headers={"Cache-Control": PRIVATE})


async def silent(request: Request) -> Response:
    """GET /media/recordings/ID/silences: where nobody speaks, `{"silent_s", "intervals": [[from_s, to_s], …]}`."""
    _recording, pairs, step_ms = await _outline(request)
    found = silences(pairs, step_ms)
    body = {"silent_s": round(sum(end - start for start, end in found), 2), "intervals": found}
    return JSONResponse(body, headers={"Cache-Control": PRIVATE})


async def _outline(request: Request) -> tuple[Recording, Pairs, int]:
    """A recording, its outline (sides, steps, 2) and how many milliseconds a step is.

    Raises:
        HTTPException: 410 for a recording without sound.
    """
    async with services_of(request).db.read() as session:
        recording, _call = await hearable_recording(
            session, actor_of(request), request.path_params["recording_id"]
        )
        cached = await session.get(PeakCache, recording.id)
    if recording.state != "ready" or cached is None:
        raise HTTPException(410)
    pairs = np.frombuffer(cached.peaks, dtype=np.int8).reshape(cached.channels, -1, 2)
    return recording, pairs, cached.step_ms


def _thinned(pairs: Pairs, step: int) -> list[int]:
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
        "/media/recordings/{recording_id:id}/silences",
        silent,
        permission=Permission.RECORDINGS_PLAY_OWN,
    ),
    page(
        "/media/recordings/{recording_id:id}/{way:str}",
        sound,
        permission=Permission.RECORDINGS_PLAY_OWN,
    ),
]
