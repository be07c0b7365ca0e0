"""What people do with a dispute: edit, weigh, decide, approve, return, answer; and the company's rule.

In: forms. Out: the case again.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from sqlalchemy.ext.asyncio import AsyncSession
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from crm import company_settings, dispute_evidence, dispute_verdict, disputes
from crm.access import Actor, Permission
from crm.dispute_rules import SETTING, DisputeRules
from crm.errors import Forbidden
from web.pages.call_access import may_hear, visible_call
from web.pages.dispute_forms import fields_of, spot_of, verdict_of
from web.pages.promise_forms import number_of, text_of
from web.render import render
from web.routes import actor_of, page
from web.services import Services, services_of

Deed = Callable[[AsyncSession, Actor, int, FormData, Services], Awaitable[object]]
SETTINGS = "/admin/disputes"


def _deed(do: Deed) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        services, dispute_id = services_of(request), request.path_params["dispute_id"]
        async with request.form() as form, services.db.write() as session:
            await do(session, actor_of(request), dispute_id, form, services)
        if "hx-request" in request.headers:
            return Response(status_code=204)
        return RedirectResponse(f"/disputes/{dispute_id}", status_code=303)

    return endpoint


async def _edit(
    session: AsyncSession, actor: Actor, dispute_id: int, form: FormData, services: Services
) -> None:
    fields = fields_of(form, services.clock().astimezone(services.zone).date())
    await disputes.edit(session, actor, dispute_id, fields)


async def _search(
    session: AsyncSession, actor: Actor, dispute_id: int, form: FormData, services: Services
) -> None:
    await dispute_evidence.propose(session, actor, dispute_id, services.zone)


async def _weigh(
    session: AsyncSession, actor: Actor, dispute_id: int, form: FormData, services: Services
) -> None:
    evidence_id = number_of(form, "evidence_id")
    said = (text_of(form, "state"), text_of(form, "speaks"), text_of(form, "note"))
    await dispute_evidence.weigh(session, actor, dispute_id, evidence_id, *said)


async def _add(
    session: AsyncSession, actor: Actor, dispute_id: int, form: FormData, services: Services
) -> None:
    spot = spot_of(form)
    call = await visible_call(session, actor, spot.call_id)
    if not await may_hear(session, actor, call):
        raise Forbidden("calls.listen")
    await dispute_evidence.add(session, actor, dispute_id, spot)


async def _decide(
    session: AsyncSession, actor: Actor, dispute_id: int, form: FormData, services: Services
) -> None:
    await dispute_verdict.decide(session, actor, dispute_id, verdict_of(form))


async def _approve(
    session: AsyncSession, actor: Actor, dispute_id: int, form: FormData, services: Services
) -> None:
    await dispute_verdict.approve(session, actor, dispute_id)


async def _return(
    session: AsyncSession, actor: Actor, dispute_id: int, form: FormData, services: Services
) -> None:
    await dispute_verdict.send_back(session, actor, dispute_id, text_of(form, "text"))


async def _reopen(
    session: AsyncSession, actor: Actor, dispute_id: int, form: FormData, services: Services
) -> None:
    await dispute_verdict.reopen(session, actor, dispute_id, text_of(form, "text"))


async def _answer(
    session: AsyncSession, actor: Actor, dispute_id: int, form: FormData, services: Services
) -> None:
    await disputes.answer(session, actor, dispute_id, text_of(form, "text"))


async def show_rules(request: Request) -> Response:
    """How this company decides disputes."""
    async with services_of(request).db.read() as session:
        rules = await company_settings.load(session, SETTING, DisputeRules)
    saved = request.query_params.get("said") == "saved"
    return render(request, "disputes/settings.html", rules=rules, saved=saved)


async def save_rules(request: Request) -> Response:
    """Put another rule in force, from the next verdict on."""
    async with request.form() as form:
        rules = DisputeRules(four_eyes=text_of(form, "four_eyes") == "true")
    async with services_of(request).db.write() as session:
        await company_settings.save(session, actor_of(request), SETTING, rules)
    return RedirectResponse(f"{SETTINGS}?said=saved", status_code=303)


def _post(path: str, do: Deed, name: str, permission: Permission) -> Route:
    return page(
        f"/disputes/{{dispute_id:id}}/{path}",
        _deed(do),
        permission=permission,
        methods=["POST"],
        name=name,
    )


_OPEN, _JUDGE = Permission.DISPUTES_OPEN, Permission.DISPUTES_JUDGE
routes = [
    _post("edit", _edit, "edit_dispute", _OPEN),
    _post("search", _search, "search_dispute", _OPEN),
    _post("evidence", _add, "add_dispute_evidence", _OPEN),
    _post("weigh", _weigh, "weigh_dispute_evidence", _JUDGE),
    _post("verdict", _decide, "decide_dispute", _JUDGE),
    _post("approve", _approve, "approve_dispute", _JUDGE),
    _post("return", _return, "return_dispute", _JUDGE),
    _post("reopen", _reopen, "reopen_dispute", _JUDGE),
    # Whoever's words it was about answers: `crm.disputes` decides.
    _post("answer", _answer, "answer_dispute", Permission.PROMISES_SEE),
    page(SETTINGS, show_rules, permission=Permission.ADMINISTER, name="show_dispute_rules"),
    page(
        SETTINGS,
        save_rules,
        permission=Permission.ADMINISTER,
        methods=["POST"],
        name="save_dispute_rules",
    ),
]
