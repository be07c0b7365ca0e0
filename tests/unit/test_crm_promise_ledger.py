"""Promises: marked words, frozen, on the client's card until somebody says what became of them."""

from datetime import date
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from support.clients import RULES, client
from support.people import person
from support.told_calls import NOON, Teller, Told

from calls.db import Database
from calls.tables import Call, Transcript, Utterance
from crm import call_links, client_card, promise_decisions, promise_ledger
from crm.access import SYSTEM, Actor
from crm.errors import Conflict, Forbidden, Invalid, NotFound
from crm.promise_decisions import Closing, House, Outcome
from crm.promise_ledger import Marking, Wording

ANNA = "+79160000001"
MOSCOW = ZoneInfo("Europe/Moscow")
HOUSE = House(MOSCOW, lambda promise: promise.what or promise.action)
TEXT = "мы дадим скидку десять процентов"


@pytest.fixture
async def supervisor(db: Database) -> Actor:
    return await person(db, "vera", "supervisor")


@pytest.fixture
async def turns(db: Database) -> tuple[int, int]:
    """Ids of two utterances of one call: with times of words, and without."""
    await Teller(db).tell(Told(number=ANNA, talks=((1, 30, "101"),), lasted_s=30))
    words = [
        {"word": word, "start_s": 2.0 + n, "end_s": 2.5 + n, "conf": 1.0}
        for n, word in enumerate(TEXT.split())
    ]
    async with db.write() as session:
        call = (await session.scalars(select(Call))).one()
        transcript = Transcript(call_id=call.id, origin="engine", model="m", created_at=NOON)
        session.add(transcript)
        await session.flush()
        rows = [
            Utterance(
                transcript_id=transcript.id, call_id=call.id, turn=turn, side="operator",
                speaker="101", start_s=2.0, end_s=7.0, text=TEXT, words=words if turn == 0 else [],
            )
            for turn in range(2)
        ]  # fmt: skip
        session.add_all(rows)
        await session.flush()
        return rows[0].id, rows[1].id


async def mark(db: Database, actor: Actor, utterance: int, **more: object) -> int:
    values = {"what": "скидка 10 %", "word_from": 2, "word_to": 4, **more}
    wording = Wording(what=str(values.pop("what")), due_on=date(2026, 11, 27))
    marking = Marking(utterance_id=utterance, wording=wording, **values)  # type: ignore[arg-type]
    async with db.write() as session:
        return (await promise_ledger.mark(session, actor, marking, HOUSE)).id


async def close(db: Database, actor: Actor, promise: int, outcome: Outcome) -> None:
    async with db.write() as session:
        await promise_decisions.close(session, actor, promise, Closing(outcome=outcome), MOSCOW)


async def test_marked_words_stand_on_the_clients_card(
    db: Database, supervisor: Actor, turns: tuple[int, int]
) -> None:
    anna = await client(db, "Анна", ANNA)
    await mark(db, supervisor, turns[0])
    async with db.read() as session:
        card = await client_card.for_client(session, supervisor, anna)
        promise = (await promise_ledger.of_call(session, card.last_calls[0].id))[0]
    assert [(p.what, p.quote, p.due_on, p.by_side) for p in card.open_promises] == [
        ("скидка 10 %", "скидку десять процентов", date(2026, 11, 27), "operator")
    ]
    assert (promise.start_s, promise.end_s, promise.by_party) == (4.0, 6.5, "101")


async def test_quote_stays_when_the_transcript_changes(
    db: Database, supervisor: Actor, turns: tuple[int, int]
) -> None:
    promise = await mark(db, supervisor, turns[0])
    async with db.write() as session:
        utterance = await session.get_one(Utterance, turns[0])
        await session.delete(utterance)
    async with db.write() as session:
        edited = await promise_ledger.edit(
            session, supervisor, promise, Wording(what="скидка"), MOSCOW
        )
        assert edited.quote == "скидку десять процентов"
        assert (edited.utterance_id, edited.what, edited.due_on) == (None, "скидка", None)


async def test_words_without_times_and_whole_turns_are_quoted_too(
    db: Database, supervisor: Actor, turns: tuple[int, int]
) -> None:
    some = await mark(db, supervisor, turns[1])
    whole = await mark(db, supervisor, turns[1], word_from=None, word_to=None)
    async with db.read() as session:
        call = (await session.scalars(select(Call.id))).one()
        found = {p.id: p for p in await promise_ledger.of_call(session, call)}
    assert (found[some].quote, found[some].start_s) == ("скидку десять процентов", 2.0)
    assert found[whole].quote == TEXT


async def test_call_linked_later_gives_its_promises_to_that_client(
    db: Database, supervisor: Actor, turns: tuple[int, int]
) -> None:
    promise = await mark(db, supervisor, turns[0])
    boris = await client(db, "Борис", "+79160000002")
    async with db.write() as session:
        call = (await session.scalars(select(Call.id))).one()
        await call_links.link(session, SYSTEM, call, boris)
    async with db.read() as session:
        assert [p.id for p in await promise_ledger.of_client(session, boris)] == [promise]
        card = await client_card.for_number(session, supervisor, ANNA, RULES)
    assert card.open_promises == ()


@pytest.mark.parametrize("verdict", ["kept", "broken"])
async def test_closed_promise_leaves_the_card_and_stays_in_the_ledger(
    db: Database, supervisor: Actor, turns: tuple[int, int], verdict: Outcome
) -> None:
    anna = await client(db, "Анна", ANNA)
    promise = await mark(db, supervisor, turns[0])
    await close(db, supervisor, promise, verdict)
    with pytest.raises(Conflict):
        await close(db, supervisor, promise, "kept")
    async with db.read() as session:
        assert (await client_card.for_client(session, supervisor, anna)).open_promises == ()
        assert [p.state for p in await promise_ledger.of_client(session, anna)] == [verdict]


@pytest.mark.parametrize(
    "wrong",
    [
        {"what": "  "},
        {"word_from": 3, "word_to": 2},
        {"word_from": -1},
        {"word_to": 5},
    ],
)
async def test_wrong_marking_is_refused(
    db: Database, supervisor: Actor, turns: tuple[int, int], wrong: dict[str, object]
) -> None:
    for turn in turns:
        with pytest.raises(Invalid):
            await mark(db, supervisor, turn, **wrong)


async def test_only_supervisors_and_administrators_mark(
    db: Database, turns: tuple[int, int], supervisor: Actor
) -> None:
    for role in ("operator", "manager"):
        actor = await person(db, role, role)
        with pytest.raises(Forbidden):
            await mark(db, actor, turns[0])
    with pytest.raises(NotFound):
        await mark(db, supervisor, 4711)
