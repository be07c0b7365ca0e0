"""Verbs that no table names, by how they are built: «развозим» is a bringing, «перешлифуем» a mending. Pure.

In: a lemma. Out: itself if a table knows it, else a verb of its kind.
"""

from __future__ import annotations

from functools import cache

from calls.promises.russian import lexicon as lex
from calls.promises.russian.family import family

ENDINGS = (
    (("возить", "везти", "нести", "носить"), "привезти"),
    (("езжать", "ехать"), "приехать"),
    (("звонить", "званивать"), "позвонить"),
    (("платить", "плачивать"), "оплатить"),
    (("слать", "сылать"), "прислать"),
    (("ремонтировать", "чинить"), "починить"),
    (("считаться",), "рассчитаться"),
)
NOT_MENDING = family(
    "перенести переносить переговорить переехать переезжать перейти переходить передумать "
    "переждать перестать пережить пересмотреть перечитать переубедить переплатить переживать "
    "переборщить перекрыть переспросить"
)


@cache
def kin(lemma: str) -> str:
    """Give a verb of the same kind that the tables know."""
    if lemma in lex.ALL:
        return lemma
    if lemma in NOT_MENDING:
        return lemma
    for endings, usual in ENDINGS:
        if lemma.endswith(endings):
            return usual
    if lemma.startswith("пере") and not lemma.endswith("ся"):
        return "починить"
    return lemma
