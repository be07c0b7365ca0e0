"""Rules that fill the listening queue, as supervisors arrange them.

In: a name, a kind, conditions. Out: rows of `listening_rules`, which `crm.quality.listening` draws by.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from calls.errors import InvalidSearchQuery
from calls.search import parse
from crm import audit
from crm.access import Actor, Permission
from crm.errors import Invalid, NotFound
from crm.quality.picking import Conditions
from crm.tables import ListeningRule, User

KINDS = ("random", "rule", "word", "promise")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A rule as it is typed in."""

    name: str
    kind: str
    conditions: Conditions
    query: str = ""
    per_operator: int = 3
    assignee_id: int | None = None
    active: bool = True


async def rules(session: AsyncSession, actor: Actor) -> list[ListeningRule]:
    """All rules by name.

    Raises:
        Forbidden: the actor arranges none.
    """
    actor.require(Permission.QUALITY_RULES)
    return list(await session.scalars(select(ListeningRule).order_by(ListeningRule.name)))


async def put_rule(
    session: AsyncSession, actor: Actor, wish: Wish, rule_id: int | None = None
) -> ListeningRule:
    """Add a rule, or change it.

    Raises:
        Forbidden: the actor arranges none.
        NotFound: no such rule.
        Invalid: something in it cannot be understood.
    """
    actor.require(Permission.QUALITY_RULES)
    _check(wish)
    if wish.assignee_id and await session.get(User, wish.assignee_id) is None:
        raise NotFound("user", wish.assignee_id)
    rule = await session.get(ListeningRule, rule_id) if rule_id else None
    if rule is None:
        if rule_id:
            raise NotFound("listening rule", rule_id)
        rule = ListeningRule(created_by_id=actor.user_id or None, created_at=datetime.now(UTC))
        session.add(rule)
    rule.name, rule.kind, rule.query = " ".join(wish.name.split()), wish.kind, wish.query.strip()
    rule.conditions = wish.conditions.model_dump(mode="json")
    rule.per_operator, rule.assignee_id, rule.active = (
        wish.per_operator, wish.assignee_id, wish.active,
    )  # fmt: skip
    await session.flush()
    detail = {"kind": rule.kind, "active": rule.active}
    await audit.record(session, actor, "listening_rule.write", "listening_rule", rule.id, detail)
    return rule


def _check(wish: Wish) -> None:
    if not wish.name.strip() or len(wish.name) > 128:
        raise Invalid("name", "give the rule a name of at most 128 characters")
    if wish.kind not in KINDS:
        raise Invalid("kind", "choose one of: %(kinds)s", kinds=", ".join(KINDS))
    if not 1 <= wish.per_operator <= 100:
        raise Invalid("per_operator", "between 1 and 100 calls of one operator a week")
    if wish.kind == "word":
        check_query(wish.query, "query")


def check_query(query: str, field: str) -> None:
    """Refuse a query that the search would refuse.

    Raises:
        Invalid: it cannot be understood.
    """
    try:
        parse(query)
    except InvalidSearchQuery as error:
        raise Invalid(field, "“%(query)s”: %(why)s", query=query[:64], why=error.why) from error


def conditions_of(typed: dict[str, object]) -> Conditions:
    """Conditions from a form.

    Raises:
        Invalid: a value that cannot be.
    """
    try:
        return Conditions.model_validate(typed)
    except ValidationError as error:
        raise Invalid("conditions", "a time is a number of seconds, 0 or more") from error
