"""Tables of tasks.

In: nothing. Out: mapped classes on the `Base` of `calls.columns`; declarations without logic.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from calls.columns import BIG_ID, Base, UtcDateTime


class Task(Base):
    """Something to do. A call-back is one open task per client (or per number of an unknown client)."""

    __tablename__ = "tasks"
    __table_args__ = (
        Index("ix_tasks_state_due_at", "state", "due_at"),
        Index(
            "uq_tasks_open_callback",
            "subject_key",
            unique=True,
            sqlite_where=text("state = 'open' AND kind = 'callback'"),
            postgresql_where=text("state = 'open' AND kind = 'callback'"),
        ),
        UniqueConstraint("series_id", "occurrence_at"),
    )

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    """"callback" or "todo"."""
    state: Mapped[str] = mapped_column(String(16), default="open")
    """"open", "done" or "cancelled"."""
    title: Mapped[str] = mapped_column(String(255), default="")
    client_id: Mapped[int | None] = mapped_column(
        ForeignKey("clients.id", ondelete="SET NULL"), index=True
    )
    subject_key: Mapped[str] = mapped_column(String(160), default="", index=True)
    """"client:12" or "number:+7916…": whom the call-back is for."""
    number: Mapped[str] = mapped_column(String(128), default="")
    e164: Mapped[str | None] = mapped_column(String(32), index=True)
    queue: Mapped[str] = mapped_column(String(128), default="")
    pbx: Mapped[str] = mapped_column(String(64), default="")
    assignee_id: Mapped[int | None] = mapped_column(
        ForeignKey("users.id", ondelete="SET NULL"), index=True
    )
    """None: everybody responsible for the queue (or everybody) may take it."""
    first_call_id: Mapped[int | None] = mapped_column(ForeignKey("calls.id", ondelete="SET NULL"))
    last_call_id: Mapped[int | None] = mapped_column(ForeignKey("calls.id", ondelete="SET NULL"))
    missed_calls: Mapped[int] = mapped_column(default=0)
    """How often the client called in vain."""
    tries: Mapped[int] = mapped_column(default=0)
    """How often we called back in vain."""
    waited_s: Mapped[float | None] = mapped_column()
    """How long the client waited in the last vain call."""
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    closed_call_id: Mapped[int | None] = mapped_column(ForeignKey("calls.id", ondelete="SET NULL"))
    """The talk that closed it by itself."""
    closed_party: Mapped[str] = mapped_column(String(128), default="")
    """The extension that talked."""
    result: Mapped[str] = mapped_column(Text, default="")
    text: Mapped[str] = mapped_column(Text, default="")
    """What is to be done, at length."""
    priority: Mapped[str] = mapped_column(String(8), default="normal")
    """"low", "normal" or "high"."""
    deal_id: Mapped[int | None] = mapped_column(
        ForeignKey("deals.id", ondelete="SET NULL"), index=True
    )
    call_id: Mapped[int | None] = mapped_column(ForeignKey("calls.id", ondelete="SET NULL"))
    """The call that a person made it from."""
    inquiry_id: Mapped[int | None] = mapped_column(
        ForeignKey("inquiries.id", ondelete="SET NULL"), index=True
    )
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    rrule: Mapped[str] = mapped_column(String(255), default="")
    """RFC 5545, of a task that comes again (`crm.task_series`)."""
    series_id: Mapped[int | None] = mapped_column(BigInteger, index=True)
    """The first task of the series."""
    occurrence_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When the series says that it is due; a person may move `due_at`, this stays: each time has one task."""
    snoozed_until: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    """Out of sight until then, or until the client makes contact."""
    snoozed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When it was put out of sight: a call that had begun before does not bring it back."""
    woken_call_id: Mapped[int | None] = mapped_column(ForeignKey("calls.id", ondelete="SET NULL"))
    """The call of the client that ended the snooze early."""
    deleted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    deleted_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    version: Mapped[int] = mapped_column(default=1)
    sample: Mapped[bool] = mapped_column(default=False)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class TaskCall(Base):
    """A call counted into a call-back task: makes counting idempotent."""

    __tablename__ = "task_calls"

    task_id: Mapped[int] = mapped_column(
        ForeignKey("tasks.id", ondelete="CASCADE"), primary_key=True
    )
    call_id: Mapped[int] = mapped_column(
        ForeignKey("calls.id", ondelete="CASCADE"), primary_key=True
    )
    role: Mapped[str] = mapped_column(String(16))
    """"missed", "try" or "contact"."""


class TaskAssignee(Base):
    """A person who has a task beside its first assignee."""

    __tablename__ = "task_assignees"

    task_id: Mapped[int] = mapped_column(
        ForeignKey("tasks.id", ondelete="CASCADE"), primary_key=True
    )
    user_id: Mapped[int] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, index=True
    )


class ChecklistItem(Base):
    """A step of a task."""

    __tablename__ = "checklist_items"

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True)
    task_id: Mapped[int] = mapped_column(ForeignKey("tasks.id", ondelete="CASCADE"), index=True)
    text: Mapped[str] = mapped_column(String(255))
    done: Mapped[bool] = mapped_column(default=False)
    place: Mapped[int] = mapped_column(default=0)


class Reminder(Base):
    """When a person is reminded of a task: in the page (and by desktop notification), and by e-mail if so set."""

    __tablename__ = "reminders"
    __table_args__ = (
        Index("ix_reminders_sent_at_at", "sent_at", "at"),
        Index("ix_reminders_mail_state_mail_at", "mail_state", "mail_at"),
    )

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True)
    task_id: Mapped[int] = mapped_column(ForeignKey("tasks.id", ondelete="CASCADE"), index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    before_min: Mapped[int] = mapped_column(default=0)
    """So many minutes before the task is due: when the task is moved, its reminders move along."""
    by_email: Mapped[bool] = mapped_column(default=False)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When it was shown in the page; None: not yet."""
    mail_state: Mapped[str] = mapped_column(String(8), default="")
    """"" (none wanted, or not yet time), "waiting", "sending", "sent" or "failed"."""
    mail_attempts: Mapped[int] = mapped_column(default=0)
    mail_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When the next attempt is due; of one that is being sent, when it began."""
    failed_why: Mapped[str] = mapped_column(Text, default="")
    """Why the e-mail could not be sent."""
