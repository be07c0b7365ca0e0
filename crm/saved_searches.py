"""Saved searches: a person's own, and telling them when it is said again.

In: what a person keeps, and each transcript once it is understood. Out: rows, and notifications without a word of what was
said. A person is told of a place of a call once, however the transcript is read or corrected later.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from calls.errors import InvalidSearchQuery
from calls.search import Hit, Query, SearchFilters, parse, search
from calls.search.matching import Indexed, matches
from calls.search.text import Token
from calls.tables import Transcript, Utterance
from crm import agents, notifications
from crm.access import Actor, Permission
from crm.errors import Invalid, NotFound
from crm.notifications import News
from crm.search_scope import Beside, filters_of
from crm.tables import SavedSearch, SavedSearchHit, User

KIND = "saved_search"
"""Of the notification."""
NAME_CHARACTERS = 100
MOST = 100
"""Saved searches of one person: each that notifies is looked for in every new transcript."""
SAME_S = 2.0
"""Places of a call that are so near are one: readings of two models differ by parts of a second."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What a person wants to keep. `filters`: fields of `Beside` that can be written in JSON, times left out."""

    name: str
    query: str
    filters: dict[str, Any]
    notify: bool


async def of(session: AsyncSession, actor: Actor) -> list[SavedSearch]:
    """The actor's own, by name."""
    query = select(SavedSearch).where(SavedSearch.user_id == actor.user_id)
    return list(await session.scalars(query.order_by(SavedSearch.name, SavedSearch.id)))


async def keep(session: AsyncSession, actor: Actor, kept: Kept) -> SavedSearch:
    """Save a search.

    Raises:
        Invalid: no name, or too many searches already.
        InvalidSearchQuery: the query cannot be understood.
    """
    name = " ".join(kept.name.split())
    if not 0 < len(name) <= NAME_CHARACTERS:
        raise Invalid("name", f"needs 1 to {NAME_CHARACTERS} characters")
    parse(kept.query, datetime.now(UTC).date())
    mine = select(func.count()).where(SavedSearch.user_id == actor.user_id)
    if (await session.scalar(mine) or 0) >= MOST:
        raise Invalid("name", f"{MOST} searches are saved already: delete one first")
    row = SavedSearch(
        user_id=actor.user_id,
        name=name,
        query=kept.query,
        filters=dict(kept.filters),
        notify=kept.notify,
        created_at=datetime.now(UTC),
    )
    session.add(row)
    await session.flush()
    return row


async def get(session: AsyncSession, actor: Actor, saved_id: int) -> SavedSearch:
    """Return one of the actor's.

    Raises:
        NotFound: no such one of theirs.
    """
    row = await session.get(SavedSearch, saved_id)
    if row is None or row.user_id != actor.user_id:
        raise NotFound("saved search", saved_id)
    return row


async def set_notify(session: AsyncSession, actor: Actor, saved_id: int, notify: bool) -> None:
    """Say whether the actor is told of new hits."""
    (await get(session, actor, saved_id)).notify = notify


async def remove(session: AsyncSession, actor: Actor, saved_id: int) -> None:
    """Delete one."""
    await session.delete(await get(session, actor, saved_id))


@dataclass(frozen=True, slots=True)
class Turn:
    """A turn as the index holds it."""

    utterance_id: int
    side: str
    start_s: float
    end_s: float
    indexed: Indexed


@dataclass(frozen=True, slots=True)
class Telling:
    """The step that is done with each transcript (`calls.understanding`)."""

    zone: ZoneInfo

    async def tell(self, session: AsyncSession, transcript: Transcript) -> None:
        """Tell everybody whose saved search this transcript holds, of the places that they may hear and do not know."""
        query = select(SavedSearch).join(User, User.id == SavedSearch.user_id)
        # Old calls are understood anew after an update: nobody is to be told of an archive.
        newer = SavedSearch.created_at <= transcript.created_at
        wanted = query.where(SavedSearch.notify.is_(True), User.active.is_(True), newer)
        saved = list(await session.scalars(wanted.order_by(SavedSearch.id)))
        if not saved:
            return
        turns = await _turns(session, transcript.id)
        said = [one for one in saved if _is_said(one, turns, self._today())]
        owners = {one.user_id for one in said}
        actors = await agents.actors(session, User.id.in_(owners)) if owners else []
        by_id = {actor.user_id: actor for actor in actors}
        for one in said:
            await self._tell_one(session, one, by_id.get(one.user_id), transcript, turns)

    def _today(self) -> date:
        return datetime.now(self.zone).date()

    async def _tell_one(
        self,
        session: AsyncSession,
        saved: SavedSearch,
        actor: Actor | None,
        transcript: Transcript,
        turns: Sequence[Turn],
    ) -> None:
        if actor is None or not actor.may(Permission.TRANSCRIPTS_SEARCH):
            return
        hits = await self._hits(session, saved, actor, transcript.id)
        spans = {turn.utterance_id: (turn.start_s, turn.end_s) for turn in turns}
        fresh = await _fresh(
            session, saved, transcript.call_id, [spans[hit.utterance_id] for hit in hits]
        )
        if not fresh:
            return
        now = datetime.now(UTC)
        session.add_all(
            SavedSearchHit(
                saved_search_id=saved.id,
                call_id=transcript.call_id,
                start_s=start_s,
                end_s=end_s,
                at=now,
            )
            for start_s, end_s in fresh
        )
        detail = {"name": saved.name, "count": len(fresh), "start_s": fresh[0][0]}
        news = News(KIND, "call", transcript.call_id, detail)
        await notifications.tell(session, [saved.user_id], news)

    async def _hits(
        self, session: AsyncSession, saved: SavedSearch, actor: Actor, transcript_id: int
    ) -> list[Hit]:
        query = parse(saved.query, self._today())
        beside = beside_of(saved.filters)
        allowed = await filters_of(session, actor, query.narrowing, beside, self.zone)
        filters = SearchFilters(
            transcript_id=transcript_id,
            call_ids=allowed.call_ids,
            side=allowed.side,
            since=allowed.since,
            until=allowed.until,
            phones=allowed.phones,
            visible=allowed.visible,
        )
        return await search(session, query, filters, limit=None, match="exact")


def beside_of(filters: dict[str, Any]) -> Beside:
    """Read the fields that were kept."""
    phone = filters.get("phone")
    return Beside(
        side=str(filters.get("side", "")),
        phones=[(str(phone[0]), str(phone[1]))] if phone else None,
        pbx=str(filters.get("pbx", "")),
        client_id=filters.get("client_id"),
        client=str(filters.get("client", "")),
    )


async def _turns(session: AsyncSession, transcript_id: int) -> list[Turn]:
    rows = await session.scalars(select(Utterance).where(Utterance.transcript_id == transcript_id))
    return [
        Turn(
            row.id,
            row.side,
            row.start_s,
            row.end_s,
            Indexed([Token(0, 0, form) for form in row.lemmas.split(" ")]),
        )
        for row in rows
    ]


def _is_said(saved: SavedSearch, turns: Iterable[Turn], today: date) -> bool:
    """A first look at the words alone; a query that is not understood any more is never said."""
    try:
        query: Query = parse(saved.query, today)
    except InvalidSearchQuery:
        return False
    sides = {side for side in (query.side, saved.filters.get("side")) if side}
    return any(sides <= {turn.side} and matches(turn.indexed, query) for turn in turns)


async def _fresh(
    session: AsyncSession,
    saved: SavedSearch,
    call_id: int,
    spans: Iterable[tuple[float, float]],
) -> list[tuple[float, float]]:
    """The places that the person was not told of yet."""
    told = select(SavedSearchHit).where(
        SavedSearchHit.saved_search_id == saved.id, SavedSearchHit.call_id == call_id
    )
    known = [(row.start_s, row.end_s) for row in await session.scalars(told)]
    return [span for span in sorted(spans) if not any(_is_same(span, one) for one in known)]


def _is_same(one: tuple[float, float], other: tuple[float, float]) -> bool:
    overlap = one[0] < other[1] and other[0] < one[1]
    return overlap or abs(one[0] - other[0]) <= SAME_S


async def open_one(session: AsyncSession, actor: Actor, saved_id: int) -> SavedSearch:
    """Return one of the actor's, and note that they look at it."""
    row = await get(session, actor, saved_id)
    row.seen_at = datetime.now(UTC)
    return row


async def new_counts(session: AsyncSession, actor: Actor) -> dict[int, int]:
    """Saved search → places that were told since the actor last opened it."""
    since = func.coalesce(SavedSearch.seen_at, SavedSearch.created_at)
    query = (
        select(SavedSearchHit.saved_search_id, func.count())
        .join(SavedSearch, SavedSearch.id == SavedSearchHit.saved_search_id)
        .where(SavedSearch.user_id == actor.user_id, SavedSearchHit.at >= since)
        .group_by(SavedSearchHit.saved_search_id)
    )
    return {row[0]: row[1] for row in await session.execute(query)}
