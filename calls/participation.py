"""Which calls a phone of ours took part in.

In: extensions. Out: a condition for queries on `calls`, the same for lists, search and rights.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import ColumnElement, and_, exists, or_

from calls.tables import Call, CallLeg


def took_part(extensions: Collection[str]) -> ColumnElement[bool]:
    """A condition on `Call`: one of these phones made it, was called, offered it or talked.

    An outside caller chooses the number that he shows, so the calling side of an incoming call does not count.
    """
    return or_(
        exists().where(CallLeg.call_id == Call.id, CallLeg.extension.in_(extensions)),
        Call.called.in_(extensions),
        Call.answered_by.in_(extensions),
        Call.final_handler.in_(extensions),
        and_(Call.direction != "in", Call.caller.in_(extensions)),
    )
