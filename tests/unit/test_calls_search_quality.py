"""How good the search is on dialogues that a person labelled: what is found, and what should not be."""

from __future__ import annotations

from support.calls_with_words import add_call
from support.search_labels import LABELS, TURNS

from calls.db import Database
from calls.search import search


def numbers(text: str) -> set[int]:
    return {int(one) for one in text.split()}


async def test_search_finds_what_a_person_would_and_little_else(db: Database) -> None:
    order = sorted(TURNS)
    await add_call(db, [TURNS[number] for number in order])
    right = {"exact": 0, "tolerant": 0}
    wrong = dict(right)
    wanted = {"exact": 0, "tolerant": 0}
    faults = []
    async with db.read() as session:
        for query, exact, tolerant in LABELS:
            hits = await search(session, query, limit=None)
            for kind, label in (("exact", numbers(exact)), ("tolerant", numbers(tolerant))):
                found = {order[hit.turn] for hit in hits if hit.match == kind}
                right[kind] += len(found & label)
                wrong[kind] += len(found - label)
                wanted[kind] += len(label)
                if found != label:
                    faults.append(f"{query} {kind}: -{label - found} +{found - label}")
    for kind in right:
        recall = right[kind] / wanted[kind]
        precision = right[kind] / (right[kind] + wrong[kind])
        assert recall >= 0.95, (kind, recall, faults)
        assert precision >= 0.9, (kind, precision, faults)


def test_labels_are_enough_to_mean_something() -> None:
    assert len(TURNS) >= 150
    assert len(LABELS) >= 60
    assert all(numbers(exact) | numbers(tolerant) <= set(TURNS) for _, exact, tolerant in LABELS)
