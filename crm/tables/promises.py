"""Tables of the ledger of promises.

In: nothing. Out: mapped classes on the `Base` of `calls.columns`; declarations without logic.
"""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal

from sqlalchemy import Date, ForeignKey, String, Text, Time
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
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
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
