"""Tables of deals: funnels, stages, deals with positions and payments.

In: nothing. Out: mapped classes on the `Base` of `calls.columns`; declarations without logic.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import Date, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from calls.columns import BIG_ID, Base, Fixed, UtcDateTime, only_where


class Funnel(Base):
    """A way that deals go: for new clients, for repairs, for wholesale."""

    __tablename__ = "funnels"

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True)
    name: Mapped[str] = mapped_column(String(128))
    currency: Mapped[str] = mapped_column(String(3), default="RUB")
    segment_id: Mapped[int | None] = mapped_column(ForeignKey("segments.id", ondelete="SET NULL"))
    """For which clients: new deals of these are offered this funnel first."""
    place: Mapped[int] = mapped_column(default=0)
    archived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    stages: Mapped[list[Stage]] = relationship(
        back_populates="funnel", order_by="Stage.place", cascade="all, delete-orphan"
    )


class Stage(Base):
    """A step of a funnel. Each funnel has one stage of kind "won" and at least one "lost"."""

    __tablename__ = "stages"

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True)
    funnel_id: Mapped[int] = mapped_column(ForeignKey("funnels.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(128))
    kind: Mapped[str] = mapped_column(String(8), default="open")
    """"open", "won" or "lost"."""
    colour: Mapped[str] = mapped_column(String(16), default="")
    probability: Mapped[int] = mapped_column(default=0)
    """In percent: how many deals that come here are won."""
    place: Mapped[int] = mapped_column(default=0)
    archived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    funnel: Mapped[Funnel] = relationship(back_populates="stages")


class LossReason(Base):
    """Why deals are lost: what may be chosen."""

    __tablename__ = "loss_reasons"

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True)
    name: Mapped[str] = mapped_column(String(128), unique=True)
    place: Mapped[int] = mapped_column(default=0)
    archived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Product(Base):
    """Something that is sold, with its usual price."""

    __tablename__ = "products"

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True)
    name: Mapped[str] = mapped_column(String(255))
    code: Mapped[str] = mapped_column(String(64), default="", index=True)
    unit: Mapped[str] = mapped_column(String(32), default="")
    price: Mapped[Decimal] = mapped_column(Fixed(2), default=Decimal(0))
    currency: Mapped[str] = mapped_column(String(3), default="RUB")
    archived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    sample: Mapped[bool] = mapped_column(default=False)


class Deal(Base):
    """What a client may buy, buys or bought."""

    __tablename__ = "deals"
    __table_args__ = (
        Index("ix_deals_client_id_state", "client_id", "state"),
        Index("ix_deals_deleted_at", "deleted_at", **only_where("deleted_at IS NOT NULL")),
        Index("ix_deals_stage_id_place", "stage_id", "place"),
    )

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True)
    name: Mapped[str] = mapped_column(String(255))
    search_name: Mapped[str] = mapped_column(String(255), default="", index=True)
    client_id: Mapped[int | None] = mapped_column(ForeignKey("clients.id", ondelete="SET NULL"))
    contact_id: Mapped[int | None] = mapped_column(
        ForeignKey("clients.id", ondelete="SET NULL"), index=True
    )
    """The contact person, where the client is an organisation."""
    funnel_id: Mapped[int] = mapped_column(ForeignKey("funnels.id"), index=True)
    stage_id: Mapped[int] = mapped_column(ForeignKey("stages.id"))
    state: Mapped[str] = mapped_column(String(8), default="open")
    """Kind of its stage: "open", "won" or "lost"."""
    place: Mapped[float] = mapped_column(default=0.0)
    """Order in its column of the board."""
    amount: Mapped[Decimal] = mapped_column(Fixed(2), default=Decimal(0))
    """Sum; of a deal with positions theirs."""
    currency: Mapped[str] = mapped_column(String(3), default="RUB")
    responsible_id: Mapped[int | None] = mapped_column(
        ForeignKey("users.id", ondelete="SET NULL"), index=True
    )
    expected_on: Mapped[date | None] = mapped_column(Date)
    loss_reason_id: Mapped[int | None] = mapped_column(
        ForeignKey("loss_reasons.id", ondelete="SET NULL")
    )
    loss_note: Mapped[str] = mapped_column(String(255), default="")
    notes: Mapped[str] = mapped_column(Text, default="")
    source: Mapped[str] = mapped_column(String(64), default="")
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    import_id: Mapped[int | None] = mapped_column(
        ForeignKey("imports.id", ondelete="SET NULL"), index=True
    )
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    stage_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """Since when it is in its stage."""
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    deleted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    deleted_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    version: Mapped[int] = mapped_column(default=1)
    sample: Mapped[bool] = mapped_column(default=False)

    items: Mapped[list[DealItem]] = relationship(
        order_by="DealItem.place", cascade="all, delete-orphan"
    )
    payments: Mapped[list[Payment]] = relationship(
        order_by="Payment.due_on", cascade="all, delete-orphan"
    )

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class DealItem(Base):
    """A position of a deal: what, how much, at which price."""

    __tablename__ = "deal_items"

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True)
    deal_id: Mapped[int] = mapped_column(ForeignKey("deals.id", ondelete="CASCADE"), index=True)
    product_id: Mapped[int | None] = mapped_column(ForeignKey("products.id", ondelete="SET NULL"))
    name: Mapped[str] = mapped_column(String(255))
    quantity: Mapped[Decimal] = mapped_column(Fixed(3), default=Decimal(1))
    unit: Mapped[str] = mapped_column(String(32), default="")
    price: Mapped[Decimal] = mapped_column(Fixed(2), default=Decimal(0))
    discount: Mapped[Decimal] = mapped_column(Fixed(2), default=Decimal(0))
    """In percent."""
    place: Mapped[int] = mapped_column(default=0)


class Payment(Base):
    """A sum that is due for a deal, or was paid."""

    __tablename__ = "payments"

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True)
    deal_id: Mapped[int] = mapped_column(ForeignKey("deals.id", ondelete="CASCADE"), index=True)
    due_on: Mapped[date] = mapped_column(Date, index=True)
    amount: Mapped[Decimal] = mapped_column(Fixed(2))
    paid_on: Mapped[date | None] = mapped_column(Date)
    """None: not yet."""
    note: Mapped[str] = mapped_column(String(255), default="")
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))


class DealStep(Base):
    """A deal came into a stage: the funnel's numbers are counted from these."""

    __tablename__ = "deal_steps"
    __table_args__ = (
        Index("ix_deal_steps_deal_id_at", "deal_id", "at"),
        Index("ix_deal_steps_stage_id_at", "stage_id", "at"),
    )

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True)
    deal_id: Mapped[int] = mapped_column(ForeignKey("deals.id", ondelete="CASCADE"))
    from_stage_id: Mapped[int | None] = mapped_column(ForeignKey("stages.id"))
    """None: the deal was made here."""
    stage_id: Mapped[int] = mapped_column(ForeignKey("stages.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    reason: Mapped[str] = mapped_column(String(255), default="")
    """Why it was lost."""


class DealCall(Base):
    """A call about a deal. `how`: "only" (the client's one open deal) or "manual"."""

    __tablename__ = "deal_calls"

    call_id: Mapped[int] = mapped_column(
        ForeignKey("calls.id", ondelete="CASCADE"), primary_key=True
    )
    deal_id: Mapped[int | None] = mapped_column(
        ForeignKey("deals.id", ondelete="CASCADE"), index=True
    )
    """None: a person said that it is about none."""
    how: Mapped[str] = mapped_column(String(16), default="only")
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class DealTag(Base):
    """A tag on a deal."""

    __tablename__ = "deal_tags"

    deal_id: Mapped[int] = mapped_column(
        ForeignKey("deals.id", ondelete="CASCADE"), primary_key=True
    )
    tag_id: Mapped[int] = mapped_column(
        ForeignKey("tags.id", ondelete="CASCADE"), primary_key=True, index=True
    )
