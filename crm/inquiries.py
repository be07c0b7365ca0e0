"""Inquiries (обращения): what waits for triage, and what became of the rest.

In: an actor and what he looks for. Out: lines of the feed with caller, call and chooser. Open ones only are in the feed:
what is closed or snoozed leaves it, and is found under its own heading. `crm.inquiry_steps` sorts them, `crm.intake` and
`crm.inquiry_contacts` make them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, exists, false, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from calls.tables import Call, Recording
from crm import call_visibility, client_visibility, number_lookup
from crm.access import Action, Actor, Permission, Scope
from crm.errors import NotFound
from crm.number_rules import NumberRules
from crm.tables import Client, Comment, Inquiry, InquiryTag, Membership, Tag, User

PAGE_SIZE = 30


class View(StrEnum):
    """What a list of inquiries shows."""

    OPEN = "open"
    SNOOZED = "snoozed"
    DONE = "done"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """An inquiry with what is shown beside it."""

    inquiry: Inquiry
    client: Client | None
    """Only where the actor may see the card."""
    responsible: str
    call: Call | None
    """Only where the actor may see the call."""
    recorded: bool
    candidates: Sequence[Client]
    """Who it may be, where several share the number and nobody has said who it is."""
    tags: Sequence[Tag]
    comments: int


@dataclass(frozen=True, slots=True)
class Page:
    """Some inquiries. `next_before` goes into the next call, None at the end."""

    lines: list[Line]
    next_before: int | None


def seen_by(actor: Actor) -> ColumnElement[bool]:
    """A condition on `Inquiry`: of clients that the actor sees, their own, and what nobody has yet."""
    scope = actor.scope(Action.SEE)
    if scope is Scope.NONE:
        return false()
    seen = exists().where(Client.id == Inquiry.client_id, client_visibility.seen_by(actor))
    nobodys = and_(Inquiry.client_id.is_(None), Inquiry.responsible_id.is_(None))
    if scope is Scope.ALL:
        nobodys = Inquiry.client_id.is_(None)
    own = Inquiry.responsible_id == actor.user_id
    return or_(own, nobodys, seen.correlate(Inquiry))


def in_view(view: View, now: datetime) -> ColumnElement[bool]:
    """A condition on `Inquiry`: what this list shows."""
    snoozed = and_(Inquiry.snoozed_until.is_not(None), Inquiry.snoozed_until > now)
    if view is View.DONE:
        return Inquiry.state != "new"
    return and_(Inquiry.state == "new", snoozed if view is View.SNOOZED else ~snoozed)


async def page(  # noqa: PLR0913 (filters of one list)
    session: AsyncSession,
    actor: Actor,
    rules: NumberRules,
    *,
    view: View = View.OPEN,
    mine: bool = False,
    search: str = "",
    before: int | None = None,
    limit: int = PAGE_SIZE,
) -> Page:
    """List inquiries, the newest contact first.

    Args:
        session: any session.
        actor: who looks.
        rules: how numbers are read.
        view: open, snoozed, or done with.
        mine: only the actor's own.
        search: part of a number, an address, the text, or the client's name.
        before: `Page.next_before` of the page before.
        limit: lines of a page.

    Raises:
        Forbidden: the actor may not see inquiries.
    """
    actor.require(Permission.INQUIRIES_SEE)
    query = select(Inquiry).where(seen_by(actor), in_view(view, datetime.now(UTC)))
    if mine:
        query = query.where(Inquiry.responsible_id == actor.user_id)
    if search.strip():
        query = query.where(_has(actor, search.strip()[:100]))
    last = await session.get(Inquiry, before) if before is not None else None
    if last is not None:
        same = and_(Inquiry.last_contact_at == last.last_contact_at, Inquiry.id < last.id)
        query = query.where(or_(Inquiry.last_contact_at < last.last_contact_at, same))
    query = query.order_by(Inquiry.last_contact_at.desc(), Inquiry.id.desc()).limit(limit + 1)
    found = list((await session.scalars(query)).all())
    lines = await lines_of(session, actor, found[:limit], rules)
    return Page(lines, found[limit - 1].id if len(found) > limit else None)


async def count_open(session: AsyncSession, actor: Actor) -> int:
    """How many wait for triage."""
    query = select(func.count()).select_from(Inquiry)
    waiting = in_view(View.OPEN, datetime.now(UTC))
    return await session.scalar(query.where(seen_by(actor), waiting)) or 0


async def of_client(
    session: AsyncSession, actor: Actor, client_id: int, rules: NumberRules
) -> list[Line]:
    """The newest inquiries of one client.

    Raises:
        NotFound: no such client, or one that the actor may not see.
    """
    await client_visibility.require(session, actor, client_id)
    query = select(Inquiry).where(Inquiry.client_id == client_id)
    rows = (await session.scalars(query.order_by(Inquiry.id.desc()).limit(10))).all()
    return await lines_of(session, actor, rows, rules)


async def get(session: AsyncSession, actor: Actor, inquiry_id: int) -> Inquiry:
    """Return one inquiry, as it is now.

    Raises:
        Forbidden: the actor may not see inquiries.
        NotFound: no such inquiry, or none that the actor sees.
    """
    actor.require(Permission.INQUIRIES_SEE)
    query = select(Inquiry).where(Inquiry.id == inquiry_id, seen_by(actor))
    inquiry = await session.scalar(query.execution_options(populate_existing=True))
    if inquiry is None:
        raise NotFound("inquiry", inquiry_id)
    return inquiry


async def lines_of(
    session: AsyncSession, actor: Actor, rows: Sequence[Inquiry], rules: NumberRules
) -> list[Line]:
    """What is shown beside each of these."""
    clients = await _clients(session, actor, rows)
    calls = await _calls(session, actor, rows)
    recorded = await _recorded(session, calls)
    names = await _names(session, rows)
    tags = await _tags(session, rows)
    comments = await _comments(session, rows)
    return [
        Line(
            inquiry=one,
            client=clients.get(one.client_id or 0),
            responsible=names.get(one.responsible_id or 0, ""),
            call=calls.get(one.call_id or 0),
            recorded=one.call_id in recorded,
            candidates=await _candidates(session, actor, one, rules),
            tags=tags.get(one.id, []),
            comments=comments.get(one.id, 0),
        )
        for one in rows
    ]


def _has(actor: Actor, search: str) -> ColumnElement[bool]:
    folded = " ".join(search.casefold().replace("ё", "е").split())
    named = select(Client.id).where(
        Client.search_name.contains(folded, autoescape=True), client_visibility.seen_by(actor)
    )
    found = or_(
        func.lower(Inquiry.email).contains(folded, autoescape=True),
        Inquiry.text.icontains(search, autoescape=True),
        Inquiry.client_id.in_(named),
    )
    digits = "".join(one for one in search if one.isdigit())
    if len(digits) >= 3:
        tail = digits[1:] if digits[0] in "78" and len(digits) > 4 else digits
        found = or_(found, Inquiry.number.contains(digits), Inquiry.number.contains(tail))
    return found


async def _clients(
    session: AsyncSession, actor: Actor, rows: Sequence[Inquiry]
) -> dict[int, Client]:
    ids = {one.client_id for one in rows if one.client_id}
    query = select(Client).where(Client.id.in_(ids), client_visibility.seen_by(actor)).options(
        selectinload(Client.numbers),
        selectinload(Client.workplaces).selectinload(Membership.organisation),
    )  # fmt: skip
    return {client.id: client for client in await session.scalars(query)}


async def _candidates(
    session: AsyncSession, actor: Actor, inquiry: Inquiry, rules: NumberRules
) -> Sequence[Client]:
    if inquiry.client_id is not None or inquiry.state != "new" or not inquiry.number:
        return ()
    found = (await number_lookup.find(session, inquiry.number, rules)).clients
    seen = select(Client.id).where(
        client_visibility.seen_by(actor), Client.id.in_([one.id for one in found])
    )
    ids = set(await session.scalars(seen))
    return [one for one in found if one.id in ids]


async def _calls(session: AsyncSession, actor: Actor, rows: Sequence[Inquiry]) -> dict[int, Call]:
    ids = {one.call_id for one in rows if one.call_id}
    query = select(Call).where(Call.id.in_(ids), call_visibility.seen_by(actor))
    return {call.id: call for call in await session.scalars(query)}


async def _recorded(session: AsyncSession, calls: dict[int, Call]) -> set[int]:
    query = select(Recording.call_id).where(
        Recording.call_id.in_(calls.keys()), Recording.state == "ready"
    )
    return set(await session.scalars(query))


async def _names(session: AsyncSession, rows: Sequence[Inquiry]) -> dict[int, str]:
    ids = {one.responsible_id for one in rows if one.responsible_id}
    found = await session.execute(select(User.id, User.name, User.login).where(User.id.in_(ids)))
    return {user_id: name or login for user_id, name, login in found}


async def _tags(session: AsyncSession, rows: Sequence[Inquiry]) -> dict[int, list[Tag]]:
    query = (
        select(InquiryTag.inquiry_id, Tag)
        .join(Tag, Tag.id == InquiryTag.tag_id)
        .where(InquiryTag.inquiry_id.in_([one.id for one in rows]))
        .order_by(Tag.folded)
    )
    found: dict[int, list[Tag]] = {}
    for inquiry_id, tag in await session.execute(query):
        found.setdefault(inquiry_id, []).append(tag)
    return found


async def _comments(session: AsyncSession, rows: Sequence[Inquiry]) -> dict[int, int]:
    query = (
        select(Comment.inquiry_id, func.count())
        .where(Comment.inquiry_id.in_([one.id for one in rows]), Comment.deleted_at.is_(None))
        .group_by(Comment.inquiry_id)
    )
    return {inquiry_id or 0: number for inquiry_id, number in await session.execute(query)}
