from datetime import UTC, datetime, timedelta

import pytest

from crm.errors import Invalid
from crm.task_rules import Due, ReminderField, TaskFields, checked, due_of, remind_at

AT = datetime(2026, 11, 20, 10, 30, tzinfo=UTC)


def test_fields_are_tidied_and_nothing_stands_twice() -> None:
    fields = checked(
        TaskFields(
            title="  Отправить\n договор ",
            text=" a\r\nb ",
            due_at=AT,
            assignees=(3, 1, 3),
            steps=("", " one  two "),
            reminders=(ReminderField(60), ReminderField(0), ReminderField(60, by_email=True)),
        )
    )
    assert (fields.title, fields.text) == ("Отправить договор", "a\nb")
    assert (fields.assignees, fields.steps) == ((3, 1), ("one two",))
    assert fields.reminders == (ReminderField(0), ReminderField(60, by_email=True))


def test_without_a_time_nobody_is_reminded() -> None:
    assert checked(TaskFields(title="x")).reminders == ()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"title": " "}, "title"),
        ({"title": "x" * 256}, "title"),
        ({"title": "x", "text": "y" * 20_001}, "text"),
        ({"title": "x", "priority": "urgent"}, "priority"),
        ({"title": "x", "rrule": "FREQ=DAILY"}, "due_at"),
        ({"title": "x", "assignees": tuple(range(21))}, "assignees"),
        ({"title": "x", "steps": ("y" * 256,)}, "step"),
        ({"title": "x", "due_at": AT, "reminders": (ReminderField(-1),)}, "reminders"),
    ],
)
def test_wrong_value_names_its_field(wrong: dict[str, object], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        checked(TaskFields(**wrong))  # type: ignore[arg-type]
    assert refused.value.field == field


def test_due_says_overdue_today_or_later() -> None:
    midnight = AT + timedelta(hours=8)
    asked = (None, AT - timedelta(minutes=1), AT, midnight)
    assert [due_of(at, AT, midnight) for at in asked] == [
        Due.NONE, Due.OVERDUE, Due.TODAY, Due.LATER,
    ]  # fmt: skip


def test_reminder_comes_before_the_time() -> None:
    assert remind_at(AT, 90) == AT - timedelta(minutes=90)
