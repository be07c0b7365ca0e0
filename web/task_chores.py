"""What the work process does for tasks and days to remember: reminders, snoozes, series, e-mails.

In: the core, every few seconds. Out: what is due was done. Each looks first without writing, so that an idle installation
writes nothing; each claims what it does, so that several processes never do the same (see the modules of `crm`).
"""

from __future__ import annotations

from collections.abc import Sequence
from zoneinfo import ZoneInfo

import structlog

from crm import date_reminders, mail, reminder_mail, reminders, snooze, task_series
from crm.errors import MailRefused, MailUnsure
from crm.reminder_mail import Mail
from web import format as formats
from web.core import Core
from web.i18n import current_locale, ngettext, use_locale
from web.i18n import gettext as _
from web.services import utc_now

log = structlog.get_logger(__name__)


async def show_reminders(core: Core) -> None:
    """Tell people of what they wanted to be reminded of."""
    now = utc_now()
    async with core.db.read() as session:
        if not await reminders.is_any_due(session, now):
            return
    async with core.db.write() as session:
        await reminders.show_due(session, now)


async def end_snoozes(core: Core) -> None:
    """Tell people of tasks that are back."""
    now = utc_now()
    async with core.db.read() as session:
        if not await snooze.is_any_over(session, now):
            return
    async with core.db.write() as session:
        await snooze.bring_back(session, now)


async def continue_series(core: Core) -> None:
    """Make the tasks whose time has come."""
    now = utc_now()
    async with core.db.read() as session:
        if not await task_series.is_any_due(session, now):
            return
    async with core.db.write() as session:
        await task_series.make_due(session, now)


async def remind_of_dates(core: Core) -> None:
    """Tell people of birthdays and other days of their clients."""
    now, zone = utc_now(), ZoneInfo(core.settings.time_zone)
    async with core.db.read() as session:
        if not await date_reminders.due(session, now, zone):
            return
    async with core.db.write() as session:
        await date_reminders.remind(session, now, zone)


async def send_mails(core: Core) -> None:
    """Send the e-mails of reminders: one each, or one for all where many come at once."""
    now = utc_now()
    async with core.db.read() as session:
        if not await reminder_mail.is_any_due(session, now):
            return
    async with core.db.write() as session:
        for reminder_id in await reminder_mail.give_up_lost(session, now):
            log.error("reminder_mail_lost", reminder=reminder_id)
    while True:
        async with core.db.write() as session:
            letter = await reminder_mail.claim(session, utc_now())
        if letter is None:
            return
        if letter:
            await _send(core, letter)


async def _send(core: Core, mails: Sequence[Mail]) -> None:
    with use_locale(mails[0].locale or core.settings.locale):
        subject, text = _letter(core, mails)
    ids = [one.reminder_id for one in mails]
    try:
        await mail.send(core.settings, mails[0].address, subject, text)
    except MailUnsure as error:
        log.error("reminder_mail_unsure", reminders=ids, why=error.why)
        async with core.db.write() as session:
            await reminder_mail.give_up(session, ids, reminder_mail.UNKNOWN_END)
    except MailRefused as error:
        log.warning("reminder_mail_refused", reminders=ids, why=error.why, final=error.final)
        async with core.db.write() as session:
            if error.final:
                await reminder_mail.give_up(session, ids, error.why)
            else:
                await reminder_mail.refused(session, mails, error.why, utc_now())
    else:
        async with core.db.write() as session:
            await reminder_mail.sent(session, ids)


def _letter(core: Core, mails: Sequence[Mail]) -> tuple[str, str]:
    """Subject and text, in the current language."""
    zone, now = ZoneInfo(core.settings.time_zone), utc_now()
    lines = []
    for one in mails:
        time = formats.day_and_time(one.due_at, zone, current_locale(), now)
        address = core.settings.public_url
        link = f"\n{address}/tasks/{one.task_id}" if address else ""
        lines.append(f"{one.title}\n{time}{link}")
    if len(mails) == 1:
        subject = _("Reminder: %(title)s") % {"title": mails[0].title}
    else:
        words = ngettext("%(num)d reminder", "%(num)d reminders", len(mails))
        subject = words % {"num": len(mails)}
    return subject, "\n\n".join([*lines, _("Sent by Slovo because you asked to be reminded.")])
