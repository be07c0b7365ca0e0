"""Cleaning: stale and faulty records with what is the matter with each, and acts on many of them at once."""

from __future__ import annotations

from pydantic import ValidationError
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from crm import (
    bin as waste,
)
from crm import (
    cleaning,
    client_visibility,
    clients,
    company_settings,
    duplicates,
    inquiries,
    inquiry_steps,
    task_changes,
)
from crm.access import Action, Actor, Permission
from crm.bin_kinds import Kind
from crm.cleaning import CleaningRules, Fault
from crm.errors import Forbidden, Invalid, NotFound
from crm.number_rules import NumberRules
from crm.tables import Client, Inquiry
from crm.task_rules import TaskFields
from web.i18n import gettext as _
from web.ids import id_of
from web.render import render
from web.routes import actor_of, page
from web.services import services_of

HOME = "/cleaning"
INQUIRIES = "inquiries"
AT_ONCE = 100
ASIDE_DAYS = (30, 90, 365)
_OLD_SHOWN = 100


async def show_cleaning(request: Request) -> Response:
    """Records with faults; `?fault=` only those with this one."""
    services, actor, query = services_of(request), actor_of(request), request.query_params
    asked = query.get("fault", "")
    fault = Fault(asked) if asked in list(Fault) else None
    async with services.db.read() as session:
        rules = await company_settings.load(session, cleaning.SETTING, CleaningRules)
        counts = await cleaning.counts(session, actor, rules)
        old = select(func.count()).select_from(Inquiry).where(cleaning.old_inquiries(actor, rules))
        old_count = await session.scalar(old) or 0
        lines, found = [], None
        if asked == INQUIRIES:
            rows = select(Inquiry).where(cleaning.old_inquiries(actor, rules))
            rows = rows.order_by(Inquiry.last_contact_at).limit(_OLD_SHOWN)
            numbers = NumberRules.of(services.settings)
            shown = (await session.scalars(rows)).all()
            lines = await inquiries.lines_of(session, actor, shown, numbers)
        else:
            after = id_of(query.get("after", ""))
            found = await cleaning.page(session, actor, rules, fault=fault, after=after)
        pairs = await duplicates.count(session, actor) if actor.may(Permission.CLIENTS_MERGE) else 0
    return render(
        request,
        "cleaning/cleaning.html",
        found=found,
        lines=lines,
        counts=counts,
        old_count=old_count,
        fault=asked if fault or asked == INQUIRIES else "",
        rules=rules,
        duplicates=pairs,
        done=id_of(query.get("done", "")),
        refused=id_of(query.get("refused", "")),
        aside_days=ASIDE_DAYS,
    )


async def act(request: Request) -> Response:
    """Do one thing with all chosen records: `act` and `id` …; what may not be done is left and counted."""
    form, actor = await request.form(), actor_of(request)
    ids = [one for text in form.getlist("id") if (one := id_of(str(text))) is not None][:AT_ONCE]
    done = refused = 0
    async with services_of(request).db.write() as session:
        for one in ids:
            try:
                await _act(session, actor, form, one)
                done += 1
            except (Forbidden, NotFound):
                refused += 1
    fault = str(form.get("fault", ""))
    kept = f"&fault={fault}" if fault in (*Fault, INQUIRIES) else ""
    return RedirectResponse(f"{HOME}?done={done}&refused={refused}{kept}", status_code=303)


async def _act(session: AsyncSession, actor: Actor, form: FormData, one: int) -> None:
    chosen = str(form.get("act", ""))
    if str(form.get("fault", "")) == INQUIRIES:
        await _act_on_inquiry(session, actor, chosen, one, form)
        return
    await client_visibility.require(session, actor, one, Action.EDIT)
    match chosen:
        case "bin":
            await waste.put(session, actor, Kind.CLIENT, one)
        case "confirm":
            await clients.confirm(session, actor, one)
        case "ask":
            await _ask(session, actor, one)
        case "aside":
            await cleaning.put_aside(session, actor, "client", [one], _days(form))
        case _:
            raise Invalid("act", "choose what is to be done")


async def _act_on_inquiry(
    session: AsyncSession, actor: Actor, chosen: str, one: int, form: FormData
) -> None:
    await inquiries.get(session, actor, one)
    match chosen:
        case "close":
            await inquiry_steps.close(session, actor, one, _("out of date"))
        case "aside":
            await cleaning.put_aside(session, actor, "inquiry", [one], _days(form))
        case _:
            raise Invalid("act", "choose what is to be done")


async def _ask(session: AsyncSession, actor: Actor, client_id: int) -> None:
    """A task for whoever answers for the client: ask for new contacts."""
    client = await session.get_one(Client, client_id)
    whose = client.responsible_id or actor.user_id
    fields = TaskFields(title=_("Ask for new contacts"), client_id=client_id, assignees=(whose,))
    await task_changes.create(session, actor, fields)
    await cleaning.put_aside(session, actor, "client", [client_id], ASIDE_DAYS[0])


def _days(form: FormData) -> int:
    days = id_of(str(form.get("days", "")))
    return days if days in ASIDE_DAYS else ASIDE_DAYS[0]


async def save_rules(request: Request) -> Response:
    """After how long something is stale."""
    form = await request.form()
    values = {field: str(form.get(field, "")) for field in CleaningRules.model_fields}
    try:
        rules = CleaningRules.model_validate(values)
    except ValidationError as error:
        raise Invalid("days", "give whole numbers that are not too large") from error
    async with services_of(request).db.write() as session:
        await company_settings.save(session, actor_of(request), cleaning.SETTING, rules)
    return RedirectResponse(HOME, status_code=303)


_clean = Permission.CLIENTS_CLEAN
routes = [
    page(HOME, show_cleaning, permission=_clean),
    page(HOME, act, permission=_clean, methods=["POST"], name="clean"),
    page(
        f"{HOME}/rules",
        save_rules,
        permission=Permission.ADMINISTER,
        methods=["POST"],
        name="save_cleaning_rules",
    ),
]
