"""English sentences: each rule by the sentence that shows it."""

from datetime import datetime

import pytest

from calls.promises.english import sentence
from calls.promises.model import ActionKind, Label, Strength

WEDNESDAY = datetime.fromisoformat("2026-03-11T14:20:31+00:00")


def label(text: str, side: str = "operator") -> str:
    return sentence(text, WEDNESDAY, side).label.value


@pytest.mark.parametrize(
    ("text", "side"),
    [
        ("our fitter's coming out to you on thursday", "operator"),
        ("your gym fee will be returned to you in a week", "operator"),
        ("you won't pay a penny for the second coat", "operator"),
        ("we are waving the cancellation charge for you this once", "operator"),
        ("if it clogs again we'll swap the pump", "operator"),
        ("let me ring you back at four", "operator"),
        ("consider it done", "operator"),
        ("i'll put you through to billing", "operator"),
        ("the rate is locked in for you until june", "operator"),
        ("i'll drop the seventy five bucks in tomorrow", "client"),
        ("my bookkeeper will wire you the money on friday", "client"),
    ],
)
def test_speaker_who_binds_himself_promises(text: str, side: str) -> None:
    assert label(text, side) == "promise"


@pytest.mark.parametrize(
    ("text", "side"),
    [
        ("would you like me to call you back", "operator"),
        ("shall i book you in for tuesday", "operator"),
        ("i'll just pull up your file", "operator"),
        ("i'll put you on hold for a second", "operator"),
        ("it usually takes a week", "operator"),
        ("if we had a van free we would have come", "operator"),
        ("the bank will send you a new card", "operator"),
        ("could you send me the invoice by friday", "client"),
        ("i'm going to think about it", "client"),
        ("i'll take my business elsewhere", "client"),
        ("my sister said the bank would send her a card", "client"),
        ("i can't hear you", "client"),
        ("my car won't start", "client"),
        ("", "client"),
        ("um", "operator"),
    ],
)
def test_words_that_bind_nobody_give_none(text: str, side: str) -> None:
    assert label(text, side) == "none"


@pytest.mark.parametrize(
    ("text", "side"),
    [
        ("you told me the plumber would come today", "client"),
        ("i was promised a call back and heard nothing", "client"),
        ("someone was supposed to measure the windows on thursday", "client"),
        ("you promised to settle the outstanding amount", "operator"),
    ],
)
def test_reported_promise_of_the_other_side_is_a_claim(text: str, side: str) -> None:
    assert label(text, side) == "claim"


@pytest.mark.parametrize(
    ("text", "side"),
    [
        ("thirty percent is out of the question", "operator"),
        ("i can't promise it'll be there by friday", "operator"),
        ("that's not something we can waive", "operator"),
        ("no i'm not paying forty quid for that", "client"),
    ],
)
def test_declining_words_are_a_refusal(text: str, side: str) -> None:
    assert label(text, side) == "refusal"


def test_promise_says_what_how_much_and_until_when() -> None:
    act = sentence(
        "we should refund you a hundred and twenty quid by noon on friday", WEDNESDAY, "operator"
    )
    assert act.label is Label.PROMISE
    assert act.action is ActionKind.REFUND
    assert act.amount is not None
    assert (act.amount.value, act.amount.unit) == (120, "GBP")
    assert str(act.due) == "2026-03-13T12:00"
    assert act.strength is Strength.HEDGED


def test_words_of_an_act_are_those_of_its_clause() -> None:
    text = "it is broken i know but we'll replace it on monday"
    act = sentence(text, WEDNESDAY, "operator")
    spoken = text.split()
    assert spoken[act.word_to] == "monday"
    assert "we'll" in spoken[act.word_from : act.word_to]
    assert "broken" not in spoken[act.word_from : act.word_to]


@pytest.mark.parametrize(
    ("text", "side", "kind"),
    [
        ("your roof is covered by us for ten years", "operator", "guarantee"),
        ("that rate is guaranteed for you until the end of the year", "operator", "price"),
        ("he said he'd call me back on monday", "client", "callback"),
        ("the lady who set up my account said there'd be no fee", "client", "waiver"),
        ("he'd call me back on monday your manager said", "client", "callback"),
    ],
)
def test_act_is_named_by_its_own_words(text: str, side: str, kind: str) -> None:
    act = sentence(text, WEDNESDAY, side)
    assert act.label is (Label.PROMISE if side == "operator" else Label.CLAIM)
    assert act.action is not None
    assert act.action.value == kind


def test_report_of_a_friend_who_recommended_is_no_claim() -> None:
    assert label("the friend who recommended you said there'd be no fee", "client") == "none"


def test_thing_kept_until_an_hour_past_is_kept_until_the_evening() -> None:
    act = sentence("we'll hold the table for you until eight", WEDNESDAY, "operator")
    assert str(act.due) == f"{WEDNESDAY.date()}T20:00"
