"""Which calls were deleted as a whole, so that comparing with the PBX's own record never brings them back.

In: a PBX and linkedids. Out: hashes of them in `erased_calls`; and which of some ids are among those. A hash says nothing
of who called whom; whoever has the PBX's own record can compare it with that, and knows no more than before.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from calls.tables import Call, ErasedCall

AT_ONCE = 400


async def note(session: AsyncSession, call: Call) -> None:
    """Remember a call that is about to be deleted, by every id that it has had."""
    for linkedid in sorted({call.linkedid, *(call.linkedids or [])}):
        await session.merge(ErasedCall(id_hash=_hash(call.pbx, linkedid), at=datetime.now(UTC)))


async def among(session: AsyncSession, pbx: str, ids: Collection[str]) -> set[str]:
    """Those of these ids that belonged to deleted calls."""
    by_hash = {_hash(pbx, one): one for one in ids}
    hashes = sorted(by_hash)
    found: set[str] = set()
    for place in range(0, len(hashes), AT_ONCE):
        some = ErasedCall.id_hash.in_(hashes[place : place + AT_ONCE])
        rows = await session.scalars(select(ErasedCall.id_hash).where(some))
        found.update(by_hash[one] for one in rows)
    return found


def _hash(pbx: str, linkedid: str) -> str:
    return hashlib.sha256(f"{pbx}/{linkedid}".encode()).hexdigest()
