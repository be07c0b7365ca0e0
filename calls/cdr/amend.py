"""What the PBX's own record may change in a call that we know. Pure.

In: our record and the one rebuilt from the PBX's lines. Out: the corrected record, or what differs. A call that was seen
whole is never changed: its events say more than the PBX's lines, which have whole seconds and forget who refused. Where
events were missed, an answer or an end that nobody told is taken from the lines.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from calls.outcome import answering_talks, decide
from calls.record import CallRecord, Outcome, Talk, same_person
from pbx.events import EndedBy, EndedHow, Party, RingResult

FROM_LINES = "-cdr-"
"""In the leg of a ring that was rebuilt (`calls.cdr.offers`)."""
CLEARLY = timedelta(seconds=2)
"""Times of the lines are whole seconds, rounded apart."""


def seen_whole(record: CallRecord) -> bool:
    """Whether every event of the call was heard when it happened."""
    return record.source == "live" and record.end_seen and not record.from_resync


def amend(known: CallRecord, told: CallRecord) -> CallRecord | None:
    """Return the call as it is to be stored now; None if nothing is to be changed.

    Args:
        known: what the call log holds, ended.
        told: what the PBX's lines say.
    """
    if seen_whole(known):
        return None
    if known.source == "cdr":
        return _grown(known, told)
    better = _with_answer(_with_end(_with_beginning(known, told), told), told)
    same = replace(better, may_have_talked=known.may_have_talked) == known
    if same and decide(known).outcome is not Outcome.UNKNOWN:
        return None
    if better == known:
        return None
    better = replace(better, source="cdr")
    return _grown(better, told) or better


def _grown(known: CallRecord, told: CallRecord) -> CallRecord | None:
    """A call known from lines alone gets better only by later lines, so that reading twice changes nothing."""
    from_lines = all(FROM_LINES in ring.leg for ring in known.rings)
    if not from_lines or not _later(told, known):
        return None
    if answering_talks(known) and not answering_talks(told):
        return None
    kept = known.recordings, known.absorbed
    linkedids = tuple(dict.fromkeys((*known.linkedids, *told.linkedids)))
    grown = replace(told, linkedid=known.linkedid, linkedids=linkedids)
    return replace(grown, recordings=kept[0], absorbed=kept[1])


def _later(one: CallRecord, other: CallRecord) -> bool:
    return bool(one.ended_at and other.ended_at and one.ended_at - other.ended_at >= CLEARLY)


def _with_beginning(known: CallRecord, told: CallRecord) -> CallRecord:
    """A call that was found in progress: who called whom and since when is known now."""
    if not known.from_resync:
        return known
    caller_known = bool(known.caller.label)
    return replace(
        known,
        from_resync=False,
        direction=known.direction if caller_known else told.direction,
        caller=known.caller if caller_known else told.caller,
        called=_numbered(known.called, told.called),
        queue=known.queue or told.queue,
        queue_result=told.queue_result or known.queue_result,
        started_at=told.started_at,
        answered_at=told.answered_at if told.talks else known.answered_at,
        rings=told.rings or known.rings,
        talks=told.talks if told.talks else known.talks,
        voicemail=known.voicemail or told.voicemail,
        voicemail_at=known.voicemail_at or told.voicemail_at,
        transfers=known.transfers or told.transfers,
    )


def _numbered(known: Party, told: Party) -> Party:
    return told if told.number or not known.label else known


def _with_end(known: CallRecord, told: CallRecord) -> CallRecord:
    """A call whose end nobody told: it ended when the lines say, and its last talk with it.

    The line of a call that ended clearly before its switch was found restarted says that the restart did not end it: of
    those that it did end a dead switch wrote none.
    """
    if known.end_seen or told.ended_at is None:
        return known
    noticed = known.ended_at
    by_restart = known.end_how is EndedHow.RESTART and not _later(known, told)
    # Whole seconds: a short call would otherwise end before it began.
    told = replace(told, ended_at=max(told.ended_at, known.started_at or told.ended_at))
    return replace(
        known,
        ended_at=told.ended_at,
        end_seen=True,
        end_how=EndedHow.RESTART if by_restart else EndedHow.SEEN,
        ended_by=EndedBy.UNKNOWN if known.talks else told.ended_by,
        talks=tuple(_ended(talk, told, noticed_at=noticed) for talk in known.talks),
        voicemail=known.voicemail or told.voicemail,
        voicemail_at=known.voicemail_at or told.voicemail_at,
        queue_result=told.queue_result or known.queue_result,
        rings=known.rings if answering_talks(known) else told.rings or known.rings,
        transfers=known.transfers or told.transfers,
    )


def _ended(talk: Talk, told: CallRecord, *, noticed_at: object) -> Talk:
    unseen = talk.is_open or talk.ended_at == noticed_at
    if not unseen or told.ended_at is None:
        return talk
    started = min(talk.started_at or told.ended_at, told.ended_at)
    return replace(talk, started_at=started, ended_at=told.ended_at, is_open=False)


def _with_answer(known: CallRecord, told: CallRecord) -> CallRecord:
    """An answer in the gap is taken from the lines, and so is that there was none where we could not say."""
    known = replace(known, may_have_talked=False, unsettled=False)
    if not answering_talks(told):
        return known if answering_talks(known) else _with_refusals(known, told)
    if answering_talks(known) and not _knows_first(known, told):
        return known
    return replace(
        known,
        rings=told.rings,
        talks=told.talks,
        answered_at=told.answered_at,
        queue_result=told.queue_result,
        transfers=known.transfers or told.transfers,
    )


def _knows_first(known: CallRecord, told: CallRecord) -> bool:
    """Whether the lines know better who answered: we saw only whom the call was handed on to, or an unnamed trunk."""
    ours, theirs = known.answered_by, told.answered_by
    if ours is None or theirs is None or same_person(ours, theirs):
        return False
    if not ours.is_ours and not theirs.is_ours:
        return True
    begun = known.talks[0].started_at, told.talks[0].started_at
    return begun[0] is not None and begun[1] is not None and begun[0] - begun[1] >= CLEARLY


def _with_refusals(known: CallRecord, told: CallRecord) -> CallRecord:
    """Nobody answered: how the phones refused is known from the lines where it was not seen."""
    unseen = any(ring.result in (None, RingResult.UNKNOWN) for ring in known.rings)
    return replace(
        known,
        rings=known.rings if known.rings and not unseen else told.rings,
        queue=known.queue or told.queue,
        queue_result=known.queue_result or told.queue_result,
        ended_by=told.ended_by if known.ended_by is EndedBy.UNKNOWN else known.ended_by,
        voicemail=known.voicemail or told.voicemail,
        voicemail_at=known.voicemail_at or told.voicemail_at,
    )


def differences(known: CallRecord, told: CallRecord) -> dict[str, list[str]]:
    """Return what the PBX says otherwise, by name, [ours, the PBX's]; {} where both agree.

    Only what the lines can know is compared: an unanswered call is "not answered", however it was refused.
    """
    ours, theirs = _said(known), _said(told)
    return {name: [ours[name], theirs[name]] for name in ours if ours[name] != theirs[name]}


def _said(record: CallRecord) -> dict[str, str]:
    answered = decide(record).outcome == "answered"
    by = record.answered_by
    return {
        "direction": record.direction.value,
        "outcome": "answered" if answered else "not answered",
        "answered_by": by.label if answered and by else "",
    }
