"""Rules of the quality work: what fills the listening queue, and words that matter."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from crm.access import Actor, Permission, Role
from crm.agents import actors
from crm.errors import Invalid
from crm.quality import listening_rules, topics
from crm.tables import User
from web.error_words import explain
from web.ids import id_of
from web.render import render
from web.routes import actor_of, page
from web.services import services_of

HOME = "/quality/rules"
COUNTED_DAYS = 30


async def show_rules(request: Request) -> Response:
    """Both kinds of rules, each with a form."""
    return await _page(request)


async def put_listening(request: Request) -> Response:
    """Add or change a rule of the listening queue."""
    async with request.form() as form:
        typed = form
        try:
            async with services_of(request).db.write() as session:
                await listening_rules.put_rule(
                    session,
                    actor_of(request),
                    _listening(typed),
                    request.path_params.get("rule_id"),
                )
        except Invalid as error:
            said = explain(error)
            return await _page(request, failure=said.text, status=said.status)
    return RedirectResponse(HOME, status_code=303)


async def put_topic(request: Request) -> Response:
    """Add or change a rule for words."""
    async with request.form() as form:
        try:
            async with services_of(request).db.write() as session:
                await topics.put_rule(
                    session, actor_of(request), _topic(form), request.path_params.get("rule_id")
                )
        except Invalid as error:
            said = explain(error)
            return await _page(request, failure=said.text, status=said.status)
    return RedirectResponse(f"{HOME}#topics", status_code=303)


async def _page(request: Request, *, failure: str = "", status: int = 200) -> Response:
    services, actor = services_of(request), actor_of(request)
    now = services.clock()
    async with services.db.read() as session:
        listening = await listening_rules.rules(session, actor)
        found = await topics.rules(session, actor)
        counts = await topics.counts(session, actor, now - timedelta(days=COUNTED_DAYS), now)
        people = await _supervisors(session)
    return render(
        request,
        "quality/rules.html",
        status=status,
        failure=failure,
        listening=listening,
        topics=found,
        counts=counts,
        people=people,
        listening_kinds=listening_rules.KINDS,
        topic_kinds=topics.KINDS,
        days=COUNTED_DAYS,
    )


async def _supervisors(session: AsyncSession) -> list[Actor]:
    wanted = (Role.SUPERVISOR.value, Role.ADMINISTRATOR.value)
    return await actors(session, User.role.in_(wanted))


def _listening(form: FormData) -> listening_rules.Wish:
    def words(name: str) -> str:
        return str(form.get(name, "")).strip()

    conditions = listening_rules.conditions_of(
        {
            "queues": _list(words("queues")),
            "directions": [str(one) for one in form.getlist("direction")],
            "min_talk_s": words("min_talk_s") or 0,
            "min_hold_s": words("min_hold_s") or 0,
            "transferred": bool(words("transferred")),
        }
    )
    most = words("per_operator")
    return listening_rules.Wish(
        name=words("name"),
        kind=words("kind"),
        conditions=conditions,
        query=words("query"),
        per_operator=int(most) if most.isascii() and most.isdigit() and len(most) < 4 else 0,
        assignee_id=id_of(words("assignee")),
        active=bool(words("active")),
    )


def _topic(form: FormData) -> topics.Wish:
    def words(name: str) -> str:
        return str(form.get(name, "")).strip()

    within = words("within_s")
    try:
        within_s = float(within) if within else None
    except ValueError as error:
        raise Invalid("within_s", "must be a number of seconds") from error
    return topics.Wish(
        name=words("name"),
        kind=words("kind"),
        queries=words("queries").splitlines(),
        side=words("side"),
        within_s=within_s,
        queues=_list(words("queues")),
        directions=[str(one) for one in form.getlist("direction")],
        alert=bool(words("alert")),
        to_listening=bool(words("to_listening")),
        active=bool(words("active")),
    )


def _list(typed: str) -> list[str]:
    return [one.strip() for one in typed.split(",") if one.strip()]


_RULES = Permission.QUALITY_RULES
routes = [
    page("/quality/rules", show_rules, permission=_RULES, name="quality_rules"),
    page("/quality/listening-rules", put_listening, permission=_RULES, methods=["POST"], name="add_listening_rule"),
    page("/quality/listening-rules/{rule_id:id}", put_listening, permission=_RULES, methods=["POST"]),
    page("/quality/topic-rules", put_topic, permission=_RULES, methods=["POST"], name="add_topic_rule"),
    page("/quality/topic-rules/{rule_id:id}", put_topic, permission=_RULES, methods=["POST"]),
]  # fmt: skip
