"""Random small corpora: the same hits on both databases, and those that a naive look at each turn gives."""

from __future__ import annotations

import random
import shutil
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from support.calls_with_words import add_call
from support.databases import Cluster

from calls.db import Database
from calls.errors import InvalidSearchQuery
from calls.search import parse, search
from calls.search.text import index_form, plain, query_forms

_WORDS = """
скидка скидку скидки договор договора стали сталь банка банк тариф тарив накладная на кладная семь
процентов 7 двадцать пять рублей 25 обещал обещали до пятницы пятница счёт счета да the invoice
invoices sent send two hundred dollars
"""
WORDS = _WORDS.split()
CASES = 60


def corpus(dice: random.Random) -> list[str]:
    return [" ".join(dice.choices(WORDS, k=dice.randint(1, 9))) for _ in range(40)]


def naive(turns: list[str], words: list[str], unwanted: str, phrase: tuple[str, str]) -> set[int]:
    """What plain words, one unwanted word and a phrase of two words find, turn by turn."""

    def is_form(said: str, word: str) -> bool:
        return index_form(plain(said)) in query_forms(plain(word))

    found = set()
    for number, turn in enumerate(turns):
        said = turn.split()
        every = all(any(is_form(one, word) for one in said) for word in words)
        banned = any(is_form(one, unwanted) for one in said)
        beside = any(is_form(a, phrase[0]) and is_form(b, phrase[1]) for a, b in pairwise(said))
        if every and beside and not banned:
            found.add(number)
    return found


def query_of(dice: random.Random) -> str:
    word, other, third = dice.sample(WORDS, 3)
    return dice.choice(
        [
            word, f"{word} {other}", f'"{word} {other}"', f"{word} -{other}", f"client: {word} {other}",
            f"{word} NEAR/{dice.randint(1, 20)} {other}", f'"{word} {other}" NEAR/3 {third}',
            f'{word} -"{other} {third}"', "7%", "25 рублей", "$200", "семь", "двести", f"{word} 25",
        ]
    )  # fmt: skip


@pytest.mark.postgresql
async def test_random_corpora_give_the_same_hits_on_both(
    tmp_path: Path, sqlite_template: Path, postgresql_cluster: Cluster
) -> None:
    dice = random.Random(11)
    turns = corpus(dice)
    queries = [query_of(dice) for _ in range(CASES)]
    path = tmp_path / "slovo.db"
    shutil.copy(sqlite_template, path)
    answers: list[list[Any]] = []
    with postgresql_cluster.database() as url:
        for address in (f"sqlite:///{path}", url):
            db = Database(address)
            await add_call(db, turns[:20], number=1)
            await add_call(db, turns[20:], number=2)
            answers.append([await _hits(db, query) for query in queries])
            await db.dispose()
    for query, sqlite, postgresql in zip(queries, *answers, strict=True):
        assert sqlite == postgresql, query
    assert sum(map(bool, answers[0])) > CASES / 2


async def _hits(db: Database, query: str) -> Any:
    async with db.read() as session:
        try:
            hits = await search(session, query, limit=None)
        except InvalidSearchQuery as error:
            return str(error)
    return [(hit.call_id, hit.turn, hit.match, hit.words, hit.score) for hit in hits]


async def test_hits_are_those_of_a_naive_look_at_each_turn(db: Database) -> None:
    dice = random.Random(12)
    letters = [
        word
        for word in WORDS
        if not word.isdigit() and word not in ("процентов", "рублей", "dollars")
    ]
    letters = [
        word for word in letters if word not in ("семь", "двадцать", "пять", "two", "hundred")
    ]
    turns = [" ".join(dice.choices(letters, k=dice.randint(1, 9))) for _ in range(60)]
    await add_call(db, turns)
    some = 0
    async with db.read() as session:
        for _ in range(CASES):
            first, second, third, fourth = dice.sample(letters, 4)
            query = f'{first} "{second} {third}" -{fourth}'
            hits = await search(session, query, limit=None, match="exact")
            wanted = naive(turns, [first], fourth, (second, third))
            assert {hit.turn for hit in hits} == wanted, query
            some += len(wanted)
    assert some


async def test_near_of_numbers_that_are_said_in_many_ways_is_answered(db: Database) -> None:
    said = [
        "встретимся двенадцатого марта две тысячи двадцать шестого года в десять тридцать",
        "в десять тридцать",
    ]
    await add_call(db, said)
    async with db.read() as session:
        for query in ('"10:30" NEAR/20 "12 марта 2026"', '"10:30 11:45" NEAR/20 "12 марта 2026"'):
            hits = await search(session, parse(query, date(2026, 1, 1)), match="exact")
            assert [hit.turn for hit in hits] == ([0] if "11:45" not in query else [])
