"""What technically became of a call: decided once, by one pure function, with the reason beside it. Pure.

In: a folded `CallRecord`, usually ended. Out: a `Decision`. Missed is a property of the call and never of a leg: a phone
that did not pick up while a colleague did has missed nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from calls.durations import caller_left, held_s, rung_s, talked_s, waited_s, whole
from calls.reasons import ENDINGS, REASONS, reason_text
from calls.record import CallRecord, Outcome, Ring, Talk, answerer, same_person
from pbx.causes import CAUSE_TEXT
from pbx.events import Direction, EndedHow, Party, RingResult, TransferKind

__all__ = ["ENDINGS", "REASONS", "Decision", "answering_talks", "decide", "reason_text"]

_LEAVES_AT_ONCE = (TransferKind.BLIND, TransferKind.SEMI_ATTENDED, TransferKind.PARK)
"""Ways of handing on after which the one who did it is gone, whoever takes the call."""
AT_ONCE = timedelta(seconds=2)
"""A talk may end a moment after its end was told: the events of two channels have no order."""
_NO_CALLBACK = frozenset({Outcome.ANSWERED, Outcome.UNKNOWN})
"""Whether somebody talked in a call with an unknown end, the PBX's own record tells first (`calls.unsettled`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The outcome of a call, and why. Durations in seconds, None where a time is not known."""

    outcome: Outcome
    reason_key: str
    reason_args: dict[str, str] = field(default_factory=dict)
    needs_callback: bool = False
    """It came in, nobody is known to have answered, and there is a number to call."""
    wait_s: float | None = None
    """From the start to the first talk, to the voicemail, or until there was nothing to wait for."""
    talk_s: float | None = None
    """Time that the outside talked with somebody; in internal calls, that anybody talked."""
    hold_s: float | None = None
    final_handler: Party | None = None
    """The last of our people who talked."""

    @property
    def reason(self) -> str:
        """The reason as an English sentence."""
        return reason_text(self.reason_key, self.reason_args)


class _Verdict(NamedTuple):
    outcome: Outcome
    key: str
    args: dict[str, str] = {}  # noqa: RUF012  never changed


def decide(record: CallRecord) -> Decision:
    """Decide what became of a call. A call still in progress is judged as if it ended now."""
    talks = answering_talks(record)
    verdict = _why_answered(record, talks[0]) if talks else _unanswered(record)
    given_up = verdict.outcome in (Outcome.ABANDONED, Outcome.UNKNOWN)
    wait_s = waited_s(record, talks, given_up=given_up)
    args = {"after_s": whole(wait_s)} | verdict.args
    if talks and record.end_how is not EndedHow.SEEN:
        args["end"] = record.end_how.value
    elif talks and (untaken := _untaken(record, talks)) is not None:
        args |= {"end": "untaken" if untaken.label else "parked", "handed_to": untaken.label}
    came_in = record.direction is Direction.IN
    has_number = bool(record.caller.label) and not record.caller.hidden
    is_vain = verdict.outcome not in _NO_CALLBACK or verdict.key == "unknown_unsettled"
    return Decision(
        outcome=verdict.outcome,
        reason_key=verdict.key,
        reason_args=args,
        needs_callback=came_in and is_vain and has_number,
        wait_s=None if record.from_resync else wait_s,
        talk_s=talked_s(record, talks),
        hold_s=held_s(record),
        final_handler=_final_handler(talks),
    )


def _untaken(record: CallRecord, talks: tuple[Talk, ...]) -> Party | None:
    """Return to whom the conversation was handed on last, where nobody took it there."""
    last = record.transfers[-1] if record.transfers else None
    if not record.ended or last is None or last.kind not in _LEAVES_AT_ONCE:
        return None
    if last.at is None or any(_goes_on(talk, last.at) for talk in talks):
        return None
    return last.target


def _goes_on(talk: Talk, at: datetime) -> bool:
    """Whether somebody talked after this moment."""
    if talk.started_at is None or talk.started_at > at or talk.ended_at is None:
        return True
    return talk.ended_at > at + AT_ONCE


def answering_talks(record: CallRecord) -> tuple[Talk, ...]:
    """Return the talks that make a call answered: an incoming one is when the client himself talked with somebody.

    Two operators who consult each other while the client waits are no answer, nor talk time.
    """
    if record.direction is Direction.INTERNAL:
        return record.talks
    outside = record.caller
    if record.direction is Direction.OUT or (record.from_resync and not outside.label):
        spoke = [p for talk in record.talks for p in talk.parties if not p.is_ours]
        if not spoke:
            return ()
        outside = spoke[0]
    return tuple(t for t in record.talks if any(same_person(p, outside) for p in t.parties))


def _unanswered(record: CallRecord) -> _Verdict:
    offers = _offers(record)
    others = {"others": _labels(offers)}
    if record.voicemail:
        key = "missed_voicemail" if offers else "missed_voicemail_only"
        return _Verdict(Outcome.MISSED, key, others)
    if record.end_how is EndedHow.RESTART and not record.may_have_talked:
        out = record.direction is Direction.OUT
        return _Verdict(Outcome.FAILED if out else Outcome.MISSED, "missed_restart", others)
    if _is_unknown(record, offers):
        key = "unknown_unsettled" if record.unsettled else "unknown_end"
        return _Verdict(Outcome.UNKNOWN, key, others)
    waited_for = _kept_waiting(record)
    if waited_for:
        args = {"others": _labels(waited_for), "others_s": whole(rung_s(waited_for))}
        return _Verdict(Outcome.MISSED, "missed_ringing", args)
    abandoned = _abandoned(record, offers)
    if abandoned is not None:
        return abandoned
    if record.turned_away:
        key = "missed_queue_full" if record.turned_away == "full" else "missed_queue_empty"
        return _Verdict(Outcome.MISSED, key, {"queue": record.turned_away_from or "?"})
    if record.queue:
        rang = [ring for ring in offers if ring.rang]
        key = "missed_queue_rang" if rang else "missed_queue"
        queue = ", ".join(record.queues or (record.queue,))
        return _Verdict(Outcome.MISSED, key, {"others": _labels(rang), "queue": queue})
    return _refused(record, offers)


def _abandoned(record: CallRecord, offers: list[Ring]) -> _Verdict | None:
    """Decide whether the calling side gave up: in the queue, in the menu, or while phones rang."""
    left = caller_left(record)
    if record.queue_result == "abandoned" or (record.queue and not record.queue_result and left):
        return _Verdict(Outcome.ABANDONED, "abandoned_queue", {"queue": record.queue})
    by_caller = {RingResult.GAVE_UP} | ({RingResult.UNKNOWN} if left else set())
    given_up = [r for r in offers if r.result in by_caller and not _went_on(r, offers)]
    if given_up:
        key = "abandoned_ringing" if any(ring.rang for ring in given_up) else "abandoned_offered"
        return _Verdict(Outcome.ABANDONED, key, {"others": _labels(given_up)})
    taking = [ring for ring in offers if ring.result is RingResult.ANSWERED]
    if taking and left and taking[-1] is offers[-1]:
        return _Verdict(Outcome.ABANDONED, "abandoned_answering", {"others": _labels(taking)})
    if not offers and left and not (record.turned_away or record.unreachable):
        return _Verdict(Outcome.ABANDONED, "abandoned_menu")
    return None


def _went_on(ring: Ring, offers: list[Ring]) -> bool:
    """Whether others were called after this one stopped: then it was the dialplan that turned away from it."""
    stop = ring.stopped_at
    return stop is not None and any(
        r.offered_at is not None and r.offered_at > stop for r in offers
    )


def _is_unknown(record: CallRecord, offers: list[Ring]) -> bool:
    """Whether somebody may have talked after all: the end was not seen, and nothing before it settled the call.

    In a gap anything can happen after the last phone refused; a lost event hides no more than itself.
    """
    if record.may_have_talked:
        return True
    if record.end_seen or caller_left(record) or record.queue_result == "abandoned":
        return False
    if record.end_how is not EndedHow.REAPED or not offers:
        return True
    return any(ring.result in (None, RingResult.UNKNOWN, RingResult.ANSWERED) for ring in offers)


_BY_RESULT = (
    (RingResult.DECLINED, Outcome.REJECTED, "rejected"),
    (RingResult.BUSY, Outcome.BUSY, "busy"),
    (RingResult.FAILED, Outcome.FAILED, "failed"),
    (RingResult.UNCONFIRMED, Outcome.MISSED, "missed_unconfirmed"),
    (RingResult.ANSWERED, Outcome.MISSED, "missed_unconfirmed"),
)
"""What the phones said, the most telling first, and what it makes of the call."""


def _refused(record: CallRecord, offers: list[Ring]) -> _Verdict:
    """Decide by what the phones said, when the switch ended a call that nobody took."""
    if not offers or _only_the_caller(record, offers):
        return _nobody_called(record)
    results = {ring.result for ring in offers}
    if RingResult.TIMEOUT in results or RingResult.UNKNOWN in results:
        late = [r for r in offers if r.result in (RingResult.TIMEOUT, RingResult.UNKNOWN)]
        late = [ring for ring in late if ring.rang] or late
        args = {"others": _labels(late), "others_s": whole(rung_s(late))}
        return _Verdict(Outcome.MISSED, "missed_ringing", args)
    for result, outcome, key in _BY_RESULT:
        saying = [ring for ring in offers if ring.result is result]
        if saying:
            return _Verdict(outcome, key, {"others": _labels(saying), "cause": _cause(record)})
    return _Verdict(Outcome.MISSED, "missed_unreachable", {"others": _labels(offers)})


def _only_the_caller(record: CallRecord, offers: list[Ring]) -> bool:
    """Whether a click-to-call found the operator, but then nobody could be called for him."""
    picked_up = all(ring.result is RingResult.ANSWERED for ring in offers)
    return picked_up and all(same_person(ring.party, record.caller) for ring in offers)


def _nobody_called(record: CallRecord) -> _Verdict:
    if record.direction is Direction.OUT:
        args = {"others": record.called.label, "cause": _cause(record)}
        return _Verdict(Outcome.FAILED, "failed", args)
    if record.unreachable:
        args = {"others": ", ".join(party.label for party in record.unreachable)}
        return _Verdict(Outcome.MISSED, "missed_unreachable", args)
    return _Verdict(Outcome.MISSED, "missed_nobody")


def _cause(record: CallRecord) -> str:
    return CAUSE_TEXT.get(record.cause, f"cause {record.cause}")


def _offers(record: CallRecord) -> list[Ring]:
    """Return the offers to others than the caller: with click-to-call the caller's own phone rings first."""
    others = [ring for ring in record.rings if not same_person(ring.party, record.caller)]
    return others or list(record.rings)


def _kept_waiting(record: CallRecord) -> list[Ring]:
    """Return how the operator's phone rang in vain for a client who had been called first, and had picked up."""
    own = [ring for ring in record.rings if same_person(ring.party, record.caller)]
    others = [ring for ring in record.rings if not same_person(ring.party, record.caller)]
    picked_up = others and all(ring.result is RingResult.ANSWERED for ring in others)
    if not (record.click_to_call and picked_up) or any(
        r.result is RingResult.ANSWERED for r in own
    ):
        return []
    return own


def _why_answered(record: CallRecord, first: Talk) -> _Verdict:
    by = answerer(record, first) or Party()
    offers = [ring for ring in _offers(record) if ring.rang and not same_person(ring.party, by)]
    args = {"by": by.label}
    if not by.label:
        key = "answered_conference" if first.conference else "answered"
        return _Verdict(Outcome.ANSWERED, key, args)
    if record.from_resync and not record.rings:
        return _Verdict(Outcome.ANSWERED, "answered_unseen", args)
    if any(t.kind is TransferKind.PICKUP and same_person(t.target, by) for t in record.transfers):
        return _Verdict(Outcome.ANSWERED, "answered_pickup", args | {"others": _labels(offers)})
    earlier = [ring for ring in offers if _before(ring.stopped_at, first.started_at)]
    late = [ring for ring in earlier if ring.result is RingResult.TIMEOUT]
    declined = [ring for ring in earlier if ring.result is RingResult.DECLINED]
    if late or declined:
        key = "answered_after_both" if late and declined else "answered_after_declined"
        args |= {"others": _labels(late), "others_s": whole(rung_s(late))}
        args |= {"decliners": _labels(declined)}
        return _Verdict(Outcome.ANSWERED, key if declined else "answered_after_others", args)
    beaten = [ring for ring in offers if ring.result is RingResult.ANSWERED_ELSEWHERE]
    beaten = [ring for ring in beaten if _before(ring.offered_at, first.started_at)]
    if beaten:
        return _Verdict(Outcome.ANSWERED, "answered_first", args | {"others": _labels(beaten)})
    return _Verdict(Outcome.ANSWERED, "answered", args)


def _before(one: datetime | None, other: datetime | None) -> bool:
    return one is None or other is None or one <= other


def _final_handler(talks: Iterable[Talk]) -> Party | None:
    handlers = [p for talk in talks for p in talk.parties if p.is_ours]
    return handlers[-1] if handlers else None


def _labels(rings: Iterable[Ring]) -> str:
    return ", ".join(dict.fromkeys(ring.party.label for ring in rings))
