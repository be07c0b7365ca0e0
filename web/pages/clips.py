"""A selection of a recording as a file of its own: POST /media/recordings/ID/clip. Each is logged before it is given.

In: from, to, side and format. Out: mp3 or ogg as a download. Whoever exports must hold `recordings.export`.
"""

from __future__ import annotations

import asyncio

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from calls.recordings.clip import FORMATS, Selection, make_clip
from calls.tables import Call, Recording
from calls.transcripts.segments import Side
from crm import audit
from crm.access import Permission
from crm.errors import Invalid
from web.media import PRIVATE, kept_file
from web.pages.call_access import hearable_recording
from web.pages.media import file_of
from web.routes import actor_of, page
from web.services import services_of

SIDES = {"both": Side.UNKNOWN, "client": Side.CLIENT, "operator": Side.OPERATOR}


async def clip(request: Request) -> Response:
    """Cut, log, give. 400 for a selection that is none, 410 when the recording's file is gone."""
    services, actor = services_of(request), actor_of(request)
    async with request.form() as form:
        selection, side, kind = _asked(form)
    async with services.db.read() as session:
        recording, call = await hearable_recording(
            session, actor, request.path_params["recording_id"]
        )
    path = kept_file(services.settings.data_dir, file_of(recording, "stereo")[0])
    made = await asyncio.to_thread(make_clip, path, selection, kind)
    async with services.db.write() as session:
        detail = {
            "call": call.id,
            "start_s": selection.start_s,
            "end_s": selection.end_s,
            "side": side,
            "format": kind,
        }
        await audit.record(session, actor, "recording.export", "recording", recording.id, detail)
    name = clip_name(call, recording, selection, kind)
    return Response(
        made,
        media_type=FORMATS[kind],
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": PRIVATE,
        },
    )


def clip_name(call: Call, recording: Recording, selection: Selection, kind: str) -> str:
    """A name that tells the call, the recording and the place in it; plain ASCII, no names of people."""
    return f"call-{call.id}-{recording.id}-{selection.start_s:.0f}-{selection.end_s:.0f}.{kind}"


def _asked(form: FormData) -> tuple[Selection, str, str]:
    side, kind = str(form.get("side", "both")), str(form.get("format", ""))
    if side not in SIDES:
        raise Invalid("side", "must be both, client or operator")
    if kind not in FORMATS:
        raise Invalid("format", "must be mp3 or ogg")
    selection = Selection(seconds_of(form, "start_s"), seconds_of(form, "end_s"), SIDES[side])
    return selection, side, kind


def seconds_of(form: FormData, name: str) -> float:
    """Seconds that a form names.

    Raises:
        Invalid: it is no number.
    """
    try:
        return float(str(form.get(name, "")))
    except ValueError as error:
        raise Invalid(name, "must be a number of seconds") from error


routes = [
    page(
        "/media/recordings/{recording_id:id}/clip",
        clip,
        permission=Permission.RECORDINGS_EXPORT,
        methods=["POST"],
    )
]
