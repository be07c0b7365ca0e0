"""Which calls a phone of ours took part in.

In: phones as (PBX, extension): extension 101 of one PBX and that of another are two phones, so nothing is ever looked up
by extension alone. Out: a condition for queries on `calls`, the same for lists, search and rights.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import ColumnElement, and_, exists, false, or_

from calls.tables import Call, CallLeg

Phone = tuple[str, str]
"""(PBX, extension)."""


def took_part(phones: Collection[Phone]) -> ColumnElement[bool]:
    """A condition on `Call`: one of these phones made it, was called, offered it or talked.

    An outside caller chooses the number that he shows, so the calling side of an incoming call does not count.
    """
    pbxs = sorted({pbx for pbx, _ in phones})
    return or_(false(), *(_on(pbx, [one for on, one in phones if on == pbx]) for pbx in pbxs))


def _on(pbx: str, extensions: Collection[str]) -> ColumnElement[bool]:
    return and_(
        Call.pbx == pbx,
        or_(
            exists().where(CallLeg.call_id == Call.id, CallLeg.extension.in_(extensions)),
            Call.called.in_(extensions),
            Call.answered_by.in_(extensions),
            Call.final_handler.in_(extensions),
            and_(Call.direction != "in", Call.caller.in_(extensions)),
        ),
    )
