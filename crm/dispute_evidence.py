"""Moments of calls that speak for or against a claim: proposed by Slovo, weighed by a person.

In: a dispute. Out: rows of `dispute_evidence`: the acts of that client's calls that are about the same thing, turns with
the claim's words, and what a person added from a call. Looking again adds and drops proposals; what was weighed stays.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from calls.errors import InvalidSearchQuery
from calls.search import SearchFilters, search
from calls.tables import Call, SpeechAct, Transcript, Utterance
from calls.transcripts import current
from crm import dispute_score, dispute_visibility, disputes, promise_finding
from crm.access import Actor, Permission
from crm.dispute_score import Said, Subject
from crm.errors import Invalid, NotFound
from crm.tables import CallLink, Dispute, DisputeEvidence, Promise

MOST_HITS = 200
MOST_FOUND_BY_WORDS = 20
NOTE_LENGTH = 2_000
Weight = Literal["for", "against", ""]


@dataclass(frozen=True, slots=True)
class Coverage:
    """What could be looked through: talks of the client in the days in question."""

    talks: int
    heard: int
    """With a transcript."""

    @property
    def unheard(self) -> int:
        """Without one: not recorded, or not read yet. Silence about them proves nothing."""
        return self.talks - self.heard


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """A place in a call that a person points at: words of a turn, or a stretch of the sound."""

    call_id: int
    utterance_id: int | None = None
    word_from: int | None = None
    word_to: int | None = None
    start_s: float | None = None
    end_s: float | None = None
    note: str = ""


async def propose(session: AsyncSession, actor: Actor, dispute_id: int, zone: ZoneInfo) -> int:
    """Look for evidence; returns how many proposals stand now.

    Raises:
        NotFound, Forbidden: no such case, or the actor may not open or judge any.
        Conflict: it is decided.
    """
    actor.require(Permission.DISPUTES_OPEN)
    dispute = await disputes.open_one(session, actor, dispute_id)
    call_ids = (await session.scalars(_calls(dispute, zone))).all()
    found = await _acts(session, dispute, call_ids)
    claimed_in = await session.get(SpeechAct, dispute.act_id) if dispute.act_id else None
    known_turns = {one.utterance_id for one in found}
    # What the client claims proves nothing for itself.
    known_turns |= {claimed_in.utterance_id} if claimed_in else set()
    found += await _hits(session, dispute, call_ids, known_turns)
    known = {_key(one): one for one in await of_dispute(session, dispute.id)}
    kept = {_key(one) for one in found}
    for row in found:
        old = known.get(_key(row))
        if old is None:
            session.add(row)
        elif old.state == "proposed":
            old.score = row.score
    for key, old in known.items():
        if old.state == "proposed" and key not in kept:
            await session.delete(old)
    dispute.searched_at = datetime.now(UTC)
    await disputes.written(session, actor, dispute, "search")
    return sum(one.state == "proposed" for one in await of_dispute(session, dispute.id))


async def of_dispute(session: AsyncSession, dispute_id: int) -> list[DisputeEvidence]:
    """All evidence: taken first, then proposed by how likely it matters, then dismissed."""
    order = {"taken": 0, "proposed": 1, "dismissed": 2}
    query = select(DisputeEvidence).where(DisputeEvidence.dispute_id == dispute_id)
    rows = (await session.scalars(query)).all()
    return sorted(rows, key=lambda one: (order.get(one.state, 3), -one.score, one.id))


async def weigh(  # noqa: PLR0913 (what a person says about one piece)
    session: AsyncSession,
    actor: Actor,
    dispute_id: int,
    evidence_id: int,
    state: str,
    speaks: str = "",
    note: str = "",
) -> DisputeEvidence:
    """Take a piece of evidence or dismiss it, and say for whom it speaks.

    Raises:
        NotFound, Forbidden: no such piece for the actor, or he may not judge.
        Conflict: the case is decided.
        Invalid: a value that cannot be accepted.
    """
    actor.require(Permission.DISPUTES_JUDGE)
    dispute = await disputes.open_one(session, actor, dispute_id)
    row = await dispute_visibility.evidence(session, actor, dispute_id, evidence_id)
    if state not in ("taken", "dismissed", "proposed"):
        raise Invalid("state", "must be taken, dismissed or proposed")
    if speaks not in ("for", "against", ""):
        raise Invalid("speaks", "must be for, against or empty")
    if len(note) > NOTE_LENGTH:
        raise Invalid("note", "must not be longer than %(most)d characters", most=NOTE_LENGTH)
    row.state, row.note = state, note.strip()
    row.speaks = "" if state == "proposed" else speaks
    row.by_id, row.at = actor.user_id or None, datetime.now(UTC)
    if state == "taken":
        await _name_respondent(session, actor, dispute, row)
    await disputes.written(session, actor, dispute, "weigh")
    return row


async def add(session: AsyncSession, actor: Actor, dispute_id: int, spot: Spot) -> DisputeEvidence:
    """Add a moment that a person found: it is taken at once, and weighed later.

    The caller has made sure that the actor may hear the call.

    Raises:
        NotFound, Forbidden: no such case or turn for the actor.
        Conflict: the case is decided.
        Invalid: words that are not there, or no place at all.
    """
    actor.require(Permission.DISPUTES_OPEN)
    dispute = await disputes.open_one(session, actor, dispute_id)
    row = DisputeEvidence(
        dispute_id=dispute.id,
        call_id=spot.call_id,
        found_by="person",
        score=1.0,
        state="taken",
        note=spot.note.strip()[:NOTE_LENGTH],
        by_id=actor.user_id or None,
        at=datetime.now(UTC),
        start_s=spot.start_s,
        end_s=spot.end_s,
    )
    if spot.utterance_id is not None:
        turn = await session.get(Utterance, spot.utterance_id)
        if turn is None or turn.call_id != spot.call_id:
            raise NotFound("utterance", spot.utterance_id)
        _quote(row, turn, spot.word_from, spot.word_to)
    elif spot.start_s is None or spot.end_s is None or spot.end_s <= spot.start_s:
        raise Invalid("words", "these words are not in the utterance")
    session.add(row)
    await disputes.written(session, actor, dispute, "evidence")
    return row


async def coverage(session: AsyncSession, dispute: Dispute, zone: ZoneInfo) -> Coverage:
    """How many talks there were in the days in question, and how many of them can be read."""
    ids = _calls(dispute, zone).subquery()
    talks = await session.scalar(select(func.count()).select_from(ids))
    heard = select(func.count(Transcript.call_id.distinct())).where(
        Transcript.current, Transcript.call_id.in_(select(ids.c.id))
    )
    return Coverage(talks or 0, await session.scalar(heard) or 0)


def _calls(dispute: Dispute, zone: ZoneInfo) -> Any:
    """Ids of the client's talks in which the words may have been given: until the day of the claim."""
    end = (dispute.promised_to or dispute.claimed_on) + timedelta(days=1)
    midnight = datetime.min.time()
    query = (
        select(Call.id)
        .join(CallLink, CallLink.call_id == Call.id)
        .where(
            CallLink.client_id == dispute.client_id,
            Call.merged_into_id.is_(None),
            Call.outcome == "answered",
            Call.started_at < datetime.combine(end, midnight, zone),
        )
    )
    if dispute.promised_from is not None:
        begin = datetime.combine(dispute.promised_from, midnight, zone)
        query = query.where(Call.started_at >= begin)
    return query


async def _acts(
    session: AsyncSession, dispute: Dispute, call_ids: Sequence[int]
) -> list[DisputeEvidence]:
    claimed = Subject(action=dispute.action, amount=dispute.amount, unit=dispute.unit)
    query = (
        select(SpeechAct, Promise.id)
        .join(Transcript, Transcript.id == SpeechAct.transcript_id)
        .outerjoin(Promise, Promise.act_id == SpeechAct.id)
        .where(SpeechAct.call_id.in_(call_ids), Transcript.current)
        .order_by(SpeechAct.id)
    )
    found = []
    for act, promise_id in await session.execute(query):
        said = Said(
            label=act.label,
            about=Subject(action=act.action, amount=act.amount_value, unit=act.amount_unit),
            by_client=act.side == "client",
            firm=act.strength != "hedged",
            withdrawn=act.withdrawn,
        )
        score = dispute_score.score_of(claimed, said)
        if score is None or act.id == dispute.act_id:
            continue
        row = _proposal(dispute, act.call_id, act.label, score)
        row.utterance_id, row.act_id, row.promise_id = act.utterance_id, act.id, promise_id
        row.side, row.speaker, row.quote = act.side, act.speaker, act.quote
        row.start_s, row.end_s = act.start_s, act.end_s
        found.append(row)
    return found


async def _hits(
    session: AsyncSession, dispute: Dispute, call_ids: Sequence[int], known: set[int | None]
) -> list[DisputeEvidence]:
    """Turns with the claim's own words, but those that hold an act already."""
    wanted = dispute_score.key_words(dispute.claim)
    matched: dict[int, set[str]] = {}
    for word in wanted:
        try:
            hits = await search(
                session, word, SearchFilters(call_ids=set(call_ids)), limit=MOST_HITS
            )
        except InvalidSearchQuery:
            continue  # a sign that is no word for a search
        for hit in hits:
            matched.setdefault(hit.utterance_id, set()).add(word)
    scores = {
        utterance_id: score
        for utterance_id, words in matched.items()
        if utterance_id not in known and (score := dispute_score.hit_score(words, wanted))
    }
    best = sorted(scores, key=lambda one: -scores[one])[:MOST_FOUND_BY_WORDS]
    rows = []
    for turn in await session.scalars(select(Utterance).where(Utterance.id.in_(best))):
        row = _proposal(dispute, turn.call_id, "search", scores[turn.id])
        _quote(row, turn, None, None)
        rows.append(row)
    return rows


def _proposal(dispute: Dispute, call_id: int, found_by: str, score: float) -> DisputeEvidence:
    return DisputeEvidence(
        dispute_id=dispute.id,
        call_id=call_id,
        found_by=found_by,
        score=score,
        state="proposed",
        at=datetime.now(UTC),
    )


def _quote(row: DisputeEvidence, turn: Utterance, first: int | None, last: int | None) -> None:
    """Keep the words as they are shown now, and from when to when they sound."""
    words, timed = current.text(turn).split(), current.words(turn)
    begin, end = (0, len(words) - 1) if first is None or last is None else (first, last)
    if not 0 <= begin <= end < max(len(words), 1):
        raise Invalid("words", "these words are not in the utterance")
    row.utterance_id, row.side, row.speaker = turn.id, turn.side, turn.speaker
    row.quote = " ".join(words[begin : end + 1])
    row.start_s, row.end_s = turn.start_s, turn.end_s
    if len(timed) == len(words) and timed:
        row.start_s = timed[begin].get("start_s") or turn.start_s
        row.end_s = timed[end].get("end_s") or turn.end_s


def _key(row: DisputeEvidence) -> tuple[str, int | None, int]:
    """What makes two proposals the same: the act, or the turn."""
    if row.act_id is not None:
        return ("act", row.act_id, 0)
    if row.found_by == "person":
        return ("row", row.id, 0)
    return ("turn", row.utterance_id, row.call_id)


async def _name_respondent(
    session: AsyncSession, actor: Actor, dispute: Dispute, row: DisputeEvidence
) -> None:
    """Whose words are disputed: who gave the promise that was taken for the client."""
    if row.side != "operator" or row.speaks == "against":
        return
    if row.promise_id is not None and dispute.promise_id is None:
        await disputes.link_promise(session, actor, dispute, row.promise_id)
    if dispute.respondent_id is None and row.found_by == "promise":
        call = await session.get_one(Call, row.call_id)
        speaker = row.speaker or call.answered_by or call.final_handler
        dispute.respondent_id = await promise_finding.person_of(session, call, speaker)
