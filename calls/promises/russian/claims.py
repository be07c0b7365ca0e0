"""Claims: the other side, or its staff, is said to have promised. Pure.

In: an utterance. Out: where the claim is, or None. Who promised decides: "you" and the other side's people do, neighbours
and banks do not; and what was said must be something that binds.
"""

from __future__ import annotations

from dataclasses import dataclass

from calls.promises.russian import lexicon as lex
from calls.promises.russian.number_words import TIME_UNITS
from calls.promises.russian.numbers import unit_of
from calls.promises.russian.speakers import promiser_bound, pronoun_before
from calls.promises.russian.utterance import Utterance, negated
from calls.promises.russian.words import FINITE, INFINITIVE, SHORT, Word

CONTENT_NOUNS = (
    lex.DISCOUNT
    | lex.REFUND
    | lex.FREE
    | lex.GUARANTEE
    | lex.PRICE
    | lex.REPLACE
    | frozenset(
        {
            "доставка",
            "процент",
            "рассрочка",
            "компенсация",
            "подарок",
            "возврат",
            "бонус",
            "выезд",
            "ремонт",
            "срок",
        }
    )
)
FAILED = (
    "так и не",
    "до сих пор",
    "а в итоге",
    "в итоге",
    "уже вечер",
    "уже неделя",
    "ничего нет",
    "и тишина",
    "никого нет",
    "и где",
    "ничего не",
)


@dataclass(frozen=True, slots=True)
class Claim:
    """The word of saying, and whether the claim also says that it was not kept."""

    at: int
    strong: bool


def claim_in(utterance: Utterance) -> Claim | None:
    """Find the first claim of an utterance."""
    for at, word in enumerate(utterance.words):
        if _says(utterance, at) and not _concludes(utterance, at) and promiser_bound(utterance, at):
            strong = word.of(lex.STRONG_SAY) or word.of(lex.AGREE)
            if (strong and not _thanks(utterance, at)) or (not strong and _binds(utterance, at)):
                return Claim(at, strong)
    return _given_word(utterance) or _arranged(utterance)


def _says(utterance: Utterance, at: int) -> bool:
    word = utterance.words[at]
    verb = word.verb
    if word.text.startswith("обещанн"):
        return utterance.side != "operator"
    if verb is None or negated(utterance, at) or not word.of(lex.STRONG_SAY, lex.TELL, lex.AGREE):
        return False
    if verb.form == SHORT:
        return (
            verb.lemma in ("обещать", "пообещать", "сказать", "гарантировать", "оговорить")
            and verb.lemma != "гарантировать"
        )
    past = verb.form == FINITE and verb.tense == "past"
    present = (
        verb.form == FINITE
        and verb.tense == "pres"
        and verb.person == 2
        and word.of(lex.STRONG_SAY)
    )
    return (past and not _own_wish(utterance, at)) or (
        present and at > 0 and utterance.words[at - 1].text == "вы"
    )


def _concludes(utterance: Utterance, at: int) -> bool:
    """«договорились», «хорошо, договорились, жду»: agreed just now."""
    verb = utterance.words[at].verb
    told = {"мы", "вы", "вами", "же", "что"} & set(utterance.texts())
    return verb is not None and verb.perfective and utterance.words[at].of(lex.AGREE) and not told


def _own_wish(utterance: Utterance, at: int) -> bool:
    return (at > 0 and utterance.words[at - 1].text in ("бы", "б")) or utterance.texts()[
        at + 1 : at + 2
    ] == ["бы"]


def _binds(utterance: Utterance, at: int) -> bool:
    """Whether what was said is a promise: a future, an infinitive of an act, or a favour."""
    content = utterance.words[at + 1 :] + utterance.words[:at]
    after = utterance.words[at + 1 :]
    if any(
        w.verb
        and w.verb.future
        and w.verb.person in (1, 2, 3)
        and w.verb.lemma not in ("мочь", "смочь")
        for w in after
    ):
        return not _asks_to(after)
    if any(w.of(CONTENT_NOUNS) for w in content) and not _asks_to(after):
        return utterance.words[at].verb is not None and not any(
            w.text in ("нет", "нельзя") for w in after
        )
    if _promised_state(after):
        return True
    before = [w for w in utterance.words[:at] if w.verb and w.verb.future]
    return bool(before) and utterance.side != "operator"


def _promised_state(after: list[Word]) -> bool:
    """«сказали, что готово завтра», «говорили три дня и всё», «назвали пять тысяч»."""
    return any(unit_of(w) in TIME_UNITS for w in after[:4]) or any(
        w.text
        in (
            "бесплатно",
            "бесплатная",
            "вернете",
            "точно",
            "готово",
            "готов",
            "готова",
            "тысяч",
            "рублей",
            "тысячи",
        )
        for w in after
    )


def _asks_to(after: list[Word]) -> bool:
    """«сказали подождать», «сказали, чтобы я позвонил»."""
    return any(w.text in ("чтобы", "надо", "нужно") for w in after[:4]) or bool(
        after and after[0].verb and after[0].verb.form == INFINITIVE
    )


def _thanks(utterance: Utterance, at: int) -> bool:
    """«как и обещали», «спасибо, привезли, как обещали»: nobody complains."""
    before = utterance.texts()[max(0, at - 3) : at]
    return (
        "как" in before
        and (utterance.has(None, frozenset({"спасибо"})) or utterance.side == "operator")
    ) or (
        utterance.says(
            None,
            "погоду обещали",
            "дожди обещали",
            "обещали дождь",
            "обещали снег",
            "обещали дожди",
            "обещают",
        )
    )


def _given_word(utterance: Utterance) -> Claim | None:
    """«вы дали слово», «слово давали», «вы не сдержали обещание», «с ваших слов»."""
    said = utterance.side != "operator" or "вы" in utterance.texts()
    for at, word in enumerate(utterance.words):
        verb = word.verb
        if (
            not verb
            or verb.tense != "past"
            or not said
            or pronoun_before(utterance, at, ("я", "мы"))
        ):
            continue
        gives = word.of(
            frozenset({"дать", "давать", "сдержать", "взять", "нарушить", "выполнить", "держать"})
        )
        if gives and any(w.of(lex.GIVEN_WORD) for w in utterance.words[max(0, at - 3) : at + 4]):
            return Claim(at, True)
    if utterance.says(None, "с ваших слов", "по вашим словам") and utterance.side != "operator":
        return Claim(0, True)
    return None


def _arranged(utterance: Utterance) -> Claim | None:
    """«мне зафиксировали цену …, а теперь пересчитали»: arranged for me, and now it is otherwise."""
    if utterance.side == "operator" or not any(
        t in ("мне", "нам", "меня", "нас") for t in utterance.texts()
    ):
        return None
    for at, word in enumerate(utterance.words):
        verb = word.verb
        if (
            verb
            and verb.form == FINITE
            and verb.tense == "past"
            and (verb.plural or utterance.has(None, lex.STAFF))
            and word.of(lex.ARRANGED)
            and {"а", "но"} & set(utterance.texts()[at + 1 :])
            and not negated(utterance, at)
        ):
            return Claim(at, False)
    return None
