"""Notifications in words: one table of kinds, each with the sentence that the reader sees in his language.

In: a row of `notifications`. Out: its sentence and the page that it leads to. Whoever tells a new kind of news
(`crm.notifications.News`) adds a line to `_SENTENCES`; a test looks for kinds without one. The values were kept when it
happened and are not looked up again: what was renamed or hidden since reads as it was.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from crm.tables import Notification
from web import format as formats
from web import promise_words
from web.i18n import current_locale, ngettext
from web.i18n import gettext as _

_PAGES = {
    "client": "/clients/{}",
    "deal": "/deals/{}",
    "task": "/tasks/{}",
    "call": "/calls/{}",
    "inquiry": "/inquiries/{}",
    "handover": "/handovers/{}",
    "webhook": "/admin/webhooks/{}",
    "review": "/reviews/{}",
    "coaching": "/coaching/{}",
    "calibration": "/calibrations/{}",
    "promise": "/promises/{}",
    "dispute": "/disputes/{}",
}
_PAGES_OF_KINDS = {"reminders_late": "/tasks?state=overdue"}


@dataclass(frozen=True, slots=True)
class Told:
    """A notification as people read it."""

    row: Notification
    text: str
    href: str
    """Where it leads; "" = nowhere."""
    icon: str


@dataclass(frozen=True, slots=True)
class _News:
    """What a sentence is made of. A value that an older version did not keep is ""."""

    detail: Mapping[str, Any]
    zone: ZoneInfo
    now: datetime

    def __getitem__(self, name: str) -> str:
        value = self.detail.get(name)
        return "" if value is None else str(value)

    def number(self, name: str) -> int:
        value = self.detail.get(name)
        return value if isinstance(value, int) else 0

    def names(self, name: str) -> str:
        value = self.detail.get(name)
        listed = [str(one) for one in value] if isinstance(value, list) else []
        return ", ".join(listed) + ("…" if self.number("count") > len(listed) else "")

    def time(self, name: str) -> str:
        try:
            at = datetime.fromisoformat(self[name])
        except ValueError:
            return ""
        return formats.day_and_time(at, self.zone, current_locale(), self.now)

    def day(self, name: str) -> str:
        try:
            return formats.day_of_month(date.fromisoformat(self[name]), current_locale())
        except ValueError:
            return ""


def told(row: Notification, zone: ZoneInfo, now: datetime) -> Told:
    """A notification in words, in the current language.

    Args:
        row: as it is kept.
        zone: of the company.
        now: the moment.
    """
    make, icon = _SENTENCES.get(row.kind, (_unknown, "bell"))
    text = make(_News(row.detail or {}, zone, now))
    return Told(row, text, _page_of(row), icon)


def known_kinds() -> frozenset[str]:
    """All kinds that have a sentence of their own."""
    return frozenset(_SENTENCES)


def _page_of(row: Notification) -> str:
    if row.kind in _PAGES_OF_KINDS:
        return _PAGES_OF_KINDS[row.kind]
    page = _PAGES.get(row.subject_kind)
    return page.format(row.subject_id) if page and row.subject_id else ""


def _unknown(news: _News) -> str:
    return _("Something happened that this page has no words for.")


def _mention(news: _News) -> str:
    return _("%(who)s mentioned you: %(text)s") % {"who": news["by"], "text": news["text"]}


def _task(news: _News) -> str:
    values = {"who": news["who"], "title": news["title"], "time": news.time("due_at")}
    if values["time"]:
        return _("%(who)s gave you a task: %(title)s, until %(time)s") % values
    return _("%(who)s gave you a task: %(title)s") % values


def _task_closed(news: _News) -> str:
    return _("%(who)s closed the task: %(title)s") % {"who": news["who"], "title": news["title"]}


def _reminder(news: _News) -> str:
    values = {"title": news["title"], "time": news.time("due_at")}
    if news.detail.get("late"):
        return _("Late reminder: %(title)s, %(time)s") % values
    return _("Reminder: %(title)s, %(time)s") % values


def _reminders_late(news: _News) -> str:
    count = news.number("count")
    words = ngettext(
        "%(num)d reminder came late: %(titles)s", "%(num)d reminders came late: %(titles)s", count
    )
    return words % {"num": count, "titles": news.names("titles")}


def _mail_failed(news: _News) -> str:
    return _("No e-mail could be sent for the task: %(title)s") % {"title": news["title"]}


def _task_title(news: _News) -> str:
    return _("call back") if news["kind"] == "callback" else news["title"]


def _woken(news: _News) -> str:
    values = {"title": _task_title(news)}
    if news["how"] == "inquiry":
        return _("The client made contact, the task is open again: %(title)s") % values
    return _("The client called, the task is open again: %(title)s") % values


def _snooze_over(news: _News) -> str:
    return _("Back from being put off: %(title)s") % {"title": _task_title(news)}


def _birthday(news: _News) -> str:
    values = {"name": news["name"] or _("client without a name"), "day": news.day("on")}
    return _("Birthday on %(day)s: %(name)s") % values


def _date(news: _News) -> str:
    values = {"name": news["name"] or _("client without a name"), "day": news.day("on")}
    return _("%(day)s: %(what)s (%(name)s)") % {**values, "what": news["what"]}


def _dates_unowned(news: _News) -> str:
    count = news.number("count")
    words = ngettext(
        "%(num)d client whom nobody answers for has a day to remember: %(names)s",
        "%(num)d clients whom nobody answers for have a day to remember: %(names)s",
        count,
    )
    return words % {"num": count, "names": news.names("names")}


def _handover(news: _News) -> str:
    return _("%(from)s's clients and tasks were handed over to %(to)s") % {
        "from": news["from"],
        "to": news["to"],
    }


def _handover_undone(news: _News) -> str:
    return _("The hand-over from %(from)s to %(to)s was undone") % {
        "from": news["from"],
        "to": news["to"],
    }


def _responsible(news: _News) -> str:
    count = news.number("count")
    if count > 1:
        words = ngettext(
            "%(who)s made you responsible for %(num)d client",
            "%(who)s made you responsible for %(num)d clients",
            count,
        )
        return words % {"who": news["by"], "num": count}
    return _("%(who)s made you responsible for %(client)s") % {
        "who": news["by"],
        "client": news["client"] or _("a client without a name"),
    }


def _inquiry(news: _News) -> str:
    who = news["client"] or news["number"]
    if news["why"] == "contact":
        return _("They made contact again about an inquiry: %(who)s") % {"who": who}
    return _("New inquiry: %(who)s") % {"who": who} if who else _("New inquiry")


def _webhook(news: _News) -> str:
    return _("Another program does not take our notices: %(address)s") % {"address": news["url"]}


def _export_watch(news: _News) -> str:
    return _("%(who)s took out unusually many clients") % {"who": news["who"] or news["login"]}


def _promise_overdue(news: _News) -> str:
    what = promise_words.action_words().get(news["action"], news["action"])
    values = {
        "what": what,
        "name": news["client"] or _("client without a name"),
        "day": news.day("due"),
    }
    if news["side"] == "client":
        return _("%(name)s has not kept a promise: %(what)s, until %(day)s") % values
    return _("Promised to %(name)s and overdue: %(what)s, until %(day)s") % values


def _dispute_given(news: _News) -> str:
    return _("%(who)s gave you a dispute to examine") % {"who": news["who"]}


def _dispute_awaiting(news: _News) -> str:
    return _("A verdict of %(who)s waits for a second supervisor") % {"who": news["who"]}


def _dispute_returned(news: _News) -> str:
    return _("%(who)s returned your verdict with remarks") % {"who": news["who"]}


def _dispute_closed(news: _News) -> str:
    verdict = promise_words.verdict_words().get(news["verdict"], news["verdict"])
    return _("A dispute was decided: %(verdict)s") % {"verdict": verdict}


def _dispute_answer(news: _News) -> str:
    return _("%(who)s answered to a verdict") % {"who": news["who"]}


def _review(news: _News) -> str:
    if not news["score"]:
        return _("%(who)s judged a call of yours") % {"who": news["by"]}
    values = {"who": news["by"], "score": round(float(news["score"]))}
    return _("%(who)s judged a call of yours: %(score)s of 100") % values


def _coaching(news: _News) -> str:
    return _("%(who)s wrote about a call") % {"who": news["by"]}


def _calibration(news: _News) -> str:
    return _("%(who)s asks you to judge a call for a calibration") % {"who": news["by"]}


def _topic(news: _News) -> str:
    if news["kind"] == "required":
        return _("Was not said in a call: %(rule)s") % {"rule": news["rule"]}
    return _("Was said in a call: %(rule)s") % {"rule": news["rule"]}


def _recordings_changed(news: _News) -> str:
    count = news.number("count")
    words = ngettext(
        "%(num)d recording is not what it was when it was found",
        "%(num)d recordings are not what they were when they were found",
        count,
    )
    return words % {"num": count}


def _saved_search(news: _News) -> str:
    count = news.number("count")
    words = ngettext(
        "Said again in %(num)d place: %(name)s", "Said again in %(num)d places: %(name)s", count
    )
    return words % {"num": count, "name": news["name"]}


_SENTENCES: dict[str, tuple[Callable[[_News], str], str]] = {
    "saved_search": (_saved_search, "search"),
    "review": (_review, "tasks"),
    "coaching": (_coaching, "comment"),
    "calibration": (_calibration, "scales"),
    "topic": (_topic, "flag"),
    "mention": (_mention, "note"),
    "task": (_task, "tasks"),
    "task_closed": (_task_closed, "check"),
    "reminder": (_reminder, "clock"),
    "reminders_late": (_reminders_late, "clock"),
    "mail_failed": (_mail_failed, "alert"),
    "task_woken": (_woken, "phone-in"),
    "snooze_over": (_snooze_over, "clock"),
    "birthday": (_birthday, "flag"),
    "date": (_date, "flag"),
    "dates_unowned": (_dates_unowned, "flag"),
    "handover": (_handover, "users"),
    "handover_undone": (_handover_undone, "users"),
    "responsible": (_responsible, "users"),
    "inquiry": (_inquiry, "phone-in"),
    "webhook": (_webhook, "alert"),
    "export_watch": (_export_watch, "alert"),
    "recordings_changed": (_recordings_changed, "alert"),
    "promise_overdue": (_promise_overdue, "flag"),
    "dispute_given": (_dispute_given, "scales"),
    "dispute_awaiting": (_dispute_awaiting, "scales"),
    "dispute_returned": (_dispute_returned, "scales"),
    "dispute_closed": (_dispute_closed, "scales"),
    "dispute_answer": (_dispute_answer, "comment"),
}
