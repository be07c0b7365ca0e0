"""Marking words of a transcript as a promise, and saying what became of it.

In: the forms of a call's page. Out: the call's list of promises as a fragment, or the page again for a plain form.
"""

from __future__ import annotations

from datetime import date

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from calls.tables import Utterance
from crm import promise_ledger
from crm.access import Permission
from crm.errors import Forbidden, Invalid, NotFound
from crm.promise_ledger import Marking
from crm.tables import Promise
from web.ids import id_of
from web.pages.call_access import may_hear, visible_call
from web.pages.call_reads import facts_of
from web.render import render
from web.routes import actor_of, page
from web.services import services_of


async def mark(request: Request) -> Response:
    """POST /calls/ID/promises: who, what, until when, and the words that say so."""
    services, actor = services_of(request), actor_of(request)
    call_id = request.path_params["call_id"]
    async with request.form() as form:
        marking = marking_of(form)
    async with services.db.write() as session:
        call = await visible_call(session, actor, call_id)
        utterance = await session.get(Utterance, marking.utterance_id)
        # Words are marked by those who may read them.
        if utterance is None or utterance.call_id != call.id:
            raise NotFound("utterance", marking.utterance_id)
        if not await may_hear(session, actor, call):
            raise Forbidden("calls.listen")
        await promise_ledger.mark(session, actor, marking)
    return await _listed(request, call.id)


async def close(request: Request) -> Response:
    """POST /promises/ID/close: kept, broken, or cancelled."""
    services, actor = services_of(request), actor_of(request)
    promise_id = request.path_params["promise_id"]
    async with request.form() as form:
        verdict = _text(form, "state")
    if verdict not in promise_ledger.VERDICTS:
        raise Invalid("state", "must be kept, broken or cancelled")
    async with services.db.write() as session:
        promise = await session.get(Promise, promise_id)
        if promise is None:
            raise NotFound("promise", promise_id)
        await visible_call(session, actor, promise.call_id)
        await promise_ledger.close(session, actor, promise_id, verdict)
    return await _listed(request, promise.call_id)


def marking_of(form: FormData) -> Marking:
    """Read the form.

    Raises:
        Invalid: Names the field.
    """
    by_side, _colon, by_party = _text(form, "by").partition(":")
    return Marking(
        utterance_id=_number(form, "utterance_id"),
        word_from=_number(form, "word_from"),
        word_to=_number(form, "word_to"),
        what=_text(form, "what")[:1000],
        due_on=_day(form, "due_on"),
        by_side="" if by_side == "unknown" else by_side,
        by_party=by_party[:128],
    )


async def _listed(request: Request, call_id: int) -> Response:
    if "hx-request" not in request.headers:
        return RedirectResponse(f"/calls/{call_id}#promises", status_code=303)
    services, actor = services_of(request), actor_of(request)
    async with services.db.read() as session:
        call = await visible_call(session, actor, call_id)
        facts = await facts_of(session, services, actor, call, None)
    return render(request, "call_promises.html", promises=facts.promises)


def _text(form: FormData, name: str) -> str:
    value = form.get(name)
    return value.strip() if isinstance(value, str) else ""


def _number(form: FormData, name: str) -> int:
    number = id_of(_text(form, name))
    if number is None:
        raise Invalid(name, "must be a number")
    return number


def _day(form: FormData, name: str) -> date | None:
    text = _text(form, name)
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Invalid(name, "must be a day such as 2026-12-31") from error


routes = [
    page(
        "/calls/{call_id:id}/promises",
        mark,
        permission=Permission.PROMISES_MARK,
        methods=["POST"],
        name="mark_promise",
    ),
    page(
        "/promises/{promise_id:id}/close",
        close,
        permission=Permission.PROMISES_MARK,
        methods=["POST"],
        name="close_promise",
    ),
]
