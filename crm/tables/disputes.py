"""Tables of disputes: a client's claim under examination, its evidence, its verdict.

In: nothing. Out: mapped classes on the `Base` of `calls.columns`; declarations without logic.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import Date, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from calls.columns import BIG_ID, Base, Fixed, UtcDateTime


class Dispute(Base):
    """One case. `state`: "open", "awaiting" (the verdict waits for a second person), "closed"."""

    __tablename__ = "disputes"

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True)
    client_id: Mapped[int | None] = mapped_column(
        ForeignKey("clients.id", ondelete="SET NULL"), index=True
    )
    deal_id: Mapped[int | None] = mapped_column(
        ForeignKey("deals.id", ondelete="SET NULL"), index=True
    )
    call_id: Mapped[int | None] = mapped_column(ForeignKey("calls.id", ondelete="SET NULL"))
    """The call in which the client came with it, if it was one."""
    act_id: Mapped[int | None] = mapped_column(
        ForeignKey("speech_acts.id", ondelete="SET NULL"), index=True
    )
    """The claim as the rules found it there."""
    promise_id: Mapped[int | None] = mapped_column(
        ForeignKey("promises.id", ondelete="SET NULL"), index=True
    )
    """The promise of the ledger that it is about, once that is known."""
    claim: Mapped[str] = mapped_column(Text)
    """What the client says was promised, in the client's words."""
    action: Mapped[str] = mapped_column(String(16), default="other")
    """A value of `calls.promises.model.ActionKind`."""
    amount: Mapped[Decimal | None] = mapped_column(Fixed(2))
    unit: Mapped[str] = mapped_column(String(16), default="")
    """ISO currency, "percent", "days" …"""
    claimed_on: Mapped[date] = mapped_column(Date)
    """When the client came with it."""
    promised_from: Mapped[date | None] = mapped_column(Date)
    promised_to: Mapped[date | None] = mapped_column(Date)
    """Between which days the words are said to have been given, both inclusive."""
    state: Mapped[str] = mapped_column(String(16), default="open", index=True)
    verdict: Mapped[str] = mapped_column(String(16), default="")
    """"" or "for_client", "for_company", "partly", "unproven"."""
    verdict_text: Mapped[str] = mapped_column(Text, default="")
    granted: Mapped[Decimal | None] = mapped_column(Fixed(2))
    """How much of the sum was granted, in `unit`."""
    respondent_id: Mapped[int | None] = mapped_column(
        ForeignKey("users.id", ondelete="SET NULL"), index=True
    )
    """Whose words are disputed, once that is known."""
    responsible_id: Mapped[int | None] = mapped_column(
        ForeignKey("users.id", ondelete="SET NULL"), index=True
    )
    """Who examines it."""
    opened_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    needs_second: Mapped[bool] = mapped_column(default=False)
    """Whether the company wanted two people for this verdict when it was written."""
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    searched_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When Slovo last looked for evidence by itself."""
    sample: Mapped[bool] = mapped_column(default=False)


class DisputeEvidence(Base):
    """One moment of a call that speaks for or against the claim. The words are kept as they were when it was found."""

    __tablename__ = "dispute_evidence"

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True)
    dispute_id: Mapped[int] = mapped_column(
        ForeignKey("disputes.id", ondelete="CASCADE"), index=True
    )
    call_id: Mapped[int] = mapped_column(ForeignKey("calls.id", ondelete="CASCADE"), index=True)
    utterance_id: Mapped[int | None] = mapped_column(
        ForeignKey("utterances.id", ondelete="SET NULL")
    )
    act_id: Mapped[int | None] = mapped_column(ForeignKey("speech_acts.id", ondelete="SET NULL"))
    promise_id: Mapped[int | None] = mapped_column(ForeignKey("promises.id", ondelete="SET NULL"))
    side: Mapped[str] = mapped_column(String(16), default="")
    speaker: Mapped[str] = mapped_column(String(128), default="")
    quote: Mapped[str] = mapped_column(Text, default="")
    start_s: Mapped[float | None] = mapped_column()
    end_s: Mapped[float | None] = mapped_column()
    speaks: Mapped[str] = mapped_column(String(8), default="")
    """"for" the client's claim, "against" it, or "" (nobody has weighed it)."""
    found_by: Mapped[str] = mapped_column(String(16))
    """"promise", "claim", "refusal", "search" or "person"."""
    score: Mapped[float] = mapped_column(default=0.0)
    """How likely it matters, 0 to 1."""
    state: Mapped[str] = mapped_column(String(16), default="proposed")
    """"proposed", "taken" or "dismissed"."""
    note: Mapped[str] = mapped_column(Text, default="")
    by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    """Who weighed it last."""
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class DisputeRemark(Base):
    """Words of a person about a case."""

    __tablename__ = "dispute_remarks"

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True)
    dispute_id: Mapped[int] = mapped_column(
        ForeignKey("disputes.id", ondelete="CASCADE"), index=True
    )
    kind: Mapped[str] = mapped_column(String(8))
    """"answer" (of whoever the case is about), "returned" (why a verdict was not approved) or "note"."""
    text: Mapped[str] = mapped_column(Text)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
