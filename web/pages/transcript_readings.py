"""Readings of a recording on the page of its call: which there are, what they heard otherwise, which one counts.

In: a recording that the person may hear. Out: fragments for the page; orders for the worker. Also "read this first".
"""

from __future__ import annotations

import asyncio
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from calls.tables import Transcript, Utterance
from calls.transcripts import comparing
from calls.transcripts.rules import doubtful_percent
from crm import transcript_orders
from crm.access import Permission
from crm.errors import Invalid, NotFound
from web.pages.call_access import hearable_recording, may_hear, visible_call
from web.pages.speech_models import installed_models
from web.render import render
from web.routes import actor_of, page
from web.services import services_of


async def readings(request: Request) -> Response:
    """GET /recordings/ID/readings: all readings, and what may be ordered."""
    services, actor = services_of(request), actor_of(request)
    recording_id = request.path_params["recording_id"]
    models = await installed_models(services) if actor.may(Permission.TRANSCRIPTS_ORDER) else []
    async with services.db.read() as session:
        recording, call = await hearable_recording(session, actor, recording_id)
        found = await transcript_orders.readings(session, recording.id)
        ordered = await transcript_orders.waiting(session, recording.id)
        doubts = {one.transcript.id: await _doubts(session, one.transcript.id) for one in found}
    taken = {one.transcript.model for one in found} | {job.payload.get("model") for job in ordered}
    return render(
        request,
        "call_readings.html",
        call=call,
        recording=recording,
        readings=found,
        doubts=doubts,
        current=next((one.transcript for one in found if one.transcript.current), None),
        ordered=ordered,
        models=[model for model in models if model.name not in taken],
    )


async def order(request: Request) -> Response:
    """POST /recordings/ID/readings: another model shall read it."""
    services, actor = services_of(request), actor_of(request)
    async with services.db.read() as session:
        await hearable_recording(session, actor, request.path_params["recording_id"])
    async with request.form() as form:
        model = str(form.get("model", ""))
    if model not in {one.name for one in await installed_models(services)}:
        raise Invalid("model", "choose an installed model")
    async with services.db.write() as session:
        await transcript_orders.order(session, actor, request.path_params["recording_id"], model)
    return await readings(request)


async def choose(request: Request) -> Response:
    """POST /transcripts/ID/current: show, search and understand this reading."""
    services, actor = services_of(request), actor_of(request)
    async with services.db.write() as session:
        chosen = await transcript_orders.choose(
            session, actor, request.path_params["transcript_id"]
        )
    place = f"?recording={chosen.recording_id}" if chosen.recording_id else ""
    return RedirectResponse(f"/calls/{chosen.call_id}{place}#transcript", status_code=303)


async def compare(request: Request) -> Response:
    """GET /transcripts/ID/compare/OTHER: word by word, in the order of time."""
    services, actor = services_of(request), actor_of(request)
    ids = request.path_params["transcript_id"], request.path_params["other_id"]
    async with services.db.read() as session:
        one, other = [await session.get(Transcript, each) for each in ids]
        # Readings without sound have no recording: only the call says that they belong together.
        same = (
            one
            and other
            and (one.call_id, one.recording_id)
            == (
                other.call_id,
                other.recording_id,
            )
        )
        if one is None or other is None or not same:
            raise NotFound("transcript", ids[0] if one is None else ids[1])
        call = await visible_call(session, actor, one.call_id)
        if not await may_hear(session, actor, call):
            raise NotFound("transcript", one.id)
        words = [await _words(session, each) for each in ids]
    found = await asyncio.to_thread(comparing.compare, *words)
    return render(
        request,
        "call_compare.html",
        one=one,
        other=other,
        differences=found,
        percent=comparing.share_of_change(found),
    )


async def hurry(request: Request) -> Response:
    """POST /calls/ID/read-first: its recordings come before all others."""
    services, actor = services_of(request), actor_of(request)
    call_id = request.path_params["call_id"]
    async with services.db.write() as session:
        await transcript_orders.hurry(session, actor, call_id)
    return RedirectResponse(f"/calls/{call_id}#transcript", status_code=303)


async def opened(request: Request) -> Response:
    """POST /calls/ID/awaited: the page is open and waits for words."""
    services, actor = services_of(request), actor_of(request)
    async with services.db.write() as session:
        await transcript_orders.opened(session, actor, request.path_params["call_id"])
    return Response(status_code=204)


async def _doubts(session: AsyncSession, transcript_id: int) -> float:
    words = await session.scalars(
        select(Utterance.words).where(Utterance.transcript_id == transcript_id)
    )
    return doubtful_percent([word for spoken in words for word in spoken])


async def _words(session: AsyncSession, transcript_id: int) -> dict[str, list[dict[str, Any]]]:
    """What a reading heard, by side; turns without times of their words have those of the turn."""
    rows = await session.scalars(
        select(Utterance).where(Utterance.transcript_id == transcript_id).order_by(Utterance.turn)
    )
    found: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        times = {"start_s": row.start_s, "end_s": row.end_s}
        heard = row.words or [{"word": word, **times} for word in row.text.split()]
        found.setdefault(row.side, []).extend(heard)
    for words in found.values():
        words.sort(key=lambda word: float(word["start_s"]))
    return found


_recording = "/recordings/{recording_id:id}/readings"
routes = [
    page(_recording, readings, permission=Permission.RECORDINGS_PLAY_OWN, name="readings"),
    page(
        _recording,
        order,
        permission=Permission.TRANSCRIPTS_ORDER,
        methods=["POST"],
        name="order_reading",
    ),
    page(
        "/transcripts/{transcript_id:id}/current",
        choose,
        permission=Permission.TRANSCRIPTS_ORDER,
        methods=["POST"],
        name="choose_reading",
    ),
    page(
        "/transcripts/{transcript_id:id}/compare/{other_id:id}",
        compare,
        permission=Permission.RECORDINGS_PLAY_OWN,
        name="compare_readings",
    ),
    page(
        "/calls/{call_id:id}/read-first",
        hurry,
        permission=Permission.TRANSCRIPTS_ORDER,
        methods=["POST"],
        name="read_first",
    ),
    page(
        "/calls/{call_id:id}/awaited",
        opened,
        permission=Permission.RECORDINGS_PLAY_OWN,
        methods=["POST"],
        name="awaited",
    ),
]
