"""How people are reminded of birthdays and other days, and whether e-mails can be sent: for the administrator."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from crm import company_settings, date_reminders, mail
from crm.access import Permission
from crm.date_reminders import SETTING, DateRules
from crm.errors import Invalid
from web.ids import id_of
from web.render import render
from web.routes import actor_of, page
from web.services import services_of

LAST_HOUR = 23


async def show_rules(request: Request) -> Response:
    """The rules in force."""
    services = services_of(request)
    async with services.db.read() as session:
        rules = await date_reminders.rules(session)
    settings = services.settings
    may_mail = mail.is_possible(settings)
    return render(request, "admin/reminders.html", rules=rules, may_mail=may_mail, mail=settings)


async def save_rules(request: Request) -> Response:
    """Put other rules in force."""
    form = await request.form()
    hour = id_of(str(form.get("hour", "")))
    if hour is None or hour > LAST_HOUR:
        raise Invalid("hour", "choose an hour from 0 to 23")
    rules = DateRules(hour=hour, make_task=bool(form.get("make_task")))
    async with services_of(request).db.write() as session:
        await company_settings.save(session, actor_of(request), SETTING, rules)
    return RedirectResponse("/admin/reminders", 303)


_path, _admin = "/admin/reminders", Permission.ADMINISTER
routes = [
    page(_path, show_rules, permission=_admin, name="reminder_rules"),
    page(_path, save_rules, permission=_admin, methods=["POST"], name="save_reminder_rules"),
]
