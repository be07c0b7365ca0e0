"""Two readings of one recording are compared word by word, quickly also for long calls."""

from __future__ import annotations

from typing import Any

from calls.transcripts.comparing import compare, share_of_change


def words(text: str, start_s: float = 0.0) -> list[dict[str, Any]]:
    return [
        {"word": word, "start_s": start_s + i * 0.5, "end_s": start_s + i * 0.5 + 0.4}
        for i, word in enumerate(text.split())
    ]


def test_what_the_second_reading_heard_otherwise_is_told() -> None:
    found = compare(
        {"client": words("когда будет на кладная"), "operator": words("завтра", 5)},
        {"client": words("когда будет накладная"), "operator": words("завтра утром", 5)},
    )
    told = [(one.side, one.before, one.after, one.same) for one in found]
    assert told == [
        ("client", ("когда", "будет"), ("когда", "будет"), True),
        ("client", ("на", "кладная"), ("накладная",), False),
        ("operator", ("завтра",), ("завтра",), True),
        ("operator", (), ("утром",), False),
    ]
    assert share_of_change(found) == 50


def test_side_that_only_one_reading_heard_is_all_new() -> None:
    (only,) = compare({}, {"client": words("алло")})
    assert (only.before, only.after, only.same) == ((), ("алло",), False)
    assert share_of_change([]) == 0


def test_long_call_is_cut_in_pauses_and_every_word_is_kept() -> None:
    """Two hours of words: pieces end in pauses of both readings, so a shifted word is no change."""
    before = [
        word for turn in range(720) for word in words(f"слово{turn} это было сказано", turn * 10)
    ]
    after = [{**word, "start_s": word["start_s"] + 0.05} for word in before]
    after[100] = {**after[100], "word": "другое"}
    found = compare({"client": before}, {"client": after})
    changed = [one for one in found if not one.same]
    assert [(one.before, one.after) for one in changed] == [(("слово25",), ("другое",))]
    assert sum(len(one.before) for one in found) == len(before)
