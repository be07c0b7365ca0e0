"""Tables of clients, tasks, people, promises, sessions and the audit log.

In: nothing. Out: mapped classes on the `Base` of `calls.tables`. The last package with tables, so the migrations of all
live in `crm/migrations`. Long for a module, and one all the same: declarations without logic, whose foreign keys tie most
of them together.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Date, ForeignKey, Index, String, Text, UniqueConstraint, text
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


class Client(Base):
    """A person or an organisation. A contact person is a person with an organisation."""

    __tablename__ = "clients"

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    """"person" or "organisation"."""
    name: Mapped[str] = mapped_column(String(255), default="")
    """May be empty for a person known only by number."""
    search_name: Mapped[str] = mapped_column(String(255), default="", index=True)
    """Folded for finding: lower case, ё as е."""
    organisation_id: Mapped[int | None] = mapped_column(
        ForeignKey("clients.id", ondelete="SET NULL"), index=True
    )
    position: Mapped[str] = mapped_column(String(128), default="")
    email: Mapped[str] = mapped_column(String(255), default="")
    notes: Mapped[str] = mapped_column(Text, default="")
    responsible_id: Mapped[int | None] = mapped_column(
        ForeignKey("users.id", ondelete="SET NULL"), index=True
    )
    version: Mapped[int] = mapped_column(default=1)
    """Grows with each edit, so that two people at once do not overwrite each other."""
    sample: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)

    numbers: Mapped[list[ClientNumber]] = relationship(
        back_populates="client", order_by="ClientNumber.id", cascade="all, delete-orphan"
    )
    organisation: Mapped[Client | None] = relationship(
        back_populates="contacts", remote_side="Client.id"
    )
    contacts: Mapped[list[Client]] = relationship(back_populates="organisation")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class ClientNumber(Base):
    """A telephone number of a client, as typed and in E.164 where it is a real number."""

    __tablename__ = "client_numbers"
    __table_args__ = (
        UniqueConstraint("client_id", "e164"),
        Index("ix_client_numbers_e164", "e164"),
        Index("ix_client_numbers_last10", "last10"),
    )

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True)
    client_id: Mapped[int] = mapped_column(ForeignKey("clients.id", ondelete="CASCADE"))
    raw: Mapped[str] = mapped_column(String(128))
    e164: Mapped[str | None] = mapped_column(String(32))
    last10: Mapped[str] = mapped_column(String(10), default="")
    """Last ten digits, for numbers that came without their country."""
    label: Mapped[str] = mapped_column(String(64), default="")

    client: Mapped[Client] = relationship(back_populates="numbers")


class CallLink(Base):
    """Which client a call was with. `how`: "number" (found by it) or "manual"."""

    __tablename__ = "call_links"
    __table_args__ = (Index("ix_call_links_client_id_call_id", "client_id", "call_id"),)

    call_id: Mapped[int] = mapped_column(
        ForeignKey("calls.id", ondelete="CASCADE"), primary_key=True
    )
    client_id: Mapped[int] = mapped_column(ForeignKey("clients.id", ondelete="CASCADE"))
    how: Mapped[str] = mapped_column(String(16), default="number")
    linked_at: Mapped[datetime] = mapped_column(UtcDateTime)


class CallNote(Base):
    """What one person typed into the card of one call, kept as typed."""

    __tablename__ = "call_notes"
    __table_args__ = (UniqueConstraint("call_id", "user_id"),)

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("calls.id", ondelete="CASCADE"))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    text: Mapped[str] = mapped_column(Text, default="")
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)


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


class Promise(Base):
    """Words marked as a promise: who gave it, what, until when, and where they stand in the transcript."""

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
    state: Mapped[str] = mapped_column(String(16), default="open")
    """"open", "kept", "broken" or "cancelled"."""
    marked_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    marked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    sample: Mapped[bool] = mapped_column(default=False)


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


class AuditEntry(Base):
    """One thing somebody did or heard. Rows are only ever added; each holds the hash of the one before."""

    __tablename__ = "audit_log"

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    user_id: Mapped[int | None] = mapped_column()
    """No foreign key on purpose: the log outlives the user."""
    login: Mapped[str] = mapped_column(String(64), default="")
    action: Mapped[str] = mapped_column(String(64), index=True)
    """"recording.play", "recording.export", "search", "login", "client.edit" …"""
    subject_kind: Mapped[str] = mapped_column(String(32), default="")
    subject_id: Mapped[str] = mapped_column(String(64), default="")
    detail: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    address: Mapped[str] = mapped_column(String(64), default="")
    previous_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64), unique=True)
