from datetime import UTC, datetime, timedelta

from calls.model import CallRecord, Hold, Ring, Talk
from pbx.events import Direction, Linkedid, Party, PbxName, RingResult, Uniqueid
from web.pages.call_timeline import NARROWEST, timeline_of

START = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
CLIENT = Party(number="+79160000001")
ANNA, BORIS = Party(extension="101"), Party(extension="102")


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def call(**more: object) -> CallRecord:
    known: dict[str, object] = {
        "pbx": PbxName("main"),
        "linkedid": Linkedid("1.1"),
        "linkedids": (Linkedid("1.1"),),
        "direction": Direction.IN,
        "caller": CLIENT,
        "called": Party(number="74950000001"),
        "started_at": START,
        "ended_at": at(100),
        "ended": True,
    }
    return CallRecord(**(known | more))  # type: ignore[arg-type]


def ring(party: Party, since: float, until: float | None, result: RingResult | None) -> Ring:
    return Ring(
        leg=Uniqueid(f"leg-{party.label}"),
        party=party,
        offered_at=at(since),
        rang=True,
        rang_at=at(since),
        stopped_at=None if until is None else at(until),
        result=result,
    )


def test_rang_talked_and_held_are_bars_on_one_axis() -> None:
    timeline = timeline_of(
        call(
            rings=(
                ring(BORIS, 0, 10, RingResult.ANSWERED_ELSEWHERE),
                ring(ANNA, 0, 10, RingResult.ANSWERED),
            ),
            talks=(Talk(parties=(CLIENT, ANNA), started_at=at(10), ended_at=at(100)),),
            holds=(Hold(party=ANNA, started_at=at(50), ended_at=at(60)),),
        ),
        now=at(500),
    )
    assert timeline is not None
    assert [row.party for row in timeline.rows] == [CLIENT, BORIS, ANNA]
    assert [row.is_caller for row in timeline.rows] == [True, False, False]
    anna = timeline.rows[2]
    assert [(bar.kind, bar.x, bar.width) for bar in anna.bars] == [
        ("rang", 0.0, 100.0),
        ("talked", 100.0, 900.0),
        ("held", 500.0, 100.0),
    ]
    assert timeline.rows[1].result == "answered_elsewhere"


def test_call_that_goes_on_is_drawn_to_now() -> None:
    timeline = timeline_of(
        call(ended_at=None, ended=False, rings=(ring(ANNA, 10, None, None),)), now=at(20)
    )
    assert timeline is not None
    assert timeline.length_s == 20
    assert timeline.rows[1].bars[0].width == 500.0


def test_short_talk_in_a_long_call_stays_visible_and_on_the_axis() -> None:
    timeline = timeline_of(
        call(talks=(Talk(parties=(CLIENT, ANNA), started_at=at(99.99), ended_at=at(100)),)), at(0)
    )
    assert timeline is not None
    bar = timeline.rows[1].bars[0]
    assert bar.width == NARROWEST
    assert bar.x + bar.width <= 1000


def test_hidden_caller_has_a_row() -> None:
    timeline = timeline_of(call(caller=Party(hidden=True)), at(0))
    assert timeline is not None
    assert timeline.rows[0].is_caller


def test_call_without_a_beginning_is_not_drawn() -> None:
    assert timeline_of(call(started_at=None), at(0)) is None
