"""Score cards as supervisors arrange them. A card in use is never changed: an edit makes its next version.

In: a name, criteria and the passing score. Out: rows of `score_forms`; reviews keep pointing to the version they used.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from crm import audit
from crm.access import Actor, Permission
from crm.errors import Conflict, Invalid, NotFound
from crm.quality.score import MOST_CRITERIA, MOST_WEIGHT, Criterion
from crm.tables import ScoreForm

_SCALES = range(1, 11)


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A score card as it is typed in."""

    name: str
    criteria: Sequence[Criterion]
    pass_from: int = 70


async def current(session: AsyncSession) -> list[ScoreForm]:
    """The cards by which calls are judged now, by name."""
    query = select(ScoreForm).where(ScoreForm.current).order_by(ScoreForm.name, ScoreForm.id)
    return list(await session.scalars(query))


async def get(session: AsyncSession, form_id: int) -> ScoreForm:
    """One version of a card.

    Raises:
        NotFound: there is none.
    """
    form = await session.get(ScoreForm, form_id)
    if form is None:
        raise NotFound("score card", form_id)
    return form


async def add(session: AsyncSession, actor: Actor, card: Card) -> ScoreForm:
    """Make a new card.

    Raises:
        Forbidden: the actor arranges no cards.
        Invalid: no name, no criterion, or one that cannot be judged.
    """
    actor.require(Permission.QUALITY_RULES)
    return await _put(session, actor, _checked(card), str(uuid4()), 1)


async def edit(session: AsyncSession, actor: Actor, form_id: int, card: Card) -> ScoreForm:
    """Make the next version of a card; reviews by the old one stay as they are.

    Raises:
        Forbidden, Invalid: as `add`.
        NotFound: there is no such card.
        Conflict: somebody else edited it, or it was put away.
    """
    actor.require(Permission.QUALITY_RULES)
    card, old = _checked(card), await get(session, form_id)
    if not old.current:
        raise Conflict("score card", form_id, "there is a newer version, or it was put away")
    old.current = False
    return await _put(session, actor, card, old.family, old.version + 1)


async def put_away(session: AsyncSession, actor: Actor, form_id: int) -> ScoreForm:
    """Use a card no more; what was judged by it stays.

    Raises:
        Forbidden: the actor arranges no cards.
        NotFound: there is no such card.
    """
    actor.require(Permission.QUALITY_RULES)
    form = await get(session, form_id)
    form.current = False
    await session.flush()
    await audit.record(session, actor, "score_card.put_away", "score_form", form.id)
    return form


async def _put(
    session: AsyncSession, actor: Actor, card: Card, family: str, version: int
) -> ScoreForm:
    form = ScoreForm(
        family=family,
        version=version,
        name=card.name,
        criteria=[one.to_json() for one in card.criteria],
        pass_from=card.pass_from,
        created_by_id=actor.user_id or None,
        created_at=datetime.now(UTC),
    )
    session.add(form)
    await session.flush()
    await audit.record(
        session, actor, "score_card.write", "score_form", form.id, {"version": version}
    )
    return form


def _checked(card: Card) -> Card:
    name = " ".join(card.name.split())
    if not name or len(name) > 128:
        raise Invalid("name", "give the card a name of at most 128 characters")
    if not 0 <= card.pass_from <= 100:
        raise Invalid("pass_from", "the passing score is between 0 and 100")
    if not card.criteria:
        raise Invalid("criteria", "add at least one criterion")
    if len(card.criteria) > MOST_CRITERIA:
        raise Invalid("criteria", "a card has at most %(most)d criteria", most=MOST_CRITERIA)
    return replace(card, name=name, criteria=tuple(_criterion(one) for one in card.criteria))


def _criterion(one: Criterion) -> Criterion:
    text, section = " ".join(one.text.split()), " ".join(one.section.split())
    if not text or len(text) > 500 or len(section) > 128:
        raise Invalid("criteria", "every criterion needs words, at most 500 characters")
    if not 1 <= one.weight <= MOST_WEIGHT:
        raise Invalid("criteria", "a weight is between 1 and %(most)d", most=MOST_WEIGHT)
    if one.scale not in _SCALES:
        raise Invalid("criteria", "a scale has 1 to 10 points")
    return replace(one, key=one.key or str(uuid4()), text=text, section=section)
