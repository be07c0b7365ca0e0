"""Every kind of news that the code tells has a sentence in both languages."""

import ast
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from crm.tables import Notification
from web.i18n import use_locale
from web.notification_words import known_kinds, told

ROOT = Path(__file__).resolve().parents[2]
NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
MOSCOW = ZoneInfo("Europe/Moscow")
TOLD_BY_VALUE = {"task", "task_closed", "task_woken", "snooze_over", "birthday", "date"}
"""Kinds that reach `News` in a variable: from `task_writes.tell_others`, `snooze` and `date_reminders`."""


def kinds_in_code() -> set[str]:
    """The literal kinds of `News("…")` in the packages."""
    found = set()
    for package in ("calls", "crm", "web"):
        for path in (ROOT / package).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "News":
                    named = [word.value for word in node.keywords if word.arg == "kind"]
                    kind = (node.args or named)[0]
                    if isinstance(kind, ast.Constant):
                        found.add(str(kind.value))
    return found


def row(kind: str, **detail: object) -> Notification:
    return Notification(
        id=1, user_id=1, at=NOW, kind=kind, subject_kind="task", subject_id=7, detail=detail
    )


def test_every_kind_that_is_told_has_a_sentence() -> None:
    kinds = kinds_in_code()
    assert {"reminder", "mention"} <= kinds
    assert (kinds | TOLD_BY_VALUE) - known_kinds() == set()


@pytest.mark.parametrize("locale", ["ru", "en"])
def test_sentence_needs_no_value_that_was_not_kept(locale: str) -> None:
    with use_locale(locale):
        sentences = {told(row(kind), MOSCOW, NOW).text for kind in known_kinds()}
        unknown = told(row("something_new"), MOSCOW, NOW)
    assert "" not in sentences
    assert unknown.text not in sentences


@pytest.mark.parametrize(
    ("locale", "expected"),
    [("ru", "Напоминание: Перезвонить, 13:30"), ("en", "Reminder: Перезвонить, 13:30")],
)
def test_reminder_says_what_and_when_in_the_company_s_zone(locale: str, expected: str) -> None:
    with use_locale(locale):
        one = told(
            row("reminder", title="Перезвонить", due_at="2026-11-20T10:30:00+00:00"), MOSCOW, NOW
        )
    assert (one.text, one.href) == (expected, "/tasks/7")


def test_strange_values_are_left_out() -> None:
    with use_locale("en"):
        one = told(row("birthday", name=None, on="someday"), MOSCOW, NOW)
        many = told(row("reminders_late", count="x", titles="y"), MOSCOW, NOW)
    assert one.text.startswith("Birthday on")
    assert many.href == "/tasks?state=overdue"


def test_failing_webhook_leads_to_its_page() -> None:
    failed = row("webhook", url="https://shop.example/hook", event="deal.created")
    failed.subject_kind = "webhook"
    with use_locale("en"):
        said = told(failed, MOSCOW, NOW)
    assert said.href == "/admin/webhooks/7"
    assert "shop.example" in said.text
