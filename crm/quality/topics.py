"""Rules for words that matter: forbidden ones, the script, questions about prices, rivals named.

In: rules with queries of the search, and each transcript once its words are stored (a step of `calls.understanding`). Out:
rows of `topic_hits`, found anew each time; supervisors are told once for a rule and a call.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from calls.search import Hit, SearchFilters, search
from calls.tables import Call, Transcript, Utterance
from crm import agents, audit, call_visibility, notifications
from crm.access import Actor, Permission, Role
from crm.errors import Invalid, NotFound
from crm.notifications import News
from crm.quality.listening_rules import check_query
from crm.quality.reviews import operator_of
from crm.tables import ListeningItem, TopicAlert, TopicHit, TopicRule, User

KINDS = ("forbidden", "required", "topic")
SIDES = ("", "client", "operator")
MOST_QUERIES = 50
LONGEST_S = 24 * 3600.0
"""As far into a call as anything can be asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A rule as it is typed in."""

    name: str
    kind: str
    queries: Sequence[str]
    side: str = ""
    within_s: float | None = None
    queues: Sequence[str] = ()
    directions: Sequence[str] = ()
    alert: bool = False
    to_listening: bool = False
    active: bool = True


async def rules(session: AsyncSession, actor: Actor) -> list[TopicRule]:
    """All rules by name.

    Raises:
        Forbidden: the actor arranges none.
    """
    actor.require(Permission.QUALITY_RULES)
    return list(await session.scalars(select(TopicRule).order_by(TopicRule.name, TopicRule.id)))


async def put_rule(
    session: AsyncSession, actor: Actor, wish: Wish, rule_id: int | None = None
) -> TopicRule:
    """Add a rule, or change it. It counts for calls that are transcribed from now on.

    Raises:
        Forbidden: the actor arranges none.
        NotFound: no such rule.
        Invalid: something in it cannot be understood.
    """
    actor.require(Permission.QUALITY_RULES)
    queries = _checked(wish)
    rule = await session.get(TopicRule, rule_id) if rule_id else None
    if rule is None:
        if rule_id:
            raise NotFound("topic rule", rule_id)
        rule = TopicRule(created_by_id=actor.user_id or None, created_at=datetime.now(UTC))
        session.add(rule)
    rule.name, rule.kind, rule.side = " ".join(wish.name.split()), wish.kind, wish.side
    rule.queries, rule.queues, rule.directions = queries, list(wish.queues), list(wish.directions)
    rule.within_s = wish.within_s if wish.kind == "required" else None
    rule.alert, rule.to_listening, rule.active = wish.alert, wish.to_listening, wish.active
    await session.flush()
    detail = {"kind": rule.kind, "active": rule.active}
    await audit.record(session, actor, "topic_rule.write", "topic_rule", rule.id, detail)
    return rule


async def apply(session: AsyncSession, transcript: Transcript) -> None:
    """Look for the words of all rules in a call; what was found before is replaced."""
    call = await session.get_one(Call, transcript.call_id)
    active = select(TopicRule).where(TopicRule.active).order_by(TopicRule.id)
    matching = [rule for rule in await session.scalars(active) if _concerns(rule, call)]
    await session.execute(delete(TopicHit).where(TopicHit.call_id == call.id))
    if not matching:
        return
    operator_id = await operator_of(session, call)
    for rule in matching:
        hits = await _hits(session, rule, call)
        rows = await _rows(session, rule, call, hits)
        for row in rows:
            row.operator_id = operator_id
        session.add_all(rows)
        await session.flush()
        # Old calls are understood anew after an update: nobody is to be told of an archive.
        if rows and transcript.created_at >= rule.created_at:
            await _act(session, rule, call, rows[0])


async def of_call(session: AsyncSession, call_id: int) -> list[tuple[TopicHit, TopicRule]]:
    """What was found in a call, in the order of the sound; missing words first."""
    query = select(TopicHit, TopicRule).join(TopicRule, TopicRule.id == TopicHit.rule_id)
    query = query.where(TopicHit.call_id == call_id)
    order = (TopicHit.start_s.nulls_first(), TopicHit.id)
    return [(hit, rule) for hit, rule in await session.execute(query.order_by(*order))]


async def counts(
    session: AsyncSession, actor: Actor, since: datetime, until: datetime
) -> dict[int, int]:
    """In how many calls each rule found something, of those that the actor may hear."""
    query = (
        select(TopicHit.rule_id, func.count(TopicHit.call_id.distinct()))
        .join(Call, Call.id == TopicHit.call_id)
        .where(TopicHit.at >= since, TopicHit.at < until, call_visibility.heard_by(actor))
        .group_by(TopicHit.rule_id)
    )
    return {rule_id: number for rule_id, number in await session.execute(query)}


def _concerns(rule: TopicRule, call: Call) -> bool:
    if rule.queues and call.queue not in rule.queues:
        return False
    return not rule.directions or call.direction in rule.directions


async def _hits(session: AsyncSession, rule: TopicRule, call: Call) -> list[Hit]:
    filters = SearchFilters(call_ids={call.id}, side=rule.side or None)
    found: dict[tuple[int, int], Hit] = {}
    for query in rule.queries:
        for hit in await search(session, query, filters, limit=None, match="exact"):
            found.setdefault((hit.utterance_id, hit.words_from), hit)
    return sorted(found.values(), key=lambda hit: (hit.start_s, hit.utterance_id))


async def _rows(
    session: AsyncSession, rule: TopicRule, call: Call, hits: Sequence[Hit]
) -> list[TopicHit]:
    at = call.started_at or datetime.now(UTC)
    if rule.kind != "required":
        return [
            TopicHit(
                rule_id=rule.id,
                call_id=call.id,
                utterance_id=hit.utterance_id,
                start_s=hit.start_s,
                word_from=hit.words_from,
                word_to=hit.words_to,
                at=at,
            )
            for hit in hits
        ]
    first = await _first_word(session, rule, call)
    if first is None:
        return []  # that side said nothing at all: nobody can tell what is missing
    said = [hit for hit in hits if rule.within_s is None or hit.start_s - first <= rule.within_s]
    return [] if said else [TopicHit(rule_id=rule.id, call_id=call.id, at=at)]


async def _first_word(session: AsyncSession, rule: TopicRule, call: Call) -> float | None:
    """When the talk begins, in seconds; None if the side that the rule is about says nothing."""
    shown = select(Transcript.id).where(Transcript.call_id == call.id, Transcript.current)
    said = select(func.min(Utterance.start_s)).where(Utterance.transcript_id.in_(shown))
    if rule.side and await session.scalar(said.where(Utterance.side == rule.side)) is None:
        return None
    first: float | None = await session.scalar(said)
    return first


async def _act(session: AsyncSession, rule: TopicRule, call: Call, first: TopicHit) -> None:
    if rule.to_listening:
        queued = select(ListeningItem.id).where(
            ListeningItem.call_id == call.id, ListeningItem.why == "topic"
        )
        if await session.scalar(queued) is None:
            session.add(
                ListeningItem(
                    call_id=call.id,
                    why="topic",
                    operator_id=first.operator_id,
                    start_s=first.start_s,
                    added_at=datetime.now(UTC),
                )
            )
    if rule.alert and await session.get(TopicAlert, (rule.id, call.id)) is None:
        session.add(TopicAlert(rule_id=rule.id, call_id=call.id, at=datetime.now(UTC)))
        await session.flush()
        news = News("topic", "call", call.id, {"rule": rule.name, "kind": rule.kind})
        await notifications.tell(session, await _listeners(session, call), news)


async def _listeners(session: AsyncSession, call: Call) -> list[int]:
    """Supervisors who may hear the call."""
    wanted = (Role.SUPERVISOR.value, Role.ADMINISTRATOR.value)
    found = []
    for actor in await agents.actors(session, User.role.in_(wanted)):
        heard = select(Call.id).where(Call.id == call.id, call_visibility.heard_by(actor))
        if await session.scalar(heard) is not None:
            found.append(actor.user_id)
    return found


def _checked(wish: Wish) -> list[str]:
    if not wish.name.strip() or len(wish.name) > 128:
        raise Invalid("name", "give the rule a name of at most 128 characters")
    if wish.kind not in KINDS or wish.side not in SIDES:
        raise Invalid("kind", "choose one of: %(kinds)s", kinds=", ".join(KINDS))
    queries = [query.strip() for query in wish.queries if query.strip()]
    if not queries:
        raise Invalid("queries", "say at least one word to look for")
    if len(queries) > MOST_QUERIES:
        raise Invalid("queries", "a rule has at most %(most)d lines", most=MOST_QUERIES)
    for query in queries:
        check_query(query, "queries")
    if wish.within_s is not None and not 0 < wish.within_s <= LONGEST_S:
        raise Invalid("within_s", "a number of seconds greater than 0")
    return queries
