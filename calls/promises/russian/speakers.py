"""Who is said to have spoken: the other side and its people, or somebody else. Pure.

In: an utterance and the place of a word of saying. Out: whether that word binds the other side; pronouns before it.
"""

from __future__ import annotations

from calls.promises.russian import lexicon as lex
from calls.promises.russian.family import family
from calls.promises.russian.utterance import CLIENT, PREPOSITIONS, Utterance
from calls.promises.russian.words import FINITE, SHORT, Word

THIRD_FIRMS = frozenset({"страховая", "банк", "налоговая", "полиция", "почта", "поликлиника"})
FIRMS_BY_ADJECTIVE = family("страховая налоговая")
CARRIERS = family("курьер почтальон таксист")
"""They speak for the other side only of their own coming; «ваш курьер» always does."""
CHIEFS = family("начальник директор руководитель шеф")
FROM_EMPLOYERS = family("отпуск отгул премия зарплата повышение прибавка выходной")


def promiser_bound(utterance: Utterance, at: int) -> bool:
    """Whether it is the other side that spoke the word of saying at a place."""
    texts = utterance.texts()
    near = range(max(0, at - 6), min(len(texts), at + 4))
    third, staff = _named(utterance, at, near)
    you = [i for i in near if texts[i] in ("вы", "ты") and _same_clause(utterance, i, at)]
    if any(i < at or not third for i in you):
        return True
    pronoun = pronoun_before(utterance, at, ("я", "мы"))
    verb = utterance.words[at].verb
    if pronoun and verb and not (pronoun == "мы" and verb.lemma in lex.AGREE):
        return False
    yours = any(
        texts[i] in ("ваш", "ваша", "ваши", "вашего", "вашей") and i <= at + 1 for i in near
    ) or any(
        texts[i] in ("у", "от", "в", "на", "из")
        and texts[i + 1 : i + 2]
        and texts[i + 1].startswith("ва")
        for i in near
    )
    if yours:
        return True
    if third:
        return False
    if staff:
        return True
    if pronoun_before(utterance, at, ("он", "она", "они", "кто", "никто")):
        return False
    return _unnamed(utterance, at)


def _unnamed(utterance: Utterance, at: int) -> bool:
    """No subject at all: «мне обещали», «обещал перезвонить»."""
    word, verb = utterance.words[at], utterance.words[at].verb
    if verb is None:
        return True
    if verb.form == SHORT or verb.plural or verb.person == 2:
        return (
            utterance.side == CLIENT
            or utterance.side == "unknown"
            or word.of(lex.AGREE)
            or "нам" in utterance.texts()
        )
    to_me = any(t in ("мне", "нам", "меня", "нас") for t in utterance.texts())
    return (utterance.side != "operator" and word.of(lex.STRONG_SAY)) or (
        to_me and utterance.side == CLIENT
    )


def _named(utterance: Utterance, at: int, near: range) -> tuple[bool, bool]:
    """Whether third parties, and whether the other side's staff, are named as speaker."""
    third = staff = False
    for i in near:
        word = utterance.words[i]
        governed = i > 0 and (utterance.words[i - 1].text in PREPOSITIONS)
        if governed and word.of(lex.THIRD_PLACE) and _same_clause(utterance, i, at):
            third = True
        if word.text in FIRMS_BY_ADJECTIVE and not governed and _same_clause(utterance, i, at):
            third = True
        if not word.noun or word.verb or not _same_clause(utterance, i, at):
            continue
        nominative = word.nominative or i == at - 1
        if (
            (word.of(lex.THIRD_PLACE) and governed)
            or (governed and i > 1 and utterance.words[i - 1].of(frozenset({"другой", "соседний"})))
            or (nominative and (word.of(THIRD_FIRMS) or _own_circle(utterance, word)))
        ):
            third = True
        elif (
            (word.of(lex.STAFF) or word.person_name)
            and not governed
            and (word.nominative or i < at)
        ):
            staff = True
    texts = utterance.texts()
    third = third or any(
        texts[i].startswith(("друг", "соседн")) and texts[i - 1 : i] in (["в"], ["у"], ["на"])
        for i in near
    )
    antecedent = _before_which(utterance, at)
    if antecedent is not None:
        third = third or antecedent.of(lex.THIRD - lex.STAFF)
        staff = staff or antecedent.of(lex.STAFF)
    return third, staff


def _own_circle(utterance: Utterance, word: Word) -> bool:
    """Family and neighbours; a chief only where he is one's own, who gives leave and wages."""
    if word.of(CHIEFS):
        return utterance.has(None, FROM_EMPLOYERS)
    if word.of(CARRIERS):
        return not utterance.has(None, lex.STRONG_BRING, lex.STRONG_COME)
    return word.of(lex.THIRD)


def _before_which(utterance: Utterance, at: int) -> Word | None:
    """«девушка, которая оформляла договор, сказала»: who speaks stands before a clause with a verb of its own."""
    for i in range(at - 2, max(0, at - 9), -1):
        if not utterance.words[i].text.startswith("котор"):
            continue
        finite = [w for w in utterance.words[i:at] if w.verb and w.verb.form == FINITE]
        behind = i - 2 if utterance.words[i - 1].text in PREPOSITIONS else i - 1
        if len(finite) == 1 and behind >= 0 and utterance.words[behind].noun:
            return utterance.words[behind]
    return None


def _same_clause(utterance: Utterance, i: int, at: int) -> bool:
    low, high = min(i, at), max(i, at)
    return not any(
        (verb := utterance.words[k].verb)
        and verb.form == FINITE
        and k != at
        and verb.lemma not in ("быть", "мочь")
        for k in range(low, high)
    )


def pronoun_before(utterance: Utterance, at: int, pronouns: tuple[str, ...]) -> str:
    """The one of these pronouns that is the subject of the verb at a place, or ""."""
    texts = utterance.texts()
    near: list[int] = [*range(at - 1, max(-1, at - 5), -1), *range(at + 1, min(len(texts), at + 3))]
    for i in near:
        if texts[i] in pronouns and _same_clause(utterance, i, at):
            return texts[i]
    return ""
