"""What a person does with an inquiry: into a deal, to a client, not ours, later, somebody's; and the last step taken back.

In: an actor and an inquiry. Out: rows, changes in the history, news for whoever gets it. Closing needs no field filled in.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Select, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm.exc import StaleDataError

from crm import (
    audit,
    automatic_cards,
    call_links,
    changes,
    client_merge,
    client_visibility,
    deals,
    notifications,
    webhook_outbox,
)
from crm.access import SYSTEM, Action, Actor, Permission
from crm.deals import DealFields
from crm.errors import Conflict, Invalid
from crm.inquiries import get
from crm.notices import announce
from crm.notifications import News
from crm.tables import CallLink, Client, ClientMerge, Deal, DealStep, Inquiry, InquiryCall, User

_KEPT = (
    "state", "reason", "deal_id", "responsible_id", "client_id", "snoozed_until", "closed_at",
    "closed_by_id",
)  # fmt: skip
"""What a step may change, and what taking it back puts back."""
_TIMES = ("snoozed_until", "closed_at")
_CLOSED = "this inquiry was sorted already: open it again first"


@dataclass(frozen=True, slots=True, kw_only=True)
class DealWish:
    """The deal that an inquiry becomes. `name` "" = as the client or the number is called."""

    name: str = ""
    funnel_id: int | None = None


async def into_deal(session: AsyncSession, actor: Actor, inquiry_id: int, wish: DealWish) -> Deal:
    """Make a deal of it; a card that a call made counts as confirmed from now on.

    Raises:
        Forbidden: the actor may not sort inquiries, or not edit deals.
        NotFound: no such inquiry, or none that the actor sees.
        Invalid: it was sorted already, nobody knows yet which of several clients it is, or there is no funnel.
    """
    inquiry = await _open(session, actor, inquiry_id)
    client = await session.get(Client, inquiry.client_id) if inquiry.client_id else None
    if client is None and inquiry.number:
        raise Invalid("inquiry", "choose first which client it is")
    before = _written(inquiry)
    confirmed = client is not None and not client.confirmed
    if client is not None and confirmed:
        await automatic_cards.settle(session, actor, client)
    name = wish.name.strip() or (client.name if client else "") or inquiry.number or inquiry.email
    fields = DealFields(
        name=name,
        client_id=inquiry.client_id,
        responsible_id=inquiry.responsible_id or actor.user_id or None,
        notes=inquiry.text,
        source=inquiry.channel,
    )
    deal = await deals.create(session, actor, fields, funnel_id=wish.funnel_id)
    inquiry.state, inquiry.deal_id = "deal", deal.id
    _end(inquiry, actor)
    step = {"step": "deal", "deal": deal.id, "confirmed": inquiry.client_id if confirmed else None}
    await _keep(session, actor, inquiry, before, step)
    return deal


async def attach(session: AsyncSession, actor: Actor, inquiry_id: int, client_id: int) -> Inquiry:
    """Say whose it is: the calls are that client's, and a card that a call made for the stranger becomes part of his.

    Raises:
        Forbidden: the actor may not sort inquiries, or not edit this client.
        NotFound: no such inquiry or client, or none that the actor sees.
        Invalid: it was sorted already.
    """
    inquiry = await _open(session, actor, inquiry_id)
    await client_visibility.require(session, actor, client_id, Action.EDIT)
    before = _written(inquiry)
    own = await session.get(Client, inquiry.client_id) if inquiry.client_id else None
    step: dict[str, Any] = {"step": "attach"}
    if own is not None and own.id != client_id and automatic_cards.is_automatic(own):
        step["merge"] = (await client_merge.join(session, actor, client_id, own.id, {})).id
        await session.refresh(inquiry)
    elif own is None:
        step["calls"] = await _give_calls(session, inquiry, client_id)
    inquiry.state, inquiry.client_id = "attached", client_id
    _end(inquiry, actor)
    await _keep(session, actor, inquiry, before, step)
    return inquiry


async def close(session: AsyncSession, actor: Actor, inquiry_id: int, reason: str = "") -> Inquiry:
    """Not ours: a wrong number, advertising, nothing. No field needs to be filled in.

    Raises:
        Forbidden, NotFound, Invalid: as `attach`.
    """
    inquiry = await _open(session, actor, inquiry_id)
    before = _written(inquiry)
    inquiry.state, inquiry.reason = "closed", " ".join(reason.split())[:255]
    _end(inquiry, actor)
    return await _keep(session, actor, inquiry, before, {"step": "close"})


async def snooze(session: AsyncSession, actor: Actor, inquiry_id: int, until: datetime) -> Inquiry:
    """Out of the feed until then, or until they make contact.

    Raises:
        Forbidden, NotFound: as `attach`.
        Invalid: it was sorted already, or the time is over.
    """
    inquiry = await _open(session, actor, inquiry_id)
    if until <= datetime.now(UTC):
        raise Invalid("until", "choose a time that is not over yet")
    before = _written(inquiry)
    inquiry.snoozed_until = until
    return await _keep(session, actor, inquiry, before, {"step": "snooze"})


async def assign(
    session: AsyncSession, actor: Actor, inquiry_id: int, user_id: int | None
) -> Inquiry:
    """Say who answers for it; that person is told. None: nobody in particular.

    Raises:
        Forbidden, NotFound: as `attach`.
        Invalid: it was sorted already, or nobody has this id.
    """
    inquiry = await _open(session, actor, inquiry_id)
    user = await session.get(User, user_id) if user_id is not None else None
    if user_id is not None and (user is None or not user.active):
        raise Invalid("responsible_id", "nobody has this id")
    before = _written(inquiry)
    inquiry.responsible_id = user_id
    client = await session.get(Client, inquiry.client_id) if inquiry.client_id else None
    if client is not None and not client.confirmed and client.responsible_id is None:
        # Whoever sorts a stranger must see the card.
        client.responsible_id = user_id
        announce(session, "client", client.id)
    await _keep(session, actor, inquiry, before, {"step": "assign"})
    if user_id is not None and user_id != actor.user_id:
        detail = {"number": inquiry.number, "client": client.name if client else "", "why": "given",
                  "who": actor.name or actor.login}  # fmt: skip
        await notifications.tell(session, [user_id], News("inquiry", "inquiry", inquiry.id, detail))
    return inquiry


async def undo(session: AsyncSession, actor: Actor, inquiry_id: int) -> Inquiry:
    """Take the last step back.

    Raises:
        Forbidden, NotFound: as `attach`.
        Invalid: there is none, or the deal that it became was worked on since.
    """
    inquiry = await _sorted_by(session, actor, inquiry_id)
    step = dict(inquiry.last_step)
    if not step:
        raise Invalid("inquiry", "there is nothing to take back")
    if step.get("deal"):
        await _drop_deal(session, actor, step)
    if step.get("merge"):
        merge = await session.get(ClientMerge, step["merge"])
        if merge is not None and merge.undone_at is None:
            await client_merge.part(session, actor, merge)
            await session.refresh(inquiry)
    for call_id in step.get("calls", []):
        link = await session.get(CallLink, call_id)
        if link is not None and link.client_id == inquiry.client_id:
            await session.delete(link)
    before = _written(inquiry)
    for field, value in step["before"].items():
        is_time = field in _TIMES and value is not None
        setattr(inquiry, field, datetime.fromisoformat(value) if is_time else value)
    await _keep(session, actor, inquiry, before, {"step": "undo"})
    inquiry.last_step = {}
    await session.flush()
    return inquiry


async def is_any_due(session: AsyncSession, now: datetime) -> bool:
    """Whether something that was snoozed is to come back: asked before anything is written."""
    return await session.scalar(select(_due(now).exists())) or False


def _due(now: datetime) -> Select[Inquiry]:
    return select(Inquiry).where(
        Inquiry.state == "new", Inquiry.snoozed_until.is_not(None), Inquiry.snoozed_until <= now
    )


async def wake_due(session: AsyncSession, now: datetime) -> int:
    """Bring back what was snoozed until now; whoever has it is told. Returns how many."""
    woken = (await session.scalars(_due(now).with_for_update(skip_locked=True).limit(200))).all()
    for inquiry in woken:
        before = {"snoozed_until": inquiry.snoozed_until}
        inquiry.snoozed_until = None
        subject = changes.Subject("inquiry", inquiry.id, inquiry.client_id)
        changes.record(session, SYSTEM, subject, before, {"snoozed_until": None})
        if inquiry.responsible_id is not None:
            news = News("inquiry", "inquiry", inquiry.id, {"number": inquiry.number, "why": "due"})
            await notifications.tell(session, [inquiry.responsible_id], news)
        announce(session, "inquiry", inquiry.id)
    await session.flush()
    return len(woken)


async def _sorted_by(session: AsyncSession, actor: Actor, inquiry_id: int) -> Inquiry:
    actor.require(Permission.INQUIRIES_SORT)
    return await get(session, actor, inquiry_id)


async def _open(session: AsyncSession, actor: Actor, inquiry_id: int) -> Inquiry:
    inquiry = await _sorted_by(session, actor, inquiry_id)
    if inquiry.state != "new":
        raise Invalid("inquiry", _CLOSED)
    return inquiry


def _end(inquiry: Inquiry, actor: Actor) -> None:
    inquiry.closed_at, inquiry.closed_by_id = datetime.now(UTC), actor.user_id or None
    inquiry.snoozed_until = None


async def _give_calls(session: AsyncSession, inquiry: Inquiry, client_id: int) -> list[int]:
    """The calls of a shared number that nobody was linked to are this client's; returns them."""
    linked = select(CallLink.call_id)
    nobodys = select(InquiryCall.call_id).where(
        InquiryCall.inquiry_id == inquiry.id, InquiryCall.call_id.not_in(linked)
    )
    given = list((await session.scalars(nobodys)).all())
    for call_id in given:
        await call_links.give(session, call_id, client_id)
    return given


async def _drop_deal(session: AsyncSession, actor: Actor, step: Mapping[str, Any]) -> None:
    """The deal that the step made goes into the bin, unless somebody worked on it."""
    deal = await session.get(Deal, step["deal"], populate_existing=True)
    if deal is not None and deal.deleted_at is None:
        moved = select(DealStep.id).where(DealStep.deal_id == deal.id).limit(2)
        if len((await session.scalars(moved)).all()) > 1 or deal.version > step["version"]:
            raise Invalid("inquiry", "its deal was worked on since: close the deal instead")
        deal.deleted_at, deal.deleted_by_id = datetime.now(UTC), actor.user_id or None
        await session.flush()
        await audit.record(session, actor, "deal.delete", "deal", deal.id)
        announce(session, "deal", deal.id)
    if step.get("confirmed"):
        back = update(Client).where(Client.id == step["confirmed"], Client.search_name == "")
        await session.execute(back.values(confirmed=False))
        announce(session, "client", step["confirmed"])


def _written(inquiry: Inquiry) -> dict[str, Any]:
    values = {field: getattr(inquiry, field) for field in _KEPT}
    return values | {field: values[field].isoformat() for field in _TIMES if values[field]}


async def _keep(
    session: AsyncSession,
    actor: Actor,
    inquiry: Inquiry,
    before: Mapping[str, Any],
    step: Mapping[str, Any],
) -> Inquiry:
    inquiry_id, details = inquiry.id, dict(step)
    if details.get("deal"):
        details["version"] = (await session.get_one(Deal, details["deal"])).version
    inquiry.last_step = {"before": dict(before), **details}
    try:
        await session.flush()
    except StaleDataError as error:
        why = "somebody else changed it meanwhile"
        raise Conflict("inquiry", inquiry_id, why) from error
    subject = changes.Subject("inquiry", inquiry.id, inquiry.client_id)
    changes.record(session, actor, subject, before, _written(inquiry))
    event = "inquiry.changed" if inquiry.state == "new" else "inquiry.closed"
    now = datetime.now(UTC)
    await webhook_outbox.tell(session, event, ("inquiry", inquiry_id), now, actor.login)
    announce(session, "inquiry", inquiry.id)
    return inquiry
