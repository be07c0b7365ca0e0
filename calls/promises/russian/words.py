"""Words of a Russian utterance and what their forms say: lemmas, cases, and who acts when. Pure.

In: text as a speech engine writes it. Out: `Word`s, one for each part between spaces. Word forms are analysed once.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

import pymorphy3

from calls.promises.russian.family import family
from calls.promises.russian.lexicon import ALL
from calls.promises.russian.number_words import NUMBER_WORDS

FINITE, INFINITIVE, IMPERATIVE, SHORT = "finite", "infinitive", "imperative", "short"
"""Forms of a predicate. Short: short participles, and the short adjectives that govern an infinitive."""

SHORT_ADJECTIVES = {
    "намеренный",
    "должный",
    "готовый",
    "обязанный",
    "вынужденный",
    "согласный",
    "рад",
    "рада",
    "способный",
}
NEVER_VERBS = NUMBER_WORDS | {
    "нибудь", "почти", "пеню", "пени", "день", "мой", "моя", "мою", "моем", "при", "дня", "дней", "нет",
    "жил", "ток", "стекло", "есть",
    "знать", "мыло", "пила", "печь", "дело", "сели", "мели", "прямо", "село", "число", "стих", "смели", "весь",
    "вести", "честь", "стать", "лечу", "вон", "смог", "доли", "пыли", "дали", "вроде", "пока", "уже", "вина", "чтобы",
    "замер", "секунду", "минуту", "как", "том", "кожа", "вел", "жму", "суши", "трем", "мало", "спасибо", "что", "извините",
} - {"дали", "вести", "стать", "смог", "знать", "печь"}  # fmt: skip
"""Forms that dictionaries also know as verbs, and nobody uses so on the telephone."""
PREFIXES = ("от", "пере", "при", "вы", "за", "с", "по", "на", "про", "до", "под")
"""Of verbs that no dictionary has («отзвонюсь»): taken as perfective."""
STILL_VERBS = frozenset({"положим"})
"""«положим» as "suppose" is bookish."""
MISHEARD = {"будит": "будет", "будите": "будете"}
"""Forms that sound like one that is said a hundred times as often."""
USUAL = family("заплатить платить стоить оплатить возить свести нести везти переводить проводить")
MOTION = ("водить", "возить", "ходить", "носить", "ездить", "водиться", "ходиться", "возиться")
LIKELY = 0.02
VERBAL = 0.28
"""The least share of verbal readings that makes a word form a verb."""


@dataclass(frozen=True, slots=True)
class Verb:
    """The verbal reading of a word form."""

    lemma: str
    form: str
    person: int = 0
    plural: bool = False
    tense: str = ""
    """"past", "pres", "futr" or ""."""
    perfective: bool = False

    @property
    def future(self) -> bool:
        """Whether it speaks of what will be: perfective non-past, or a form of "быть"."""
        return self.form == FINITE and self.tense == "futr"


@dataclass(frozen=True, slots=True)
class Word:
    """A word form: all that later steps ask of it."""

    text: str
    """Lower case, е for ё."""
    lemmas: frozenset[str]
    verb: Verb | None
    noun: bool
    adjective: bool
    nominative: bool
    genitive: bool
    animate: bool
    person_name: bool

    def of(self, *lexicons: frozenset[str]) -> bool:
        """Whether a lemma (or the form itself) is in one of the lexicons."""
        return any(self.text in known or not self.lemmas.isdisjoint(known) for known in lexicons)


def words_of(text: str) -> list[Word]:
    """Split at spaces and look every word up."""
    return [word(part) for part in text.split()]


def plain(text: str) -> str:
    """Lower case, е for ё, without marks around the word."""
    return text.lower().replace("ё", "е").strip('.,!?;:…«»"()—-')


@cache
def _morphology() -> Any:
    return pymorphy3.MorphAnalyzer()


def word(text: str) -> Word:
    """Analyse one word form."""
    heard = plain(text)
    return _analysed(MISHEARD.get(heard, heard))


@lru_cache(maxsize=100_000)
def _analysed(text: str) -> Word:
    parses = [parse for parse in _morphology().parse(text) if parse.score >= LIKELY] if text else []
    nouns = [p for p in parses if p.tag.POS in ("NOUN", "NPRO")]
    return Word(
        text=text,
        lemmas=frozenset(plain(parse.normal_form) for parse in parses),
        verb=None if text in NEVER_VERBS else _verb(parses),
        noun=bool(nouns),
        adjective=any(p.tag.POS in ("ADJF", "PRTF", "NUMR") for p in parses),
        nominative=any(p.tag.case == "nomn" and p.score > 0.04 for p in nouns),
        genitive=any(p.tag.case in ("gent", "gen2") for p in nouns),
        animate=any(p.tag.animacy == "anim" for p in nouns),
        person_name=any("Name" in p.tag or "Patr" in p.tag or "Surn" in p.tag for p in nouns[:2]),
    )


def _verb(parses: list[Any]) -> Verb | None:
    """The best verbal reading; an indicative one before an imperative, for "вернём" is both."""
    found = [parse for parse in parses if _form(parse)]
    rare = sum(parse.score for parse in found) < VERBAL
    if not found or (rare and found[0].word not in STILL_VERBS):
        return None
    found.sort(key=lambda parse: ("incl" in parse.tag, -round(parse.score, 2), _walking(parse)))
    meant = _meant(found)
    tag = meant.tag
    unheard = not meant.is_known and str(meant.normal_form).startswith(PREFIXES)
    guessed = tag.tense == "pres" and (unheard or _both_aspects(meant, found))
    return Verb(
        lemma=plain(meant.normal_form),
        form=_form(meant),
        person=int(tag.person[0]) if tag.person else 0,
        plural=tag.number == "plur",
        tense="futr" if guessed else tag.tense or "",
        perfective=guessed or tag.aspect == "perf",
    )


def _meant(found: list[Any]) -> Any:
    """Of verbs with one form the one that is meant in business: nobody weeps, and things cost."""
    usual = (parse for parse in found if plain(parse.normal_form) in USUAL)
    known = (parse for parse in found if plain(parse.normal_form) in ALL)
    best = found[0]
    return next(usual, best if plain(best.normal_form) in ALL else next(known, best))


def _walking(parse: Any) -> bool:
    """«перевожу» as "I shall lead about": nobody says so."""
    return str(parse.normal_form).endswith(MOTION) and parse.tag.tense == "futr"


def _both_aspects(meant: Any, found: list[Any]) -> bool:
    """«компенсируем» is present and future; as an act it is a future. Verbs of motion are not meant («нахожу»)."""
    lemma = str(meant.normal_form)
    return not lemma.endswith(MOTION) and any(
        parse.normal_form == lemma and parse.tag.tense == "futr" for parse in found
    )


def _form(parse: Any) -> str:
    match parse.tag.POS:
        case "VERB":
            return IMPERATIVE if "impr" in parse.tag else FINITE
        case "INFN":
            return INFINITIVE
        case "PRTS":
            return SHORT
        case "ADJS" if plain(parse.normal_form) in SHORT_ADJECTIVES:
            return SHORT
        case _:
            return ""
