"""Clauses of an utterance that has no punctuation: one predicate each, with what stands around it. Pure.

In: analysed words. Out: `Clause`s in order; together they cover the utterance. A clause begins at a conjunction, or
between two predicates.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from calls.promises.russian.family import family
from calls.promises.russian.words import FINITE, IMPERATIVE, INFINITIVE, SHORT, Word

IF, THAT, PURPOSE, WHICH, WHEN, AND, BUT, PLAIN = (
    "if",
    "that",
    "purpose",
    "which",
    "when",
    "and",
    "but",
    "",
)

OPENERS = {
    "если": IF, "ежели": IF, "коли": IF, "раз": IF, "что": THAT, "чтобы": PURPOSE, "чтоб": PURPOSE, "когда": WHEN,
    "как": WHEN, "пока": WHEN, "и": AND, "а": AND, "но": BUT, "или": AND, "либо": AND, "потому": WHICH, "поэтому": PLAIN,
    "поскольку": WHICH, "хотя": WHICH, "зато": BUT, "то": PLAIN, "тогда": PLAIN, "так": PLAIN, "только": PLAIN,
    "где": WHICH, "куда": WHICH, "почему": WHICH, "сколько": WHICH, "однако": BUT, "ибо": WHICH, "будто": THAT,
    "причем": AND,
    "да": PLAIN, "ли": PLAIN,
}  # fmt: skip
FIXED = (
    "может и", "не знаю как", "как правило", "как раз", "как обычно", "так и быть", "то есть", "как нибудь", "как минимум",
    "как всегда", "так же", "что нибудь", "что то", "где то", "как то", "когда нибудь", "ещё раз",
    "еще раз", "один раз", "первый раз", "так как", "не раз", "раз в", "как можно", "ни разу",
    "то же", "пока нет", "пока что", "вот так", "так что", "и так", "как положено",
    "как договаривались", "как договорились", "как обещали", "как обещал", "что касается",
    "так сказать", "не только", "только что", "как говорится", "как только", "потому что",
    "после того как", "до того как", "перед тем как", "так и", "ни и", "и нет", "что ли",
    "раз неделю", "на что", "ничего что", "не что", "и не", "и то", "как вам удобно", "так далее",
    "какой то", "какое то",
)  # fmt: skip
KEEP_OPEN = {"как только": WHEN, "потому что": WHICH, "после того как": WHEN, "до того как": WHEN, "перед тем как": WHEN,
             "так как": WHICH}  # fmt: skip
PARENTHESES = family(
    "может думаю надеюсь кажется знаете понимаете видите скажем значит получается бывает говорю "
    "говорят думаем надеемся полагаю считай считайте представляете слушайте смотрите поймите "
    "поверьте знаешь слушай смотри давай давайте верите пожалуйста простите извините пусть "
    "пускай извиняюсь прошу допустим предположим вижу понимаю понял поняла помню рассчитываю "
    "предполагаю хорошо скажите подскажите"
)
"""Verb forms that stand beside a sentence rather than make one, where there is another predicate."""
GOVERNING = frozenset(
    {"быть", "стать", "мочь", "смочь", "постараться", "попробовать", "готовый", "должный", "успеть"}
)
ENCLITICS = family(
    "вам мне нам вас меня его ее их это все всё тебе уже сами сам сама ему ей им тоже "
    "обязательно пожалуйста"
)


@dataclass(frozen=True, slots=True)
class Clause:
    """words[start:end] with one predicate at most."""

    start: int
    end: int
    opener: str
    head: int
    """Where the predicate stands; -1: none (a bare infinitive is none)."""
    infinitives: tuple[int, ...] = ()


def clauses_of(words: Sequence[Word]) -> list[Clause]:
    """Cut an utterance into clauses."""
    heads = _heads(words)
    pieces: list[tuple[int, int, str]] = []
    for start, end, opener in _segments(words):
        pieces += _split_at_heads(
            words, (start, end, opener), [h for h in heads if start <= h < end]
        )
    return [_clause(words, piece, heads) for piece in _merged(pieces, heads)]


def _heads(words: Sequence[Word]) -> list[int]:
    verbs = [
        at for at, w in enumerate(words) if w.verb and w.verb.form in (FINITE, IMPERATIVE, SHORT)
    ]
    real = [at for at in verbs if words[at].text not in PARENTHESES]
    kept = real or verbs
    return [at for at in kept if not _past_auxiliary(words, at, kept)]


def _past_auxiliary(words: Sequence[Word], at: int, heads: list[int]) -> bool:
    """Whether this is the "было", "будет" of a short participle beside it."""
    beside = [near for near in heads if near != at and abs(near - at) <= 2]
    verb = words[at].verb
    return bool(
        verb
        and verb.lemma == "быть"
        and any((v := words[n].verb) and v.form == SHORT for n in beside)
    )


def _segments(words: Sequence[Word]) -> list[tuple[int, int, str]]:
    """Cut at conjunctions; words of fixed phrases are none."""
    starts: list[tuple[int, str]] = [(0, PLAIN)]
    at = 0
    while at < len(words):
        phrase = _fixed_at(words, at)
        if phrase:
            kind = KEEP_OPEN.get(phrase)
            if kind:
                starts.append((at, kind))
            at += len(phrase.split())
            continue
        kind = _opener(words, at)
        if kind is not None:
            starts.append((at, kind))
        at += 1
    ends = [start for start, _ in starts[1:]] + [len(words)]
    return [(s, e, kind) for (s, kind), e in zip(starts, ends, strict=True) if s < e]


def _opener(words: Sequence[Word], at: int) -> str | None:
    word = words[at]
    if word.text.startswith("котор"):
        return WHICH
    if (
        word.text == "раз"
        and at
        and (
            words[at - 1].adjective
            or words[at - 1].text in ("сколько", "еще", "каждый", "этот", "в")
        )
    ):
        return None
    if (
        word.text == "как"
        and at
        and words[at - 1].text in ("вы", "я", "мы", "вам", "вас", "нам", "ты")
    ):
        return None
    if word.text in ("ли", "да", "так", "только", "то"):
        return None
    return OPENERS.get(word.text)


def _fixed_at(words: Sequence[Word], at: int) -> str:
    for length in (3, 2):
        phrase = " ".join(w.text for w in words[at : at + length])
        if phrase in FIXED:
            return phrase
    return ""


def _split_at_heads(
    words: Sequence[Word], piece: tuple[int, int, str], heads: list[int]
) -> list[tuple[int, int, str]]:
    start, end, opener = piece
    pieces: list[tuple[int, int, str]] = []
    for head, following in pairwise(heads):
        cut = _cut(words, head, following)
        pieces.append((start, cut, opener))
        start, opener = cut, PLAIN
    return [*pieces, (start, end, opener)]


def _cut(words: Sequence[Word], head: int, following: int) -> int:
    """Where the second of two neighbouring clauses begins: at its subject, or just behind the first's pronouns."""
    cut = head + 1
    if (second := words[following].verb) and second.lemma in ("ждать", "благодарить", "извиняться"):
        return following
    verb, nearer = words[head].verb, words[following].verb
    if verb and verb.lemma in GOVERNING:
        governed = [
            at for at in range(cut, following) if (v := words[at].verb) and v.form == INFINITIVE
        ]
        if governed and not any(
            (v := w.verb) and v.form == INFINITIVE for w in words[max(0, head - 3) : head]
        ):
            return governed[0] + 1
    while cut < following and words[cut].text in ENCLITICS:
        cut += 1
    while (
        cut < following and (v := words[cut].verb) and v.form == INFINITIVE and cut + 1 < following
    ):
        cut += 1
    if verb and nearer and verb.form == FINITE and verb.tense != "past":
        for at in range(cut, following):
            if words[at].text in ("я", "мы", "он", "она", "они", "вы", "ну", "сам"):
                return at
    return cut


def _merged(pieces: list[tuple[int, int, str]], heads: list[int]) -> list[tuple[int, int, str]]:
    """Give pieces without a predicate to the one before, or else to the next; "если что" stays alone."""
    merged: list[tuple[int, int, str]] = []
    waiting = -1
    for start, end, opener in pieces:
        headless = not any(start <= head < end for head in heads)
        if headless and merged and opener != IF:
            merged[-1] = (merged[-1][0], end, merged[-1][2])
        elif headless and opener != IF:
            waiting = start if waiting < 0 else waiting
        else:
            merged.append((waiting if waiting >= 0 else start, end, opener))
            waiting = -1
    if waiting >= 0:
        merged.append((waiting, pieces[-1][1], PLAIN))
    return merged


def _clause(words: Sequence[Word], piece: tuple[int, int, str], heads: list[int]) -> Clause:
    start, end, opener = piece
    head = next((h for h in heads if start <= h < end), -1)
    infinitives = tuple(
        at for at in range(start, end) if (verb := words[at].verb) and verb.form == INFINITIVE
    )
    return Clause(start, end, opener, head, infinitives)
