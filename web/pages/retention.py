"""Retention and personal data as the administrator sets them: GET /admin/retention.

In: rules that were typed. Out: what they would delete, before they are switched on; the log of what was deleted and
whether the database was cleaned of it; what is held; which personal data are hidden by themselves.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from calls.personal_data.finder import Kind
from calls.personal_data.ways import HOW
from crm import (
    audit,
    company_settings,
    erasure,
    legal_holds,
    recording_notes,
    recording_pauses,
    redaction_search,
    retention,
)
from crm.access import Permission
from crm.client_category import Category
from crm.errors import Invalid, NotFound
from crm.recording_notes import ConsentRules
from crm.recording_pauses import PauseRules
from crm.redaction_search import RedactionRules
from crm.retention import RetentionRule, RetentionRules
from crm.tables import Erasure, User
from web.error_words import explain
from web.ids import id_of
from web.pages.personal_words import kind_words, what_words
from web.render import render
from web.routes import actor_of, page
from web.services import services_of

HOME = "/admin/retention"
SHOWN = 50
_FIELDS = ("name", "what", "days", "direction", "queue", "outcome", "category")


async def show(request: Request) -> Response:
    """All rules, the log, and what is held."""
    return await _page(request)


async def preview(request: Request) -> Response:
    """What the rule in the form would delete if it were on: a fragment."""
    services = services_of(request)
    try:
        rule = _rule(request.query_params)
    except Invalid as error:
        return render(request, "personal_data/preview.html", failure=explain(error).text)
    async with services.db.read() as session:
        seen = await retention.preview(session, actor_of(request), rule, services.clock())
    return render(request, "personal_data/preview.html", seen=seen, rule=rule, failure="")


async def save_rule(request: Request) -> Response:
    """Keep a rule: a new one, changed, switched on or off, or removed."""
    form = await request.form()
    values = {key: str(value) for key, value in form.items()}
    try:
        async with services_of(request).db.write() as session:
            rules = await company_settings.load(session, retention.SETTING, RetentionRules)
            changed = RetentionRules(rules=tuple(_changed(list(rules.rules), values)))
            await company_settings.save(session, actor_of(request), retention.SETTING, changed)
    except Invalid as error:
        words = explain(error)
        return await _page(request, failure=words.text, status=words.status)
    return RedirectResponse(f"{HOME}?said=saved", status_code=303)


def _changed(rules: list[RetentionRule], values: Mapping[str, str]) -> list[RetentionRule]:
    place = id_of(values.get("place", ""))
    if place is not None and place >= len(rules):
        raise Invalid("retention_rule", "this rule is not there any more")
    if values.get("do") == "remove" and place is not None:
        return [rule for at, rule in enumerate(rules) if at != place]
    if values.get("do") == "switch" and place is not None:
        rules[place] = rules[place].model_copy(update={"on": not rules[place].on})
        return rules
    rule = _rule(values)
    if any(other.name == rule.name for at, other in enumerate(rules) if at != place):
        raise Invalid("retention_name", "another rule has this name")
    if place is None:
        return [*rules, rule]
    rules[place] = rule
    return rules


def _rule(values: Mapping[str, str]) -> RetentionRule:
    """A rule as typed; it is off until somebody who saw the preview switches it on.

    Raises:
        Invalid: a value that is none.
    """
    given = {name: str(values.get(name, "")).strip() for name in _FIELDS}
    try:
        return RetentionRule.model_validate(given)
    except ValidationError as error:
        where = str(error.errors()[0]["loc"][0])
        raise Invalid(
            f"retention_{where}", "give the rule a name, and a whole number of days from 1 on"
        ) from error


async def save_privacy(request: Request) -> Response:
    """Which personal data are hidden by themselves, how long a pause lasts, and whether consent is asked for."""
    form = await request.form()
    how, minutes = str(form.get("how", "")), id_of(str(form.get("minutes", "")))
    kinds = frozenset(kind for kind in Kind if kind.value in form.getlist("kind"))
    if how not in HOW or minutes is None or not 1 <= minutes <= recording_pauses.MOST_MINUTES:
        error = Invalid("pause_minutes", "give whole minutes, from 1 to 60")
        return await _page(request, failure=explain(error).text, status=422)
    warn = form.get("warn") == "1"
    actor = actor_of(request)
    async with services_of(request).db.write() as session:
        for name, rules in (
            (redaction_search.SETTING, RedactionRules(kinds=kinds, how=how)),
            (recording_pauses.SETTING, PauseRules(minutes=minutes)),
            (recording_notes.SETTING, ConsentRules(warn=warn)),
        ):
            await company_settings.save(session, actor, name, rules)
    return RedirectResponse(f"{HOME}?said=saved", status_code=303)


async def clean_now(request: Request) -> Response:
    """Remove files and clean the database at once, although it holds up other work."""
    services = services_of(request)
    await erasure.finish(services.db, services.settings.data_dir)
    done = await erasure.clean_up(services.db, now=True)
    async with services.db.write() as session:
        await audit.record(session, actor_of(request), "data.clean", detail={"done": done})
    return RedirectResponse(f"{HOME}?said={'cleaned' if done else 'not_cleaned'}", status_code=303)


async def _page(request: Request, *, failure: str = "", status: int = 200) -> Response:
    services = services_of(request)
    async with services.db.read() as session:
        context: dict[str, Any] = {
            "rules": await company_settings.load(session, retention.SETTING, RetentionRules),
            "redaction": await redaction_search.rules(session),
            "consent": await company_settings.load(session, recording_notes.SETTING, ConsentRules),
            "pauses": await recording_pauses.rules(session),
            "holds": await legal_holds.listed(session),
            "log": await _log(session),
        }
    return render(
        request,
        "personal_data/retention.html",
        status=status,
        failure=failure,
        said=request.query_params.get("said", ""),
        kinds={kind.value: kind_words()[kind.value] for kind in Kind},
        whats=what_words(),
        categories=[one.value for one in Category],
        **context,
    )


async def _log(session: AsyncSession) -> list[tuple[Erasure, str]]:
    query = (
        select(Erasure, User.name, User.login)
        .outerjoin(User, User.id == Erasure.by_id)
        .order_by(Erasure.id.desc())
        .limit(SHOWN)
    )
    return [(row, name or login or "") for row, name, login in await session.execute(query)]


async def drop_hold(request: Request) -> Response:
    """Lift a hold from the list.

    Raises:
        NotFound: no such hold.
    """
    hold_id = id_of(str((await request.form()).get("hold", "")))
    if hold_id is None:
        raise NotFound("hold", "")
    async with services_of(request).db.write() as session:
        await legal_holds.lift(session, actor_of(request), hold_id)
    return RedirectResponse(f"{HOME}?said=saved", status_code=303)


_admin = Permission.ADMINISTER
routes = [
    page(HOME, show, permission=_admin, name="retention"),
    page(f"{HOME}/preview", preview, permission=_admin, name="preview_retention"),
    page(f"{HOME}/rules", save_rule, permission=_admin, methods=["POST"], name="save_retention"),
    page(f"{HOME}/privacy", save_privacy, permission=_admin, methods=["POST"]),
    page(f"{HOME}/holds", drop_hold, permission=Permission.DATA_HOLD, methods=["POST"]),
    page(f"{HOME}/clean", clean_now, permission=Permission.DATA_ERASE, methods=["POST"]),
]
