"""Words of finding: names of fields, comparisons, columns and choices, in the reader's language.

In: a catalog of fields and what the company has to choose from. Out: what the builder of filters shows, as plain data for
its script.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from crm import tags
from crm.access import Actor
from crm.finding.fields import ME, OPERATORS, WITHOUT_VALUE, Catalog, Field, Kind
from crm.tables import Client, Department, Funnel, Stage, Tag, User
from web.i18n import gettext as _

Options = Mapping[str, list[tuple[str, str]]]
MOST_SOURCES = 100


@dataclass(frozen=True, slots=True)
class Choices:
    """What may be chosen, of fields whose values the company makes itself."""

    people: list[tuple[int, str]] = field(default_factory=list)
    tags: list[Tag] = field(default_factory=list)
    options: Options = field(default_factory=dict)


async def choices(session: AsyncSession, actor: Actor) -> Choices:
    """Read everything that can be chosen."""
    query = select(User.id, User.name, User.login).where(User.active.is_(True)).order_by(User.name)
    people = [(one, name or login) for one, name, login in await session.execute(query)]
    all_tags = await tags.all_tags(session)
    houses = await session.execute(select(Department.id, Department.name).order_by(Department.name))
    funnels = list(
        await session.scalars(
            select(Funnel).where(Funnel.archived_at.is_(None)).order_by(Funnel.place, Funnel.id)
        )
    )
    names = {one.id: one.name for one in funnels}
    stages = await session.scalars(
        select(Stage)
        .where(Stage.kind == "open", Stage.archived_at.is_(None), Stage.funnel_id.in_(names))
        .order_by(Stage.funnel_id, Stage.place)
    )
    sources = select(Client.source).where(Client.source != "").distinct().limit(MOST_SOURCES)
    return Choices(
        people,
        all_tags,
        {
            "responsible": [(ME, _("me")), *((str(one), name) for one, name in people)],
            "department": [(str(one), name) for one, name in houses],
            "tags": [(str(one.id), f"#{one.name}") for one in all_tags],
            "open_funnel": [(str(one), name) for one, name in names.items()],
            "open_stage": [(str(one.id), f"{names[one.funnel_id]}: {one.name}") for one in stages],
            "source": [(one, source_name(one)) for one in sorted(await session.scalars(sources))],
        },
    )


def field_name(one: Field) -> str:
    """What a field is called."""
    if one.name:
        return one.name
    return {
        "name": _("Name"),
        "company": _("Company"),
        "position": _("Position"),
        "phone": _("Phone"),
        "email": _("E-mail"),
        "address": _("Address"),
        "legal_address": _("Legal address"),
        "legal_name": _("Registered name"),
        "inn": _("INN"),
        "notes": _("Notes"),
        "spent": _("Bought for, in all"),
        "purchases": _("Purchases"),
        "average_check": _("Average check"),
        "monthly_spend": _("Spends in a month"),
        "potential": _("Potential of a year"),
        "created_at": _("Added"),
        "updated_at": _("Changed"),
        "last_contact_at": _("Last contact"),
        "last_bought_at": _("Last purchase"),
        "confirmed": _("Confirmed"),
        "mailing_consent": _("Agrees to mailings"),
        "recording_consent": _("Agrees to recording"),
        "vip": _("VIP"),
        "kind": _("Person or company"),
        "responsible": _("Responsible person"),
        "department": _("Department"),
        "category": _("Kind of client"),
        "source": _("Source"),
        "tags": _("Tags"),
        "open_funnel": _("Open deal in the funnel"),
        "open_stage": _("Open deal in the stage"),
        "sex": _("Sex"),
        "born_on": _("Born on"),
        "birthday": _("Birthday"),
    }[one.key]


def column_name(key: str, catalog: Catalog) -> str:
    """What a column of the list is called."""
    if key == "open_deals":
        return _("Open deals")
    return field_name(catalog[key])


def operator_name(kind: Kind, op: str) -> str:
    """How a comparison is said."""
    if kind is Kind.MANY and op == "any":
        return _("has any of")
    if kind is Kind.YEARLY:
        return _("in the next … days")
    return {
        "contains": _("contains"),
        "lacks": _("does not contain"),
        "is": _("is exactly"),
        "begins": _("begins with"),
        "filled": _("is known"),
        "empty": _("is empty"),
        "at_least": _("is at least"),
        "at_most": _("is at most"),
        "between": _("is between"),
        "last": _("in the last … days"),
        "not_last": _("not in the last … days"),
        "next": _("in the next … days"),
        "since": _("since"),
        "until": _("until"),
        "yes": _("yes"),
        "no": _("no"),
        "any": _("is one of"),
        "none": _("is none of"),
        "all": _("has all of"),
    }[op]


def kind_name(value: str) -> str:
    """A person or a company."""
    return _("person") if value == "person" else _("company")


def category_name(value: str) -> str:
    """The kind of client that was computed."""
    return {
        "potential": _("potential"),
        "one_time": _("one-time"),
        "regular": _("regular"),
        "inactive": _("inactive"),
    }.get(value, value)


def source_name(value: str) -> str:
    """Where a client came from: our own words for ours, else as typed."""
    return {
        "call": _("a call"),
        "import": _("an import"),
        "api": _("another program"),
        "form": _("a form"),
        "mail": _("mail"),
        "manual": _("typed in"),
    }.get(value, value)


def _fixed(key: str) -> list[tuple[str, str]]:
    if key == "kind":
        return [(one, kind_name(one)) for one in ("person", "organisation")]
    if key == "category":
        return [
            (one, category_name(one)) for one in ("potential", "one_time", "regular", "inactive")
        ]
    if key == "sex":
        return [("female", _("female")), ("male", _("male"))]
    return []


def described(catalog: Catalog, known: Choices) -> list[dict[str, Any]]:
    """The fields as the builder's script reads them; archived ones are not offered."""
    return [
        {
            "key": one.key,
            "name": field_name(one),
            "kind": one.kind,
            "ops": [[op, operator_name(one.kind, op)] for op in OPERATORS[one.kind]],
            "options": [list(pair) for pair in options_of(one, known)],
        }
        for one in catalog.values()
        if not one.is_archived
    ]


def options_of(one: Field, known: Choices) -> list[tuple[str, str]]:
    """What may be chosen of a field."""
    if one.options:
        return [(option, option) for option in one.options]
    return known.options.get(one.key) or _fixed(one.key)


def words_for_builder() -> dict[str, Any]:
    """The other words of the builder."""
    return {
        "all": _("all of these"),
        "any": _("any of these"),
        "addCondition": _("Condition"),
        "addGroup": _("Group"),
        "remove": _("Remove"),
        "field": _("Field"),
        "op": _("Comparison"),
        "value": _("Value"),
        "to": "–",
        "days": _("days"),
        "together": _("Clients that fit"),
        "withoutValue": sorted(WITHOUT_VALUE),
    }
