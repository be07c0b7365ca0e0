"""An utterance as a row of plain words: contractions undone, usual mishearings mended, numbers folded. Pure.

In: text as the speech engine or a person wrote it. Out: `Said`: tokens such as "will", "not", "#120" (a number), "@25"
(an ordinal), "#2_30" (two numbers said as one: half past two, or two hundred and thirty), each with the
words it came from.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from calls.promises.english.homophones import mend
from calls.promises.english.listed import listed
from calls.promises.english.numbers import Token, fold

CONTRACTED = {
    "won't": "will not",
    "can't": "can not",
    "cannot": "can not",
    "shan't": "shall not",
    "ain't": "is not",
    "let's": "let us",
    "gonna": "going to",
    "wanna": "want to",
    "gotta": "got to",
    "lemme": "let me",
    "gimme": "give me",
    "y'all": "you",
    "ma'am": "madam",
    "o'clock": "oclock",
    "ya": "you",
    "ill": "i will",
    "wont": "will not",
    "cant": "can not",
    "dont": "do not",
    "doesnt": "does not",
    "didnt": "did not",
    "isnt": "is not",
    "wasnt": "was not",
    "youll": "you will",
    "theyll": "they will",
    "itll": "it will",
    "ive": "i have",
    "im": "i am",
    "youre": "you are",
    "theyre": "they are",
    "thats": "that is",
    "whats": "what is",
    "wouldnt": "would not",
    "couldnt": "could not",
    "%": "percent",
}
ENDINGS = {"n't": "not", "'ll": "will", "'re": "are", "'ve": "have", "'m": "am", "'d": "'d"}
IS_HOSTS = listed(
    "he she it that this there here what who where when how everything someone somebody", "nobody"
)
"""After these "'s" is a verb; after a noun only where a verb or adverb of its own follows."""
NOT_OWNED = re.compile(
    r"(?:\w+ing|going|coming|not|all|on|out|to|free|ready|been|gonna|due|still|already|"
    r"just|always|never|booked|locked"
    r"|fixed|held|covered|waived|included|in|at|yours|under|supposed|sorted|guaranteed|"
    r"refunded|sent|no|about)$"
)
SYMBOLS = re.compile(r"([$£€])\s?([\d.,]*\d)(k?)")
CURRENCY = {"$": "dollars", "£": "pounds", "€": "euros"}
STOP = "."
"""The token of a written full stop, question mark or comma that ends a sentence."""


@dataclass(frozen=True, slots=True)
class Said:
    """The tokens of one utterance; `tokens[i]` came from its words `first[i]` to `last[i]`, inclusive."""

    tokens: tuple[str, ...]
    first: tuple[int, ...]
    last: tuple[int, ...]

    def text(self, start: int = 0, end: int | None = None) -> str:
        """The tokens of a span with a space on both sides, for patterns."""
        return f" {' '.join(self.tokens[start:end])} "


def said(text: str) -> Said:
    """Read an utterance."""
    tokens = fold(_straightened(mend(list(_tokens(text)))))
    return Said(
        tuple(token.text for token in tokens),
        tuple(token.first for token in tokens),
        tuple(token.last for token in tokens),
    )


def _straightened(tokens: list[Token]) -> list[Token]:
    """Read "what I'll do is call you" as "I'll call you"."""
    texts = [token.text for token in tokens]
    for at in range(len(texts) - 4):
        if (
            texts[at] in {"what", "all"}
            and texts[at + 1] in {"i", "we"}
            and texts[at + 3 : at + 5] == ["do", "is"]
        ):
            rest = at + 7 if texts[at + 5 : at + 7] == texts[at + 1 : at + 3] else at + 5
            return [*tokens[:at], *tokens[at + 1 : at + 3], *tokens[rest:]]
    return tokens


def _tokens(text: str) -> Iterator[Token]:
    words = text.lower().replace("\u2019", "'").split()
    for index, word in enumerate(words):
        following = words[index + 1] if index + 1 < len(words) else ""
        for part in _parts(word, following):
            yield Token(part, index, index)


def _parts(word: str, following: str) -> Iterator[str]:
    money = SYMBOLS.match(word)
    if money:
        word = f"{money[2]}{money[3]}"
    bare = (
        word.strip('.,!?;:"()[]-\u2013\u2014')
        if not re.fullmatch(r"[\d.,:]+", word)
        else word.strip(".,!?;")
    )
    ended = bool(bare) and word.endswith((".", "?", "!", ";"))
    for piece in bare.split("-") if "-" in bare else (bare,):
        if piece:
            yield from _undone(piece.strip("'"), following)
    if money:
        yield CURRENCY[money[1]]
    if ended:
        yield STOP


def _undone(word: str, following: str) -> Iterator[str]:
    """Undo a contraction: "we'll" is "we will"."""
    if word in CONTRACTED:
        yield from CONTRACTED[word].split()
        return
    if word[-1:] == "%" and re.fullmatch(r"\d[\d.,]*%", word):
        yield from (word[:-1], "percent")
        return
    for ending, full in ENDINGS.items():
        if word.endswith(ending) and len(word) > len(ending):
            yield from (word[: -len(ending)], full)
            return
    if word.endswith("'s"):
        yield word[:-2]
        yield "is" if word[:-2] in IS_HOSTS or NOT_OWNED.match(following) else "'s"
        return
    yield word.replace("'", "")
