"""Words of a turn as HTML: what scripts play and select by, doubts in words, and nothing but text from what was said."""

import pytest

from web.i18n import use_locale
from web.pages.transcript_view import ShownWord
from web.word_html import words_html


def word(text: str, conf: float | None = 0.9, *, typed: bool = False) -> ShownWord:
    return ShownWord(index=3, text=text, start_s=8.5, end_s=8.95, conf=conf, typed=typed)


def test_words_carry_their_place_and_times() -> None:
    assert words_html([word("вам"), word("да")]) == (
        '<span class="word" data-testid="word" data-index="3" data-start="8.5" data-end="8.95" role="button"'
        ' tabindex="-1">вам</span> <span class="word" data-testid="word" data-index="3" data-start="8.5"'
        ' data-end="8.95" role="button" tabindex="-1">да</span>'
    )


@pytest.mark.parametrize(
    ("shown", "kind", "title"),
    [
        (word("десять", 0.4), "word is-doubtful", "heard with doubt: 40 %"),
        (word("десять", None, typed=True), "word is-typed", "written by a person"),
    ],
)
def test_doubt_and_correction_are_told(shown: ShownWord, kind: str, title: str) -> None:
    with use_locale("en"):
        html = words_html([shown])
    assert f'class="{kind}"' in html
    assert f' title="{title}"' in html


def test_words_are_text_whatever_they_hold() -> None:
    assert "&lt;script&gt;&amp;" in words_html([word("<script>&")])
