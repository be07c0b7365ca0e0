"""Whether an utterance asks: Russian without punctuation shows it by its first words, "ли", infinitives and "или". Pure.

In: an utterance. Out: which of its clauses are questions.
"""

from __future__ import annotations

from calls.promises.russian.clauses import Clause
from calls.promises.russian.family import family
from calls.promises.russian.utterance import CLIENT, Utterance, negated
from calls.promises.russian.words import FINITE, SHORT

FILLERS = family(
    "а и ну да так скажите подскажите слушайте извините здравствуйте добрый день утро вечер "
    "пожалуйста вот алло девушка простите хорошо ладно понятно ага угу то есть уточните можете "
    "сказать хотел хотела узнать спросить бы ой слушай молодой человек тогда это вообще "
    "интересует интересно ясно ок окей но еще всё все"
)
WH = family(
    "где куда откуда почему зачем сколько какой какая какое какие каком какую каких какого "
    "каким кто чей чья чьи кому кого чем отчего насколько докуда когда как что чего какому кем"
)
YES_NO = family(
    "можно можете могли сможете хотите желаете нужно удобно правда верно правильно разве "
    "неужели нельзя будете помните знаете получится интересует слышите готовы согласны есть "
    "хотели мог могла могу подойдет устроит"
)
TAGS = family(
    "да нет так верно правильно удобно подойдет устроит хорошо договорились нужен нужна нужно "
    "нужны можно ладно"
)
ASK_VERBS = family(
    "узнать спросить подсказать уточнить сказать интересовать интересоваться понять выяснить "
    "проверить посмотреть знать"
)


def asked(utterance: Utterance) -> frozenset[int]:
    """Indices of the clauses that are asked, not said."""
    first = _first(utterance)
    texts = utterance.texts()
    if first >= len(texts):
        return frozenset()
    found: set[int] = set()
    for index, clause in enumerate(utterance.clauses):
        if _asks(utterance, clause, index) or _embedded(utterance, index):
            found.add(index)
    if _whole(utterance, first):
        found |= set(range(_until_speaker_acts(utterance)))
    return frozenset(found)


def _until_speaker_acts(utterance: Utterance) -> int:
    """How many clauses a question at the start covers: up to one in which the speaker says what he will do."""
    for index, clause in enumerate(utterance.clauses):
        verb = utterance.verb(clause.head)
        texts = utterance.texts(clause)
        acts = verb is not None and verb.person == 1 and verb.tense in ("futr", "pres")
        if (
            index
            and acts
            and clause.opener not in ("if", "that", "which", "when")
            and {"я", "мы"} & set(texts)
            and clause.start > 3
        ):
            return index
    return len(utterance.clauses)


def _first(utterance: Utterance) -> int:
    at = 0
    texts = utterance.texts()
    while at < len(texts) and (texts[at] in FILLERS or utterance.words[at].person_name):
        at += 1
    return at


def _whole(utterance: Utterance, first: int) -> bool:
    """A question word at the start asks for all, unless it only dates what follows: «как придёт, позвоню»."""
    word = utterance.texts()[first]
    if utterance.says(None, "бы ни", "бы не"):
        return False
    before = utterance.texts()[first - 1] if first else ""
    pair = utterance.texts()[first : first + 2]
    if (
        word in ("в", "во", "на", "с", "до", "к", "по", "за", "о", "от", "у", "для", "через")
        and len(pair) > 1
    ):
        return pair[1] in WH and pair[1] != "как"
    if word in WH:
        return not _dates_what_follows(utterance, first, word, before)
    if word in ("хотите", "желаете", "не") and pair[-1] in (
        "хотите",
        "желаете",
        "подскажете",
        "могли",
        "подскажите",
    ):
        return True
    if word in (
        "хотите",
        "желаете",
        "разве",
        "неужели",
        "можно",
        "можете",
        "сможете",
        "правда",
        "могли",
    ) or _infinitive_asks(utterance, first):
        return not _promises_later(utterance, first)
    return word == "если" and before == "а" and not _speaker_acts(utterance)


def _dates_what_follows(utterance: Utterance, first: int, word: str, before: str) -> bool:
    if word == "что" and utterance.texts()[first : first + 2] == ["что", "касается"]:
        return True
    if word in ("как", "когда") and before not in ("скажите", "подскажите"):
        finite = [c for c in utterance.clauses if c.head >= 0]
        verb = utterance.verb(finite[-1].head) if finite else None
        if word == "как" and utterance.texts()[first : first + 2] in (
            ["как", "правило"],
            ["как", "раз"],
            ["как", "обычно"],
            ["как", "минимум"],
        ):
            return True
        return bool(
            len(finite) > 1
            and verb
            and verb.future
            and verb.person in (1, 3)
            and finite[-1].opener not in ("and",)
        )
    return False


def _promises_later(utterance: Utterance, first: int) -> bool:
    """«можно … я вам перезвоню»: another clause in which the speaker acts, with a subject of its own."""
    return any(
        (verb := utterance.verb(c.head))
        and verb.future
        and verb.person == 1
        and c.start > first + 3
        and c.opener in ("and", "but")
        for c in utterance.clauses
    )


def _speaker_acts(utterance: Utterance) -> bool:
    return any(
        (verb := utterance.verb(c.head)) and verb.future and verb.person == 1
        for c in utterance.clauses
    )


def _infinitive_asks(utterance: Utterance, first: int) -> bool:
    """«мне перезвонить», «привезти вам завтра»: an infinitive with nothing that governs it."""
    if any(c.head >= 0 for c in utterance.clauses) or not any(
        c.infinitives for c in utterance.clauses
    ):
        return False
    return not any(
        t in ("нельзя", "невозможно", "нет", "надо", "нужно", "не", "придется")
        for t in utterance.texts()
    )


def _asks(utterance: Utterance, clause: Clause, index: int) -> bool:
    """A clause that asks by itself: "ли", a question word behind its opener, a verb of the other side with "или"."""
    texts = utterance.texts(clause)
    if "ли" in texts and not utterance.says(clause, "вряд ли", "едва ли", "что ли", "мало ли"):
        return True
    verb = utterance.verb(clause.head)
    if verb is None:
        return False
    second = verb.form == FINITE and verb.person == 2
    if texts[-1:] in (["верно"], ["правильно"]) and verb.person != 1:
        return True
    if (
        texts[:2]
        and texts[0] in ("а", "и")
        and texts[1:2]
        and texts[1] in WH - {"как", "когда", "что"}
        and index
    ):
        return True
    if (
        utterance.side == CLIENT
        and second
        and verb.tense != "past"
        and not negated(utterance, clause.head)
    ):
        return True
    return verb.form == SHORT and verb.lemma == "должный" and texts[-1] == "вы"


def _embedded(utterance: Utterance, index: int) -> bool:
    """«узнать, когда привезут», «не знаю, приедет ли»: an asking verb before, a question word at the clause's start."""
    clause = utterance.clauses[index]
    texts = utterance.texts(clause)
    head = clause.head - clause.start if clause.head >= 0 else len(texts)
    word = next((t for t in texts[:head] if t in WH), "")
    unsure = index and utterance.says(
        utterance.clauses[index - 1], "не знаю", "не уверен", "не уверена"
    )
    if unsure and {"или", "ли"} & set(texts):
        return True
    if not word or not index:
        if index == 0 and word:
            place = texts.index(word)
            return any(
                w.of(ASK_VERBS) for w in utterance.words[clause.start : clause.start + place]
            )
        return False
    before = utterance.clauses[index - 1]
    return (word not in ("как",) and utterance.has(before, ASK_VERBS)) or utterance.says(
        before, "не знаю", "не понимаю"
    )
