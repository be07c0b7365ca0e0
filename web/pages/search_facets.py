"""By whom, with whom, in which queue and month hits were said: counts that narrow a search.

In: the calls of the newest exact hits, one row per hit. Out: facets with the commonest values first.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from crm import client_visibility
from crm.access import Actor
from crm.pbx_names import written
from crm.tables import CallLink, Client
from web import format as formats
from web.i18n import current_locale
from web.i18n import gettext as _
from web.pages.phone_names import PhoneNames

SHOWN = 8
"""Values of one facet."""
_CHUNK = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """One value of a facet."""

    label: str
    count: int
    changes: Mapping[str, str]
    """What it changes in the address."""
    chosen: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Facet:
    """One way to narrow: "operator", "client", "queue" or "month"."""

    name: str
    values: Sequence[Value]


async def facets_of(
    session: AsyncSession, actor: Actor, rows: Sequence[Any], names: PhoneNames, pbxs: Sequence[str]
) -> list[Facet]:
    """Count hits by our phone that talked, and by client, of those whom this person may see."""
    clients = await _clients_of(session, actor, {row.id for row in rows})
    # On a call that we made, who answered is the client: who talked to him at the end is ours.
    talked = ((row.pbx, row.final_handler or row.answered_by) for row in rows)
    phones = Counter(phone for phone in talked if phone[1])
    people = Counter(clients[row.id] for row in rows if row.id in clients)
    queues = Counter(row.queue for row in rows if row.queue)
    return [
        _facet(
            "operator",
            phones,
            lambda phone: names.of(*phone),
            lambda phone: {"operator": written(phone[0], phone[1], pbxs)},
        ),
        _facet("client", people, _client_name, lambda one: {"client": str(one[0])}),
        _facet("queue", queues, str, lambda queue: {"queue": queue}),
    ]


def _client_name(one: tuple[int, str]) -> str:
    """What a client is called: one made of a call alone has no name yet."""
    return one[1] or _("client %(id)s") % {"id": one[0]}


def months_of(rows: Iterable[Any], zone: ZoneInfo) -> Facet:
    """Count hits by month, in the company's zone."""
    days = (row.started_at.astimezone(zone).date() for row in rows if row.started_at)
    months = Counter(day.replace(day=1) for day in days)
    ordered = sorted(months.items(), reverse=True)[:SHOWN]
    values = []
    for first, count in ordered:
        last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
        changes = {"period": "", "from": first.isoformat(), "to": last.isoformat()}
        label = formats.month(first, current_locale())
        values.append(Value(label=label, count=count, changes=changes))
    return Facet(name="month", values=values)


def _facet(
    name: str,
    counts: Counter[Any],
    label: Callable[[Any], str],
    changes: Callable[[Any], Mapping[str, str]],
) -> Facet:
    ordered = sorted(counts.items(), key=lambda item: (-item[1], str(item[0])))[:SHOWN]
    values = [Value(label=label(one), count=count, changes=changes(one)) for one, count in ordered]
    return Facet(name=name, values=values)


async def _clients_of(
    session: AsyncSession, actor: Actor, call_ids: Iterable[int]
) -> dict[int, tuple[int, str]]:
    """Call → its client; of a call with several any one."""
    ids = sorted(call_ids)
    found: dict[int, tuple[int, str]] = {}
    for start in range(0, len(ids), _CHUNK):
        query = (
            select(CallLink.call_id, Client.id, Client.name)
            .join(Client, Client.id == CallLink.client_id)
            .where(CallLink.call_id.in_(ids[start : start + _CHUNK]))
            .where(client_visibility.seen_by(actor))
            .order_by(Client.id.desc())
        )
        found |= {row[0]: (row[1], row[2]) for row in await session.execute(query)}
    return found
