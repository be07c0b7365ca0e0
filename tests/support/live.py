"""Pops for tests of the live page."""

from __future__ import annotations

from datetime import UTC, datetime

from crm.screen_pop import PopShown, PopWhy, PopWithdrawn
from pbx.events import Direction, Linkedid, Party, PbxName
from web.live.hub import shown_notice
from web.live.pops import Pop, pop_of

AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


def shown(
    call: str,
    extension: str = "101",
    number: str = "+79161234567",
    *,
    queue: str = "",
    direction: Direction = Direction.IN,
) -> PopShown:
    """A phone begins to ring."""
    return PopShown(
        pbx=PbxName("main"),
        call=Linkedid(call),
        extension=extension,
        at=AT,
        remote=Party(number=number, hidden=not number),
        direction=direction,
        called=Party(number="100"),
        queue=queue,
    )


def withdrawn(call: str, extension: str, why: PopWhy, by: str = "") -> PopWithdrawn:
    """It rings no more."""
    return PopWithdrawn(
        pbx=PbxName("main"),
        call=Linkedid(call),
        extension=extension,
        at=AT,
        why=why,
        answered_by=Party(extension=by) if by else None,
    )


def pop(call: str, extension: str, number: str = "+79161234567") -> Pop:
    """The card that a ringing phone lays."""
    return pop_of(shown_notice(shown(call, extension, number), []))
