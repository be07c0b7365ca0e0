"""Personal data of one call: what is held, hidden and deleted, and doing that.

In: a call that the person may see (and hear, where words are shown). Out: the panel of the call's page, the page with
personal data that was found in its words, and the deeds: redact, hold, delete for good.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from calls.personal_data.turns import Stretch
from calls.tables import Call
from crm import call_links, erasure, legal_holds, recording_notes, redaction, redaction_search
from crm.access import Actor, Permission
from crm.erasure import Order
from crm.errors import Forbidden, Invalid
from crm.redaction import Piece, Why
from web.ids import id_of
from web.pages.call_access import may_hear, visible_call
from web.pages.personal_words import erased_words, kind_words, moment_of
from web.render import render
from web.routes import actor_of, page
from web.services import services_of


async def panel(request: Request) -> Response:
    """What is known of consent, announcements, pauses, holds and hidden pieces of a call."""
    services, actor = services_of(request), actor_of(request)
    async with services.db.read() as session:
        call = await visible_call(session, actor, request.path_params["call_id"])
        client = await call_links.client_of(session, call.id)
        holds = await legal_holds.on_calls(session, [call.id])
        notes = await recording_notes.of_call(session, call)
        context: dict[str, Any] = {
            "call": call,
            "client": client,
            "notes": notes,
            "holds": holds.get(call.id, []),
            "placed": await legal_holds.listed(session, "call", call.id),
            "redactions": await redaction.of_call(session, call.id),
            "hears": await may_hear(session, actor, call),
        }
    return render(request, "personal_data/call_panel.html", kinds=kind_words(), **context)


async def found(request: Request) -> Response:
    """Cards, passports and codes in the words of a call, to be chosen from."""
    async with services_of(request).db.read() as session:
        call = await _hearable(session, actor_of(request), request.path_params["call_id"])
        items = await redaction_search.in_call(session, call.id)
        held = await legal_holds.on_calls(session, [call.id], to_delete=False)
    return render(
        request,
        "personal_data/found.html",
        call=call,
        items=items,
        held=bool(held),
        kinds=kind_words(),
    )


async def redact(request: Request) -> Response:
    """Hide a selection, or what was chosen of what was found."""
    form = await request.form()
    pieces = _pieces(form)
    why = Why(how=str(form.get("how", "silence")), reason=str(form.get("reason", "")))
    actor = actor_of(request)
    async with services_of(request).db.write() as session:
        call = await _hearable(session, actor, request.path_params["call_id"])
        await redaction.redact(session, actor, call.id, pieces, why)
    return RedirectResponse(f"/calls/{call.id}?said=redacted", status_code=303)


def _pieces(form: FormData) -> list[Piece]:
    chosen = [str(one) for one in form.getlist("piece")]
    if chosen:
        return [_piece(dict(part.partition("=")[::2] for part in one.split("&"))) for one in chosen]
    return [_piece({key: str(value) for key, value in form.items()})]


def _piece(values: Mapping[str, str]) -> Piece:
    """A piece as a form names it.

    Raises:
        Invalid: no numbers.
    """
    try:
        stretch = Stretch(
            from_s=float(values["from_s"]),
            to_s=float(values["to_s"]),
            utterance_id=id_of(values.get("utterance_id", "")),
            word_from=int(values.get("word_from") or 0),
            word_to=int(values.get("word_to") or -1),
        )
    except (KeyError, ValueError) as error:
        raise Invalid("redact_pieces", "select what is to be hidden") from error
    recording_id = id_of(values.get("recording_id", ""))
    return Piece(recording_id=recording_id, stretch=stretch, kind=values.get("kind") or "other")


async def hold_call(request: Request) -> Response:
    """Forbid to delete or redact a call, or all of a client."""
    form = await request.form()
    actor = actor_of(request)
    until_at = moment_of(str(form.get("until", "")), services_of(request).zone)
    async with services_of(request).db.write() as session:
        call = await visible_call(session, actor, request.path_params["call_id"])
        kind, subject_id = "call", call.id
        if form.get("whom") == "client":
            client = await call_links.client_of(session, call.id)
            if client is None:
                raise Invalid("hold_whom", "this call has no client: hold the call itself")
            kind, subject_id = "client", client.id
        reason = str(form.get("reason", ""))
        await legal_holds.place(session, actor, kind, subject_id, reason, until_at)
    return RedirectResponse(f"/calls/{call.id}?said=held", status_code=303)


async def lift_hold(request: Request) -> Response:
    """Allow it again."""
    async with services_of(request).db.write() as session:
        hold = await legal_holds.lift(session, actor_of(request), request.path_params["hold_id"])
    back = f"/calls/{hold.subject_id}" if hold.subject_kind == "call" else "/admin/retention"
    return RedirectResponse(back, status_code=303)


async def confirm(request: Request) -> Response:
    """What would be deleted for good, and what stays."""
    async with services_of(request).db.read() as session:
        call = await visible_call(session, actor_of(request), request.path_params["call_id"])
        holds = await legal_holds.on_calls(session, [call.id])
    return render(request, "personal_data/erase_call.html", call=call, holds=holds.get(call.id, []))


async def erase(request: Request) -> Response:
    """Delete a call, its sound or its words for good.

    Raises:
        Invalid: not confirmed, or no reason.
    """
    form = await request.form()
    services, actor = services_of(request), actor_of(request)
    if form.get("sure") != "yes":
        raise Invalid("erase_sure", "confirm that it is deleted for good")
    order = Order(what=str(form.get("what", "")), reason=str(form.get("reason", "")))
    async with services.db.write() as session:
        call = await visible_call(session, actor, request.path_params["call_id"])
        await erasure.erase_calls(session, actor, [call.id], order)
    said = await erased_words(services)
    back = "/admin/retention" if order.what == "call" else f"/calls/{call.id}"
    return RedirectResponse(f"{back}?said={said}", status_code=303)


async def _hearable(session: AsyncSession, actor: Actor, call_id: int) -> Call:
    call = await visible_call(session, actor, call_id)
    if not await may_hear(session, actor, call):
        raise Forbidden("calls.listen")
    return call


_call = "/calls/{call_id:id}"
routes = [
    page(f"{_call}/privacy", panel, permission=Permission.CALLS_SEE_OWN, name="call_privacy"),
    page(f"{_call}/personal-data", found, permission=Permission.DATA_REDACT, name="found_data"),
    page(f"{_call}/redact", redact, permission=Permission.DATA_REDACT, methods=["POST"]),
    page(f"{_call}/hold", hold_call, permission=Permission.DATA_HOLD, methods=["POST"]),
    page("/holds/{hold_id:id}/lift", lift_hold, permission=Permission.DATA_HOLD, methods=["POST"]),
    page(f"{_call}/erase", confirm, permission=Permission.DATA_ERASE, name="confirm_erase_call"),
    page(f"{_call}/erase", erase, permission=Permission.DATA_ERASE, methods=["POST"]),
]
