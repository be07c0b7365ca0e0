"""The list of calls as an address asks for it, in the terms of the call log.

In: the filters and the place of an address, and the person who asks. Out: filters for `calls.queries`, and places.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from calls.participation import Phone
from calls.queries import CallFilters, Place
from crm import call_visibility, client_visibility
from crm.access import Actor
from crm.search_scope import with_client
from crm.tables import Client
from web.ids import id_of
from web.pages.call_filters import AskedFilters

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_UNDATED = "undated"


def phones_of(asked: AskedFilters, pbxs: Sequence[str]) -> list[Phone] | None:
    """The phone that the address asks for, None for any."""
    if not asked.operator:
        return None
    pbx, slash, extension = asked.operator.rpartition("/")
    return [(pbx if slash else pbxs[0], extension)]


def listed_for(actor: Actor, asked: AskedFilters, pbxs: Sequence[str]) -> CallFilters:
    """What this person sees of what the address asks for; a phone without a PBX is one of the first."""
    conditions = [call_visibility.seen_by(actor)]
    if asked.client_id is not None:
        conditions.append(with_client(actor, Client.id == asked.client_id))
    not_answered = asked.outcome == "not_answered"
    return CallFilters(
        since=asked.since,
        until=asked.until,
        phones=phones_of(asked, pbxs),
        pbx=asked.pbx or None,
        direction=asked.direction or None,
        outcome=None if not_answered else asked.outcome or None,
        not_answered=not_answered,
        number=asked.number,
        conditions=tuple(conditions),
    )


async def name_of_client(session: AsyncSession, actor: Actor, client_id: int | None) -> str:
    """The name of the client that an address asks for; "" for one whom this person may not see."""
    if client_id is None:
        return ""
    seen = select(Client.name).where(Client.id == client_id, client_visibility.seen_by(actor))
    return await session.scalar(seen) or ""


def place_text(place: Place | None) -> str:
    """Write a place into an address: "1795315726.250000-17"; "" for none."""
    if place is None:
        return ""
    if place.started_at is None:
        return f"{_UNDATED}-{place.id}"
    return f"{(place.started_at - EPOCH).total_seconds():.6f}-{place.id}"


def place_of(text: str) -> Place | None:
    """Read a place from an address; None for none, or for one that nobody of us wrote."""
    seconds, _dash, call_id = text.partition("-")
    try:
        started_at = None if seconds == _UNDATED else datetime.fromtimestamp(float(seconds), UTC)
    except (ValueError, OverflowError, OSError):
        return None
    found = id_of(call_id)
    return None if found is None else Place(started_at, found)
