"""What the rules and people found in one call, as its page lists it: promises of the ledger, claims and refusals.

In: the call's facts. Out: `ShownAct`s in the order in which they were said.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from calls.tables import SpeechAct, Transcript
from crm.tables import ActDecision, Dispute, Promise

if TYPE_CHECKING:
    from web.pages.call_facts import CallFacts


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownAct:
    """A promise, or a claim or refusal as the rules found it; who said it, and what became of it."""

    kind: str
    """"promise", "claim" or "refusal"."""
    row: Promise | SpeechAct
    who: str
    overdue: bool = False
    is_right: bool | None = None
    """Of claims and refusals: whether people said that it is one; None: nobody did."""
    dispute_id: int | None = None
    """Of a claim: the dispute that was opened for it."""

    @property
    def start_s(self) -> float:
        """Where it stands in the sound; promises without a time stand first."""
        return self.row.start_s or 0.0


async def promises_of(session: AsyncSession, facts: CallFacts) -> list[ShownAct]:
    """Read what binds somebody in a call; those that were no promises are left out."""
    found = await session.scalars(
        select(Promise)
        .where(Promise.call_id == facts.call.id, Promise.state != "rejected")
        .order_by(Promise.start_s, Promise.id)
    )
    shown = [
        ShownAct(
            kind="promise",
            row=promise,
            who=facts.speaker(promise.by_side, promise.by_party),
            overdue=bool(
                promise.state == "open" and promise.due_on and promise.due_on < facts.today
            ),
        )
        for promise in found
    ]
    return sorted(shown + await _acts(session, facts), key=lambda one: one.start_s)


async def _acts(session: AsyncSession, facts: CallFacts) -> list[ShownAct]:
    current = select(Transcript.id).where(Transcript.call_id == facts.call.id, Transcript.current)
    query = (
        select(SpeechAct, ActDecision.is_right, Dispute.id)
        .outerjoin(ActDecision, ActDecision.act_id == SpeechAct.id)
        .outerjoin(Dispute, Dispute.act_id == SpeechAct.id)
        .where(SpeechAct.transcript_id.in_(current), SpeechAct.label.in_(("claim", "refusal")))
        .order_by(SpeechAct.start_s, SpeechAct.id)
    )
    rows = {act.id: (act, right, dispute) for act, right, dispute in await session.execute(query)}
    return [
        ShownAct(
            kind=act.label,
            row=act,
            who=facts.speaker(act.side, act.speaker),
            is_right=right,
            dispute_id=dispute,
        )
        for act, right, dispute in rows.values()
        if right is not False
    ]
