"""What is told of a call after it was over: events beside those of the live stream. Pure.

In: the record of a call that was filled in or corrected. Out: events, which handlers get as they get those of the stream.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from calls.record import CallRecord
from pbx.events import CallEnded, CallEvent, CallStarted, EndedHow


@dataclass(frozen=True, slots=True, kw_only=True)
class CallCorrected(CallEnded):
    """The end of this call was told before, and wrongly: events were missed, and the PBX's own record knows better.

    What was done because of the first telling (a call-back) is to be taken back where it does not hold.
    """


def events_of(record: CallRecord, *, corrected: bool) -> Sequence[CallEvent]:
    """What handlers are told of a call that was filled in, or corrected: as if we had listened."""
    if corrected:
        return (
            CallCorrected(
                pbx=record.pbx,
                call=record.linkedid,
                at=record.ended_at,
                ended_by=record.ended_by,
                cause=record.cause,
            ),
        )
    return (
        CallStarted(
            pbx=record.pbx,
            call=record.linkedid,
            at=record.started_at,
            direction=record.direction,
            caller=record.caller,
            called=record.called,
            linkedids=record.linkedids,
            trunk=record.trunk,
            consultation=record.consultation,
        ),
        CallEnded(
            pbx=record.pbx,
            call=record.linkedid,
            at=record.ended_at,
            ended_by=record.ended_by,
            how=EndedHow.GAP,
        ),
    )
