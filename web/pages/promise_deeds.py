"""What people do with promises: mark, confirm, reject, close, take back, wherever they see them.

In: forms. Out: the place from which they were sent, as a fragment for scripts (`place` says which), else the page again.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from sqlalchemy.ext.asyncio import AsyncSession
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from calls.tables import Call, SpeechAct, Utterance
from crm import promise_decisions, promise_evidence, promise_ledger, promise_queries
from crm.access import Actor, Permission
from crm.errors import Forbidden, NotFound
from crm.tables import Promise
from web.pages.call_access import may_hear, visible_call
from web.pages.call_reads import facts_of
from web.pages.promise_forms import closing_of, marking_of, number_of, text_of, wording_of
from web.promise_words import house_of
from web.render import render
from web.routes import actor_of, page
from web.services import Services, services_of

Deed = Callable[[AsyncSession, Actor, int, FormData, Services], Awaitable[object]]


async def show_in_call(request: Request) -> Response:
    """GET /calls/ID/promises: what was promised, claimed and refused in a call, as a part of its page."""
    return await _listed(request, request.path_params["call_id"])


async def mark(request: Request) -> Response:
    """POST /calls/ID/promises: who, what, until when, and the words that say so."""
    services, actor = services_of(request), actor_of(request)
    async with request.form() as form:
        marking = marking_of(form)
    async with services.db.write() as session:
        call = await visible_call(session, actor, request.path_params["call_id"])
        utterance = await session.get(Utterance, marking.utterance_id)
        # Words are marked by those who may read them.
        if utterance is None or utterance.call_id != call.id:
            raise NotFound("utterance", marking.utterance_id)
        if not await may_hear(session, actor, call):
            raise Forbidden("calls.listen")
        await promise_ledger.mark(session, actor, marking, house_of(services))
    return await _listed(request, call.id)


async def judge(request: Request) -> Response:
    """POST /acts/ID/judge: whether the rules were right about a claim or a refusal (`right`: yes or no)."""
    services, actor = services_of(request), actor_of(request)
    async with request.form() as form:
        is_right = text_of(form, "right") == "yes"
    async with services.db.write() as session:
        act_id = request.path_params["act_id"]
        act = await session.get(SpeechAct, act_id)
        if act is None:
            raise NotFound("act", act_id)
        call = await visible_call(session, actor, act.call_id)
        if not await may_hear(session, actor, call):
            raise Forbidden("calls.listen")
        await promise_decisions.judge_act(session, actor, act, is_right=is_right)
    return await _listed(request, call.id)


def _deed(do: Deed) -> Callable[[Request], Awaitable[Response]]:
    """A route that does something with one promise, and shows what is there afterwards."""

    async def endpoint(request: Request) -> Response:
        services, actor = services_of(request), actor_of(request)
        promise_id = request.path_params["promise_id"]
        async with request.form() as form:
            place = text_of(form, "place")
            async with services.db.write() as session:
                await do(session, actor, promise_id, form, services)
                promise = await session.get_one(Promise, promise_id)
                call_id = promise.call_id
        if place == "call":
            return await _listed(request, call_id)
        if place == "row":
            return await show_row(request, promise_id)
        return RedirectResponse(f"/promises/{promise_id}", status_code=303)

    return endpoint


async def show_row(request: Request, promise_id: int) -> Response:
    """One line of the ledger, as it stands now."""
    services, actor = services_of(request), actor_of(request)
    async with services.db.read() as session:
        promise = await session.get_one(Promise, promise_id)
        call = await session.get_one(Call, promise.call_id)
        lines = await promise_queries.lines(
            session, actor, [(promise, call)], services.clock(), services.zone
        )
    return render(request, "promises/row.html", line=lines[0])


async def _confirm(
    session: AsyncSession, actor: Actor, promise_id: int, form: FormData, services: Services
) -> None:
    await promise_decisions.confirm(session, actor, promise_id, house_of(services))


async def _reject(
    session: AsyncSession, actor: Actor, promise_id: int, form: FormData, services: Services
) -> None:
    await promise_decisions.reject(session, actor, promise_id)


async def _close(
    session: AsyncSession, actor: Actor, promise_id: int, form: FormData, services: Services
) -> None:
    closing = closing_of(form, services.zone)
    await promise_decisions.close(session, actor, promise_id, closing, services.zone)


async def _undo(
    session: AsyncSession, actor: Actor, promise_id: int, form: FormData, services: Services
) -> None:
    await promise_decisions.undo(session, actor, promise_id)


async def _edit(
    session: AsyncSession, actor: Actor, promise_id: int, form: FormData, services: Services
) -> None:
    await promise_ledger.edit(session, actor, promise_id, wording_of(form), services.zone)


async def _take(
    session: AsyncSession, actor: Actor, promise_id: int, form: FormData, services: Services
) -> None:
    if text_of(form, "kind") == "note":
        await promise_evidence.note(session, actor, promise_id, text_of(form, "note"))
        return
    subject = number_of(form, "subject_id")
    await promise_evidence.take(session, actor, promise_id, text_of(form, "kind"), subject)


async def _drop(
    session: AsyncSession, actor: Actor, promise_id: int, form: FormData, services: Services
) -> None:
    await promise_evidence.drop(session, actor, promise_id, number_of(form, "evidence_id"))


async def _listed(request: Request, call_id: int) -> Response:
    if request.method != "GET" and "hx-request" not in request.headers:
        return RedirectResponse(f"/calls/{call_id}#promises", status_code=303)
    services, actor = services_of(request), actor_of(request)
    async with services.db.read() as session:
        call = await visible_call(session, actor, call_id)
        facts = await facts_of(session, services, actor, call, None)
    return render(request, "call_promises.html", promises=facts.promises, call=call)


def _post(path: str, do: Deed, name: str, permission: Permission) -> Route:
    return page(
        f"/promises/{{promise_id:id}}/{path}",
        _deed(do),
        permission=permission,
        methods=["POST"],
        name=name,
    )


_SEE, _MARK = Permission.PROMISES_SEE, Permission.PROMISES_MARK
_IN_CALL = "/calls/{call_id:id}/promises"
routes = [
    page(_IN_CALL, show_in_call, permission=_SEE, name="promises_of_call"),
    page(_IN_CALL, mark, permission=_MARK, methods=["POST"], name="mark_promise"),
    page("/acts/{act_id:id}/judge", judge, permission=_MARK, methods=["POST"], name="judge_act"),
    # Who promised may confirm their own words: `crm.promise_decisions` decides.
    _post("confirm", _confirm, "confirm_promise", _SEE),
    _post("undo", _undo, "undo_promise", _SEE),
    _post("reject", _reject, "reject_promise", _MARK),
    _post("close", _close, "close_promise", _MARK),
    _post("edit", _edit, "edit_promise", _MARK),
    _post("evidence", _take, "take_promise_evidence", _MARK),
    _post("evidence/drop", _drop, "drop_promise_evidence", _MARK),
]
