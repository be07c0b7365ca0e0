"""The cards of talks that go on while this process starts: a restart must not take them off the operators' pages.

In: the calls that have not ended, and whose phones are whose. Out: cards in the hub. Phones that still ring need nothing
here: after its login the listener hears of them as of new ones.
"""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from calls.tables import Call, CallLeg
from crm.seating import holders_at
from web.live.pops import Pop, PopState
from web.services import Services

MOST_CALLS = 1000


async def lay_cards_again(services: Services) -> None:
    """Lay a card for every operator who talks, as if it had been there all the time.

    Raises:
        DatabaseUnavailable: the database cannot be reached.
    """
    query = (
        select(Call)
        .where(Call.ended.is_(False), Call.merged_into_id.is_(None))
        .options(selectinload(Call.legs))
        .order_by(Call.id.desc())
        .limit(MOST_CALLS)
    )
    async with services.db.read() as session:
        for call in reversed(list(await session.scalars(query))):
            taken = [leg for leg in call.legs if leg.extension and leg.result == "answered"]
            if taken:
                leg = max(taken, key=lambda leg: leg.position)
                services.hub.pops.shown(_card(call, leg), await _talkers(session, call, leg))


async def _talkers(session: AsyncSession, call: Call, leg: CallLeg) -> list[int]:
    """Whose phone it was when the call came to it: who sits down in the middle of a talk does not talk."""
    at = leg.offered_at or leg.rang_at or call.started_at
    return await holders_at(session, call.pbx, leg.extension, at)


def _card(call: Call, leg: CallLeg) -> Pop:
    internal = call.direction == "internal"
    return Pop(
        pbx=call.pbx,
        call=call.linkedid,
        number=call.caller if internal else call.remote_number,
        name=call.caller_name,
        internal=internal,
        direction=call.direction,
        called=call.called,
        queue=call.queue,
        shown_at=leg.rang_at,
        state=PopState.ANSWERED,
        answered_by=leg.extension,
    )
