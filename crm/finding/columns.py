"""The columns of the list of clients: which there are, which a person chose, by which the list is sorted.

In: an actor, names of columns. Out: a row of `list_columns` per person, in their order.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_
from sqlalchemy.ext.asyncio import AsyncSession

from calls.db import upsert
from crm.access import Actor
from crm.errors import Invalid
from crm.tables import Client, ListColumns

LIST = "clients"
MOST = 20
OWN = (
    "company", "position", "phone", "email", "responsible", "tags", "category", "spent", "purchases", "potential", "vip",
    "last_contact_at", "created_at", "updated_at", "source", "address", "inn", "mailing_consent", "open_deals",
)  # fmt: skip
"""The client's name stands first and is not chosen. Custom fields come with their keys."""
DEFAULT = ("company", "phone", "responsible", "tags", "last_contact_at")


@dataclass(frozen=True, slots=True)
class Sort:
    """An order of the list: a column of `clients`, empty ones last."""

    column: Any
    is_descending: bool
    has_empty: bool = False

    @property
    def is_empty(self) -> Any:
        """A condition: no value. A caller whose name nobody knows has the name ""."""
        return (self.column == "") if self.column is Client.search_name else self.column.is_(None)

    def lacks(self, client: Client) -> bool:
        """Whether this client has no value."""
        return getattr(client, self.column.key) in (None, "")


SORTS: Mapping[str, Sort] = {
    "name": Sort(Client.search_name, False, has_empty=True),
    "-name": Sort(Client.search_name, True, has_empty=True),
    "last_contact_at": Sort(Client.last_contact_at, False, has_empty=True),
    "-last_contact_at": Sort(Client.last_contact_at, True, has_empty=True),
    "updated_at": Sort(Client.updated_at, False),
    "-updated_at": Sort(Client.updated_at, True),
    "created_at": Sort(Client.id, False),
    "-created_at": Sort(Client.id, True),
}
"""By address. Cards are numbered as they are made, so their ids are in the order of their making."""


def after(sort: Sort, last: Client) -> Any:
    """A condition: what comes behind this client in the order. Not for clients without a value."""
    value = getattr(last, sort.column.key)
    beyond = sort.column < value if sort.is_descending else sort.column > value
    further = Client.id < last.id if sort.is_descending else Client.id > last.id
    return beyond | and_(sort.column == value, further)


async def chosen(session: AsyncSession, actor: Actor, known: Collection[str]) -> list[str]:
    """The columns that the person chose, without those that are no more."""
    row = await session.get(ListColumns, (actor.user_id, LIST))
    wanted = row.columns if row is not None else DEFAULT
    return [str(one) for one in wanted if one in known]


async def choose(
    session: AsyncSession, actor: Actor, wanted: Sequence[str], known: Collection[str]
) -> None:
    """Keep the person's choice.

    Raises:
        Invalid: a column that there is not, or too many.
    """
    names = list(dict.fromkeys(wanted))
    if unknown := [one for one in names if one not in known]:
        raise Invalid("columns", "there is no column “%(name)s”", name=unknown[0][:64])
    if len(names) > MOST:
        raise Invalid("columns", "choose at most %(most)d columns", most=MOST)
    row = {"user_id": actor.user_id, "name": LIST, "columns": names}
    await upsert(session, ListColumns, [row], ["user_id", "name"], replace=True)
