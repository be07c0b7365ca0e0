"""Tables of the ledger of promises.

In: nothing. Out: mapped classes on the `Base` of `calls.columns`; declarations without logic.
"""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, Date, ForeignKey, String, Text, Time
from sqlalchemy.orm import Mapped, mapped_column

from calls.columns import BIG_ID, Base, Fixed, UtcDateTime


class Promise(Base):
    """Words of a call that bind somebody: who gave them, what, until when, and where they stand in the transcript.

    `state`: "found" (by the rules, nobody has looked), "rejected" (it is none), "open" (confirmed), "kept", "broken",
    "cancelled", "disputed".
    """

    __tablename__ = "promises"

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("calls.id", ondelete="CASCADE"), index=True)
    client_id: Mapped[int | None] = mapped_column(
        ForeignKey("clients.id", ondelete="SET NULL"), index=True
    )
    utterance_id: Mapped[int | None] = mapped_column(
        ForeignKey("utterances.id", ondelete="SET NULL")
    )
    word_from: Mapped[int | None] = mapped_column()
    word_to: Mapped[int | None] = mapped_column()
    """Index of the first and last word in the utterance, inclusive."""
    quote: Mapped[str] = mapped_column(Text)
    """The words as transcribed when they were marked: the evidence must not change under us."""
    start_s: Mapped[float | None] = mapped_column()
    end_s: Mapped[float | None] = mapped_column()
    by_side: Mapped[str] = mapped_column(String(16), default="operator")
    by_party: Mapped[str] = mapped_column(String(128), default="")
    what: Mapped[str] = mapped_column(Text)
    """In a person's words; "" of one that the rules found: `action` and the amount say it, in the reader's language."""
    due_on: Mapped[date | None] = mapped_column(Date)
    due_time: Mapped[time | None] = mapped_column(Time)
    """Local to the company; None: at any time of that day."""
    action: Mapped[str] = mapped_column(String(16), default="other")
    """A value of `calls.promises.model.ActionKind`."""
    amount_value: Mapped[Decimal | None] = mapped_column(Fixed(2))
    amount_unit: Mapped[str] = mapped_column(String(16), default="")
    strength: Mapped[str] = mapped_column(String(8), default="firm")
    """"firm" or "hedged"."""
    withdrawn: Mapped[bool] = mapped_column(default=False)
    """Taken back in the same call."""
    found_by: Mapped[str] = mapped_column(String(8), default="person")
    """"rules" or "person"."""
    rules: Mapped[str] = mapped_column(String(32), default="")
    """Version of the rules that found it."""
    act_id: Mapped[int | None] = mapped_column(
        ForeignKey("speech_acts.id", ondelete="SET NULL"), index=True
    )
    promiser_id: Mapped[int | None] = mapped_column(
        ForeignKey("users.id", ondelete="SET NULL"), index=True
    )
    """Who of ours promised, where that is known."""
    task_id: Mapped[int | None] = mapped_column(
        ForeignKey("tasks.id", ondelete="SET NULL"), index=True
    )
    state: Mapped[str] = mapped_column(String(16), default="open", index=True)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    """Who confirmed or rejected what the rules found."""
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    marked_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    marked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """When it was marked; of one that the rules found, when the call began."""
    proposed: Mapped[str] = mapped_column(String(8), default="")
    """What Slovo thinks became of it, until a person says so: "kept", "broken" or ""."""
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When somebody said what became of it."""
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When what was promised was really done; of a kept one."""
    in_time: Mapped[bool | None] = mapped_column()
    """Of a kept one with a date: whether it was done until then."""
    cancelled_by: Mapped[str] = mapped_column(String(8), default="")
    """"client" or "us"; "" while it is not cancelled, or when nobody said whose wish it was."""
    reason: Mapped[str] = mapped_column(Text, default="")
    """Why it was cancelled or broken, in the words of whoever said so."""
    told_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When people were told that it is overdue: once."""
    sample: Mapped[bool] = mapped_column(default=False)


class PromiseEvidence(Base):
    """What shows that a promise was kept or broken: a call, a comment, a payment, a file, or words of a person."""

    __tablename__ = "promise_evidence"

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True)
    promise_id: Mapped[int] = mapped_column(
        ForeignKey("promises.id", ondelete="CASCADE"), index=True
    )
    kind: Mapped[str] = mapped_column(String(16))
    """"call", "task", "comment", "payment", "file" or "note"."""
    subject_id: Mapped[int | None] = mapped_column(BIG_ID)
    """Of what `kind` names; no foreign key, for it points to several tables."""
    note: Mapped[str] = mapped_column(Text, default="")
    by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    """None: Slovo found it by itself."""
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    """When that happened; of a note, when it was written."""


class PromiseStep(Base):
    """One decision about a promise, with what stood there before: the last one can be taken back."""

    __tablename__ = "promise_steps"

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True)
    promise_id: Mapped[int] = mapped_column(
        ForeignKey("promises.id", ondelete="CASCADE"), index=True
    )
    action: Mapped[str] = mapped_column(String(16))
    """"confirm", "reject", "kept", "broken", "cancelled", "disputed"."""
    before: Mapped[dict[str, Any]] = mapped_column(JSON)
    """Fields as they were (`crm.promise_steps`)."""
    task_id: Mapped[int | None] = mapped_column(ForeignKey("tasks.id", ondelete="SET NULL"))
    """The task that this decision made."""
    by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ActDecision(Base):
    """Whether the rules were right about one promise, claim or refusal: what people said, kept for ever, without words.

    One row for each act that somebody judged; it outlives the act, so that the rules' precision can be told over time.
    """

    __tablename__ = "act_decisions"

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True)
    call_id: Mapped[int | None] = mapped_column(
        ForeignKey("calls.id", ondelete="SET NULL"), index=True
    )
    act_id: Mapped[int | None] = mapped_column(
        ForeignKey("speech_acts.id", ondelete="SET NULL"), index=True
    )
    promise_id: Mapped[int | None] = mapped_column(
        ForeignKey("promises.id", ondelete="SET NULL"), index=True
    )
    label: Mapped[str] = mapped_column(String(8))
    action: Mapped[str] = mapped_column(String(16))
    rules: Mapped[str] = mapped_column(String(32), default="")
    is_right: Mapped[bool] = mapped_column()
    by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
