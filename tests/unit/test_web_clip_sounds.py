"""Shared clips: how often one may ask, that one piece is cut once, ranges of it, and which words belong to it."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from starlette.requests import Request

from calls.tables import Utterance
from web.clip_sounds import MOST_ADDRESSES, PERIOD, AskLimit, ClipSounds
from web.media import piece_response
from web.pages.clip_words import Line, lines_between

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


def test_address_that_asks_too_often_waits_and_others_do_not() -> None:
    limit = AskLimit(most=3)
    assert [limit.wait_s("a", NOW) for _ in range(4)] == [0, 0, 0, 60]
    assert limit.wait_s("b", NOW) == 0
    assert limit.wait_s("a", NOW + PERIOD - timedelta(seconds=10)) == 10
    assert limit.wait_s("a", NOW + PERIOD) == 0


def test_limit_remembers_a_bounded_number_of_addresses() -> None:
    limit = AskLimit(most=1)
    for number in range(MOST_ADDRESSES + 1):
        limit.wait_s(str(number), NOW)
    assert limit.wait_s("1", NOW) > 0
    assert limit.wait_s("0", NOW) == 0, "the oldest was forgotten"


async def test_piece_is_cut_once_for_all_who_wait_and_anew_for_a_changed_recording() -> None:
    sounds, cuts = ClipSounds(most=2), []

    def cut(name: str) -> bytes:
        cuts.append(name)
        return name.encode()

    same = [sounds.of((1, "sha"), lambda: cut("first")) for _ in range(3)]
    assert await asyncio.gather(*same) == [b"first"] * 3
    assert await sounds.of((1, "other"), lambda: cut("changed")) == b"changed"
    assert cuts == ["first", "changed"]
    sounds.forget(1)
    assert await sounds.of((1, "sha"), lambda: cut("again")) == b"again"


def asked(**headers: str) -> Request:
    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return Request({"type": "http", "method": "GET", "headers": raw})


@pytest.mark.parametrize(
    ("header", "status", "body", "told"),
    [
        ("", 200, b"0123456789", None),
        ("bytes=0-", 206, b"0123456789", "bytes 0-9/10"),
        ("bytes=2-4", 206, b"234", "bytes 2-4/10"),
        ("bytes=8-99", 206, b"89", "bytes 8-9/10"),
        ("bytes=-3", 206, b"789", "bytes 7-9/10"),
        ("bytes=10-", 416, b"", "bytes */10"),
        ("bytes=5-2", 416, b"", "bytes */10"),
        ("bytes=-0", 416, b"", "bytes */10"),
        ("bytes=-", 200, b"0123456789", None),
        ("bytes=0-1,3-4", 200, b"0123456789", None),
        ("lines=1-2", 200, b"0123456789", None),
    ],
)
def test_range_of_a_piece(header: str, status: int, body: bytes, told: str | None) -> None:
    answer = piece_response(asked(range=header), b"0123456789", "audio/mpeg", {})
    assert (answer.status_code, answer.body) == (status, body)
    assert answer.headers.get("content-range") == told
    assert answer.headers["accept-ranges"] == "bytes"


def test_range_of_another_piece_is_answered_with_the_whole() -> None:
    first = piece_response(asked(range="bytes=0-1"), b"old", "audio/mpeg", {})
    etag = first.headers["etag"]
    again = piece_response(asked(range="bytes=1-", if_range=etag), b"new", "audio/mpeg", {})
    assert (again.status_code, again.body) == (200, b"new")


def said(turn: int, side: str, text: str, start_s: float, *, timed: bool = True) -> Utterance:
    """A turn whose words take a second each."""
    words = [
        {"word": word, "start_s": start_s + index, "end_s": start_s + index + 0.9, "conf": 1.0}
        for index, word in enumerate(text.split())
    ]
    return Utterance(
        turn=turn, side=side, text=text, start_s=start_s, end_s=start_s + len(words),
        words=words if timed else [],
    )  # fmt: skip


def test_words_of_a_piece_are_those_that_lie_within() -> None:
    turns = [said(0, "client", "one two three four", 0), said(1, "operator", "five six", 2)]
    assert lines_between(turns, 1, 2.9) == [Line("client", "two three"), Line("operator", "five")]
    assert lines_between(turns, 1, 3.9, "operator") == [Line("operator", "five six")]
    assert lines_between(turns, 10, 20) == []


def test_correction_is_what_is_shown() -> None:
    turn = said(0, "client", "won two", 0)
    turn.corrected = "one two"
    turn.corrected_words = [
        {"word": "one", "start_s": 0, "end_s": 0.9, "conf": None},
        {"word": "two", "start_s": 1, "end_s": 1.9, "conf": None},
    ]
    assert lines_between([turn], 0, 1) == [Line("client", "one")]


def test_turn_without_times_of_its_words_is_told_only_as_a_whole() -> None:
    turns = [said(0, "client", "one two three", 0, timed=False)]
    assert lines_between(turns, 0, 3) == [Line("client", "one two three")]
    assert lines_between(turns, 0.5, 3) == []
