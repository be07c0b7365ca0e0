from dataclasses import replace

from support.folded import CLIENT, COMPANY, ended, folded, key, ring, second, started, talk

from calls.model import fold
from pbx.events import (
    CallsMerged,
    CallUpdated,
    Direction,
    HoldEnded,
    HoldStarted,
    Linkedid,
    Party,
    QueueEntered,
    QueueLeft,
    RecordingNamed,
    RingResult,
    TransferKind,
    Transferred,
    Uniqueid,
    VoicemailEntered,
)

ANNA, BORIS = Party(extension="101"), Party(extension="102")


def whole_call():
    hold = [HoldStarted(**key(5), party=ANNA), HoldEnded(**key(7), party=ANNA)]
    handed = Transferred(**key(8), kind=TransferKind.BLIND, source=ANNA, target=BORIS)
    recorded = RecordingNamed(**key(2), leg=Uniqueid("1"), party=CLIENT, mixed="a.wav")
    rings = ring("101", 1, 3, RingResult.ANSWERED)
    return [started(), *rings, recorded, *talk(3, 9, CLIENT, ANNA), *hold, handed, ended(10)]


def test_each_event_twice_gives_the_same_record():
    events = whole_call()
    assert folded([event for event in events for _ in range(2)]) == folded(events)


def test_first_talk_decides_who_answered_and_when():
    record = folded([started(), *talk(3, 5, CLIENT, ANNA), *talk(6, 9, CLIENT, BORIS)])
    assert (record.answered_by, record.answered_at) == (ANNA, second(3))


def test_name_that_became_known_later_does_not_hide_who_answered():
    named = replace(CLIENT, name="Иван")
    update = CallUpdated(
        **key(1), direction=Direction.IN, caller=named, called=COMPANY, linkedids=(Linkedid("1"),)
    )
    assert folded([started(), update, *talk(3, 5, CLIENT, ANNA)]).answered_by == ANNA


def test_talk_broken_for_a_moment_is_one_talk():
    record = folded([started(), *talk(3, 5, CLIENT, ANNA), *talk(5.2, 9, ANNA, CLIENT)])
    assert [(t.started_at, t.ended_at) for t in record.talks] == [(second(3), second(9))]


def test_talk_resumed_later_is_another_talk():
    record = folded([started(), *talk(3, 5, CLIENT, ANNA), *talk(8, 9, CLIENT, ANNA)])
    assert len(record.talks) == 2


def test_park_that_is_retrieved_is_one_transfer():
    parked = Transferred(**key(4), kind=TransferKind.PARK, source=ANNA, target=Party())
    taken = Transferred(**key(6), kind=TransferKind.PARK, source=ANNA, target=BORIS)
    (transfer,) = folded([started(), parked, taken]).transfers
    assert (transfer.target, transfer.at) == (BORIS, second(6))


def test_queue_is_the_last_before_the_answer_and_so_is_its_result():
    events = [QueueEntered(**key(1), queue="a"), QueueLeft(**key(2), queue="a", reason="timeout")]
    events += [QueueEntered(**key(3), queue="b"), QueueLeft(**key(4), queue="b", reason="answered")]
    record = folded([started(), *events])
    assert (record.queue, record.queue_result) == ("b", "answered")
    assert record.queues == ("a", "b")


def test_record_may_begin_with_any_event():
    record = fold(None, VoicemailEntered(**key(3), mailbox="101"))
    assert (record.voicemail, record.from_resync, record.linkedid) == (True, True, "1795000000.1")


def test_ringing_without_its_offer_is_kept():
    record = folded([started(), *ring("101", 1, 3, RingResult.TIMEOUT)[1:]])
    assert [(r.rang, r.result) for r in record.rings] == [(True, RingResult.TIMEOUT)]


def test_call_found_again_by_resync_keeps_what_was_known():
    before = folded(whole_call()[:-1])
    again = started(caller=Party(), direction=Direction.INTERNAL, from_resync=True)
    assert fold(before, again) == before


def test_absorbed_calls_are_kept_once():
    merged = CallsMerged(**key(2), absorbed=(Linkedid("9.9"),))
    assert folded([started(), merged, merged]).absorbed == ("9.9",)
