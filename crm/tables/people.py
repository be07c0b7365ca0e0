"""Tables of people: who logs in, their phones, queues, states and sessions.

In: nothing. Out: mapped classes on the `Base` of `calls.columns`; declarations without logic.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from calls.columns import BIG_ID, Base, UtcDateTime


class User(Base):
    """A person who logs in. `role`: operator, manager, supervisor, administrator."""

    __tablename__ = "users"

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True)
    login: Mapped[str] = mapped_column(String(64), unique=True)
    """Kept in lower case."""
    name: Mapped[str] = mapped_column(String(255), default="")
    role: Mapped[str] = mapped_column(String(32))
    password_hash: Mapped[str] = mapped_column(String(255))
    locale: Mapped[str] = mapped_column(String(8), default="")
    """"ru", "en" or "" (as the browser asks)."""
    active: Mapped[bool] = mapped_column(default=True)
    email: Mapped[str] = mapped_column(String(255), default="")
    """Where reminders go; "" = none."""
    department_id: Mapped[int | None] = mapped_column(
        ForeignKey("departments.id", ondelete="SET NULL"), index=True
    )
    sample: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    devices: Mapped[list[Device]] = relationship(
        back_populates="user", cascade="all, delete-orphan"
    )
    queues: Mapped[list[UserQueue]] = relationship(
        back_populates="user", cascade="all, delete-orphan"
    )
    holdings: Mapped[list[PhoneHolding]] = relationship(
        viewonly=True,
        lazy="selectin",
        order_by="PhoneHolding.id",
        primaryjoin="and_(User.id == PhoneHolding.user_id, PhoneHolding.until_at.is_(None))",
    )
    """The phones whose calls are this person's now."""


class Device(Base):
    """An extension of one PBX that is a person's phone. Several people may share one, one may have several."""

    __tablename__ = "devices"
    __table_args__ = (UniqueConstraint("user_id", "pbx", "extension"),)

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    pbx: Mapped[str] = mapped_column(String(64))
    extension: Mapped[str] = mapped_column(String(64), index=True)
    channel: Mapped[str] = mapped_column(String(128), default="")
    """What Originate dials, "" = the PBX's template for extensions."""

    user: Mapped[User] = relationship(back_populates="devices")


class PhoneHolding(Base):
    """From when to when the calls of a phone were a person's. Of several holders at a time each sees the calls.

    `how`: "own" (the phone is tied to the person, and nobody sat at it) or "seat" (the person sat down at it: then its
    calls are nobody else's). Rows are never deleted: who held a phone at a call's time is found here years later.
    """

    __tablename__ = "phone_holdings"
    __table_args__ = (
        Index("ix_phone_holdings_pbx_extension_until_at", "pbx", "extension", "until_at"),
        Index(
            "uq_phone_holdings_seat_of_phone",
            "pbx",
            "extension",
            unique=True,
            sqlite_where=text("until_at IS NULL AND how = 'seat'"),
            postgresql_where=text("until_at IS NULL AND how = 'seat'"),
        ),
        Index(
            "uq_phone_holdings_seat_of_user",
            "user_id",
            unique=True,
            sqlite_where=text("until_at IS NULL AND how = 'seat'"),
            postgresql_where=text("until_at IS NULL AND how = 'seat'"),
        ),
    )

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    pbx: Mapped[str] = mapped_column(String(64))
    extension: Mapped[str] = mapped_column(String(64))
    how: Mapped[str] = mapped_column(String(8), default="own")
    from_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """None: since ever. So it is for the first who was ever given this phone."""
    until_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_why: Mapped[str] = mapped_column(String(16), default="")
    """"left", "logout", "moved", "replaced", "locked"; of an own phone "seat" (somebody sat down) or "untied"."""
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    """Who sat down instead, or sent the person away."""
    end_told: Mapped[bool] = mapped_column(default=True)
    """False until the person has read that somebody else sat down."""


class PhoneState(Base):
    """What a phone does now, as the process that hears its PBX last knew (`crm.state_keeper`)."""

    __tablename__ = "phone_states"

    pbx: Mapped[str] = mapped_column(String(64), primary_key=True)
    extension: Mapped[str] = mapped_column(String(64), primary_key=True)
    device: Mapped[str] = mapped_column(String(16), default="")
    """idle, ringing, in_use, busy, unavailable, unknown; "" = never told."""
    device_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    engaged: Mapped[list[Any]] = mapped_column(JSON, default=list)
    """Its calls in progress (`crm.engagement`)."""
    talk_ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When its last talk with somebody outside ended."""
    talk_queue: Mapped[str] = mapped_column(String(128), default="")
    blind_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Since when the PBX is not heard: all else is as it was then."""


class QueueMember(Base):
    """A phone of ours as a member of a queue, as Asterisk last told (`crm.state_keeper`)."""

    __tablename__ = "queue_members"
    __table_args__ = (Index("ix_queue_members_pbx_extension", "pbx", "extension"),)

    pbx: Mapped[str] = mapped_column(String(64), primary_key=True)
    queue: Mapped[str] = mapped_column(String(128), primary_key=True)
    interface: Mapped[str] = mapped_column(String(128), primary_key=True)
    extension: Mapped[str] = mapped_column(String(64))
    paused: Mapped[bool] = mapped_column(default=False)
    reason: Mapped[str] = mapped_column(String(255), default="")
    changed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Since when it is paused, or not."""
    dynamic: Mapped[bool] = mapped_column(default=False)
    wrap_up_s: Mapped[int] = mapped_column(default=0)


class PersonState(Base):
    """What only a person can say: that they are away, and that they are ready for the next call."""

    __tablename__ = "person_states"

    user_id: Mapped[int] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )
    away: Mapped[bool] = mapped_column(default=False)
    away_reason: Mapped[str] = mapped_column(String(255), default="")
    away_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When they went, or came back."""
    ready_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When they last ended the wrap-up themselves."""


class UserQueue(Base):
    """A queue whose calls and call-backs a person answers for."""

    __tablename__ = "user_queues"
    __table_args__ = (UniqueConstraint("user_id", "pbx", "queue"),)

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    pbx: Mapped[str] = mapped_column(String(64))
    queue: Mapped[str] = mapped_column(String(128))

    user: Mapped[User] = relationship(back_populates="queues")


class Session(Base):
    """A login. The cookie holds a random token, the row only its hash."""

    __tablename__ = "sessions"

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    address: Mapped[str] = mapped_column(String(64), default="")
    user_agent: Mapped[str] = mapped_column(String(255), default="")


class LoginAttempt(Base):
    """Failed logins, for slowing down guessing: counted per login and per address."""

    __tablename__ = "login_attempts"

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True)
    subject: Mapped[str] = mapped_column(String(160), index=True)
    """"login:anna" or "address:127.0.0.1"."""
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class Department(Base):
    """A part of the company. Whose scope is "department" sees what people of it and of the parts below it have."""

    __tablename__ = "departments"

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True)
    name: Mapped[str] = mapped_column(String(255), unique=True)
    parent_id: Mapped[int | None] = mapped_column(
        ForeignKey("departments.id", ondelete="SET NULL"), index=True
    )


class RoleScope(Base):
    """How far a right of a role reaches, where the administrator changed it (`crm.access.DEFAULT_SCOPES`)."""

    __tablename__ = "role_scopes"

    role: Mapped[str] = mapped_column(String(32), primary_key=True)
    action: Mapped[str] = mapped_column(String(16), primary_key=True)
    """see, edit, listen, export, delete."""
    scope: Mapped[str] = mapped_column(String(16))
    """none, own, department, all."""


class Notification(Base):
    """Something a person is told: a mention, a task given to them, a reminder, a hand-over."""

    __tablename__ = "notifications"
    __table_args__ = (Index("ix_notifications_user_id_read_at_id", "user_id", "read_at", "id"),)

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    kind: Mapped[str] = mapped_column(String(32))
    """"mention", "task", "reminder", "birthday", "handover", "inquiry", "webhook" …"""
    subject_kind: Mapped[str] = mapped_column(String(32), default="")
    subject_id: Mapped[int | None] = mapped_column()
    """What it leads to: "client", "deal", "task", "call", "inquiry"."""
    detail: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """Values for its sentence: names and titles as they were."""
    read_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class CardOpening(Base):
    """How many cards of clients one person opened in one hour: who copies the base by hand shows here."""

    __tablename__ = "card_openings"

    user_id: Mapped[int] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )
    hour_at: Mapped[datetime] = mapped_column(UtcDateTime, primary_key=True)
    """Its beginning."""
    cards: Mapped[int] = mapped_column(default=0)
    told_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When supervisors were told that it is an unusual number."""
