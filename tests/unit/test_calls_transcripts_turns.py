"""Both sides at once: where they overlap, and where they only take turns."""

from __future__ import annotations

from calls.transcripts.attribution import Attribution
from calls.transcripts.segments import ChannelTranscript, Side, Utterance, Word, utterances_of
from calls.transcripts.turns import turns_of

NOBODY = Attribution(record=None)


def said(side: Side, *times: tuple[float, float]) -> ChannelTranscript:
    words = [Word(f"w{number}", start, end, 0.9) for number, (start, end) in enumerate(times)]
    return ChannelTranscript(side, utterances_of(words))


def test_both_sides_at_once_are_marked_on_both_turns() -> None:
    client = said(Side.CLIENT, (0.0, 0.5), (0.6, 1.2), (1.3, 2.0))
    operator = said(Side.OPERATOR, (1.0, 1.8), (1.9, 3.0))
    one, other = turns_of([client, operator], NOBODY).turns
    assert one.overlaps == other.overlaps == ((1.0, 2.0),)


def test_pause_in_which_the_other_answers_is_no_overlap() -> None:
    """A turn has pauses of up to 0.7 s: an answer in one of them is heard alone."""
    client = said(Side.CLIENT, (0.0, 0.5), (1.1, 1.6))
    operator = said(Side.OPERATOR, (0.55, 1.05))
    assert all(turn.overlaps == () for turn in turns_of([client, operator], NOBODY).turns)


def test_taking_turns_quickly_is_no_overlap() -> None:
    client, operator = said(Side.CLIENT, (0.0, 1.0)), said(Side.OPERATOR, (0.9, 2.0))
    assert all(turn.overlaps == () for turn in turns_of([client, operator], NOBODY).turns)


def test_turns_of_both_sides_stand_in_the_order_of_time() -> None:
    client = said(Side.CLIENT, (0.0, 1.0), (5.0, 6.0))
    operator = said(Side.OPERATOR, (2.0, 3.0))
    sides = [turn.side for turn in turns_of([client, operator], NOBODY).turns]
    assert sides == [Side.CLIENT, Side.OPERATOR, Side.CLIENT]


def test_turn_without_words_of_its_own_stays_whole() -> None:
    channel = ChannelTranscript(Side.CLIENT, (Utterance(1.0, 3.0, "two words"),))
    (turn,) = turns_of([channel], NOBODY).turns
    assert (turn.text, turn.words, turn.start_s, turn.end_s) == ("two words", (), 1.0, 3.0)
