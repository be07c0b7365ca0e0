"""What technically became of a call: decided once, by one pure function, with the reason beside it. Pure.

In: a folded `CallRecord`, usually ended. Out: a `Decision`. Missed is a property of the call and never of a leg: a phone
that did not pick up while a colleague did has missed nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from calls.model import CallRecord, Outcome, Ring, Talk, same_person
from pbx.causes import CAUSE_TEXT
from pbx.events import Direction, EndedBy, EndedHow, Party, RingResult, TransferKind

REASONS = {
    "answered": "{by} answered after {after_s} s",
    "answered_after_others": "{others} did not pick up in {others_s} s, {by} answered after {after_s} s",
    "answered_first": "{by} answered after {after_s} s, before {others}",
    "answered_pickup": "{by} picked up after {after_s} s while {others} rang",
    "answered_unseen": "{by} answered while the connection to the switch was lost",
    "abandoned_queue": "the caller gave up after {after_s} s in queue {queue}",
    "abandoned_ringing": "the calling side hung up after {after_s} s while {others} rang",
    "abandoned_offered": "the calling side hung up after {after_s} s, before {others} rang",
    "abandoned_menu": "the caller hung up after {after_s} s, before any phone was called",
    "missed_voicemail": "{others} did not pick up, the caller was put to voicemail",
    "missed_queue": "nobody in queue {queue} picked up within {after_s} s",
    "missed_ringing": "{others} did not pick up in {others_s} s",
    "missed_unreachable": "{others} could not be reached",
    "missed_nobody": "no phone could be called",
    "missed_restart": "nobody had picked up when the switch was restarted",
    "unknown_end": "nobody had answered when it was last heard of, and its end was not seen",
    "missed_end_unseen": "nobody had answered when the connection to the switch was lost",
    "busy": "{others} was busy",
    "rejected": "{others} declined",
    "failed": "{others} could not be called: {cause}",
}
ENDINGS = {
    "restart": "the switch was restarted",
    "gap": "the end was not seen",
    "reaped": "the end was not seen",
}
"""What is added to the reason of an answered call that did not end as calls do, by the argument `end`."""
"""English sentences by reason key; translations use the same keys and names. Seconds are whole, lists "101, 102"."""


_NO_CALLBACK = frozenset({Outcome.ANSWERED, Outcome.UNKNOWN})
"""Whether somebody talked in a call with an unknown end, the PBX's own record tells first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The outcome of a call, and why. Durations in seconds, None where a time is not known."""

    outcome: Outcome
    reason_key: str
    reason_args: dict[str, str] = field(default_factory=dict)
    needs_callback: bool = False
    """It came in, nobody answered, and there is a number to call."""
    wait_s: float | None = None
    """From the start to the first talk, to the voicemail, or to the end."""
    talk_s: float | None = None
    """Time that the outside talked with somebody; in internal calls, that anybody talked."""
    hold_s: float | None = None
    final_handler: Party | None = None
    """The last of our people who talked."""

    @property
    def reason(self) -> str:
        """The reason as an English sentence."""
        return reason_text(self.reason_key, self.reason_args)


def reason_text(key: str, args: dict[str, str]) -> str:
    """Return the English sentence of a reason; an unknown key is shown as it is."""
    template = REASONS.get(key)
    told = template.format_map(_Shown(args)) if template else key
    return f"{told}; {ENDINGS[args['end']]}" if args.get("end") in ENDINGS else told


class _Shown(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "?"


def decide(record: CallRecord) -> Decision:
    """Decide what became of a call. A call still in progress is judged as if it ended now."""
    talks = answering_talks(record)
    if talks:
        outcome, (key, args) = Outcome.ANSWERED, _why_answered(record, talks[0])
        if record.end_how is not EndedHow.SEEN:
            args = args | {"end": record.end_how.value}
    else:
        outcome, key, args = _unanswered(record)
    came_in = record.direction is Direction.IN
    has_number = bool(record.caller.label) and not record.caller.hidden
    return Decision(
        outcome=outcome,
        reason_key=key,
        reason_args=args,
        needs_callback=came_in and outcome not in _NO_CALLBACK and has_number,
        wait_s=None if record.from_resync else _wait_s(record, talks),
        talk_s=_talk_s(record, talks),
        hold_s=_sum_s((hold.started_at, hold.ended_at) for hold in record.holds),
        final_handler=_final_handler(talks),
    )


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


def _unanswered(record: CallRecord) -> tuple[Outcome, str, dict[str, str]]:
    offers = _offers(record)
    args = {"others": _labels(offers), "after_s": _seconds(_wait_s(record, ()))}
    if record.voicemail:
        return Outcome.MISSED, "missed_voicemail", args
    if record.end_how is EndedHow.RESTART:
        out = record.direction is Direction.OUT
        return Outcome.FAILED if out else Outcome.MISSED, "missed_restart", args
    if _is_unknown(record, offers):
        return Outcome.UNKNOWN, "unknown_end", args
    if record.queue_result == "abandoned" or (
        record.queue and not record.queue_result and _caller_left(record)
    ):
        return Outcome.ABANDONED, "abandoned_queue", args | {"queue": record.queue}
    by_caller = {RingResult.GAVE_UP} | ({RingResult.UNKNOWN} if _caller_left(record) else set())
    given_up = [ring for ring in offers if ring.result in by_caller]
    if given_up:
        key = "abandoned_ringing" if any(ring.rang for ring in given_up) else "abandoned_offered"
        return Outcome.ABANDONED, key, args | {"others": _labels(given_up)}
    if not offers and _caller_left(record):
        return Outcome.ABANDONED, "abandoned_menu", args
    if record.queue:
        return Outcome.MISSED, "missed_queue", args | {"queue": record.queue}
    return _refused(record, offers, args)


def _is_unknown(record: CallRecord, offers: list[Ring]) -> bool:
    """Whether somebody may have talked after all: the end was not seen, and nothing before it settled the call.

    In a gap anything can happen after the last phone refused; a lost event hides no more than itself.
    """
    if record.end_seen or _caller_left(record) or record.queue_result == "abandoned":
        return False
    if record.end_how is not EndedHow.REAPED or not offers:
        return True
    return any(ring.result in (None, RingResult.UNKNOWN, RingResult.ANSWERED) for ring in offers)


def _caller_left(record: CallRecord) -> bool:
    return record.ended_by is EndedBy.CALLER


def _refused(
    record: CallRecord, offers: list[Ring], args: dict[str, str]
) -> tuple[Outcome, str, dict[str, str]]:
    """Decide by what the phones said, when the switch ended a call that nobody took."""
    results = {ring.result for ring in offers}
    if not offers:
        return _nobody_called(record, args)
    if RingResult.TIMEOUT in results or RingResult.UNKNOWN in results:
        rang = [ring for ring in offers if ring.rang] or offers
        longest = max((_span_s(ring.rang_at, ring.stopped_at) or 0.0 for ring in rang), default=0.0)
        return (
            Outcome.MISSED,
            "missed_ringing",
            args
            | {
                "others": _labels(rang),
                "others_s": _seconds(longest),
            },
        )
    for result, outcome, key in (
        (RingResult.DECLINED, Outcome.REJECTED, "rejected"),
        (RingResult.BUSY, Outcome.BUSY, "busy"),
        (RingResult.FAILED, Outcome.FAILED, "failed"),
    ):
        saying = [ring for ring in offers if ring.result is result]
        if saying:
            cause = CAUSE_TEXT.get(record.cause, f"cause {record.cause}")
            return outcome, key, args | {"others": _labels(saying), "cause": cause}
    return Outcome.MISSED, "missed_unreachable", args


def _nobody_called(record: CallRecord, args: dict[str, str]) -> tuple[Outcome, str, dict[str, str]]:
    if record.direction is Direction.OUT:
        cause = CAUSE_TEXT.get(record.cause, f"cause {record.cause}")
        return Outcome.FAILED, "failed", args | {"others": record.called.label, "cause": cause}
    return Outcome.MISSED, "missed_nobody", args


def _offers(record: CallRecord) -> list[Ring]:
    """Return the offers to others than the caller: with click-to-call the caller's own phone rings first."""
    others = [ring for ring in record.rings if not same_person(ring.party, record.caller)]
    return others or list(record.rings)


def _why_answered(record: CallRecord, first: Talk) -> tuple[str, dict[str, str]]:
    by = _answerer(record, first)
    args = {"by": by.label, "after_s": _seconds(_wait_s(record, (first,)))}
    if not by.label:
        return "answered", args
    offers = [ring for ring in _offers(record) if not same_person(ring.party, by)]
    earlier = [
        r for r in offers if r.rang and r.result in (RingResult.TIMEOUT, RingResult.DECLINED)
    ]
    if record.from_resync and not record.rings:
        return "answered_unseen", args
    if any(t.kind is TransferKind.PICKUP and same_person(t.target, by) for t in record.transfers):
        return "answered_pickup", args | {"others": _labels([r for r in offers if r.rang])}
    before = [r for r in earlier if _before(r.stopped_at, first.started_at)]
    if before:
        longest = max(_span_s(ring.rang_at, ring.stopped_at) or 0.0 for ring in before)
        return "answered_after_others", args | {
            "others": _labels(before),
            "others_s": _seconds(longest),
        }
    beaten = [r for r in offers if r.rang and r.result is RingResult.ANSWERED_ELSEWHERE]
    return ("answered_first", args | {"others": _labels(beaten)}) if beaten else ("answered", args)


def _answerer(record: CallRecord, first: Talk) -> Party:
    others = [party for party in first.parties if not same_person(party, record.caller)]
    ours = [party for party in others if party.is_ours]
    return (
        (ours or others or [Party()])[0]
        if record.direction is Direction.IN
        else (others or [Party()])[0]
    )


def _before(one: datetime | None, other: datetime | None) -> bool:
    return one is None or other is None or one <= other


def _final_handler(talks: Iterable[Talk]) -> Party | None:
    handlers = [p for talk in talks for p in talk.parties if p.is_ours]
    return handlers[-1] if handlers else None


def _wait_s(record: CallRecord, talks: tuple[Talk, ...]) -> float | None:
    end = talks[0].started_at if talks else record.voicemail_at or record.ended_at
    return _span_s(record.started_at, end)


def _talk_s(record: CallRecord, talks: tuple[Talk, ...]) -> float | None:
    """Sum the talks. One whose end was not seen has no known length."""
    known = talks if record.end_seen else [t for t in talks if t.ended_at != record.ended_at]
    if talks and not known:
        return None
    return _sum_s((talk.started_at, talk.ended_at) for talk in known)


def _sum_s(spans: Iterable[tuple[datetime | None, datetime | None]]) -> float | None:
    total = 0.0
    for start, end in spans:
        span = _span_s(start, end)
        if span is None:
            return None
        total += span
    return round(total, 3)


def _span_s(start: datetime | None, end: datetime | None) -> float | None:
    return None if start is None or end is None else round((end - start).total_seconds(), 3)


def _seconds(span_s: float | None) -> str:
    return "?" if span_s is None else f"{span_s:.0f}"


def _labels(rings: Iterable[Ring]) -> str:
    return ", ".join(dict.fromkeys(ring.party.label for ring in rings))
