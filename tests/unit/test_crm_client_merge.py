"""Two cards of one client become one, with nothing lost, and two again."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import func, select, update
from support.clients import RULES, client
from support.filled_tables import everything, fill, named
from support.people import person
from support.told_calls import Teller, Told, after

from calls.db import Database
from crm import audit, client_card, client_merge, client_rows, clients, number_lookup
from crm.access import SYSTEM
from crm.client_merge import merge, undo
from crm.errors import Forbidden, Invalid, NotFound
from crm.merge_plan import Side
from crm.numbers_index import NumbersIndex
from crm.tables import (
    Change,
    Client,
    ClientPersonal,
    ClientTag,
    Comment,
    CustomField,
    CustomValue,
    NotDuplicates,
    Tag,
    Task,
    TaskCall,
)

ONE, TWO, BOTH = "+79160000001", "+79160000002", "+74950000077"
FOUND_ANEW = ("duplicate_pairs", "client_words", "client_texts", "search_words", "search_grams")
"""What is made from the cards themselves."""
NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


async def merged(db: Database, kept: int, gone: int, **choices: Side) -> int:
    async with db.write() as session:
        return (await merge(session, SYSTEM, kept, gone, choices)).id


async def parted(db: Database, merge_id: int) -> client_merge.Undone:
    async with db.write() as session:
        return await undo(session, SYSTEM, merge_id)


async def test_kept_card_has_everything_of_both(db: Database) -> None:
    teller, index = Teller(db), NumbersIndex(RULES)
    kept = await client(db, "Анна Петрова", ONE, BOTH)
    gone = await client(db, "Петрова А.", TWO, BOTH)
    await teller.tell(Told(number=ONE))
    await teller.tell(Told(number=TWO, at=after(3)))
    async with db.read() as session:
        await index.load(session)
    await merged(db, kept, gone)
    async with db.read() as session:
        card = await client_card.for_client(session, SYSTEM, kept)
        states = (await session.scalars(select(Task.state).order_by(Task.id))).all()
        found = await number_lookup.find(session, BOTH, RULES)
        with pytest.raises(NotFound):
            await clients.get(session, SYSTEM, gone)
        assert (await session.get_one(Client, gone)).merged_into_id == kept
        await index.update(session, gone)
        await index.update(session, kept)
        row = (await audit.entries(session, SYSTEM, limit=1))[0]
        words = (await audit.words_of(session, [row.id]))[row.id]
    assert card.client is not None
    assert set(card.client.numbers) == {ONE, BOTH, TWO}
    assert len(card.last_calls) == 2
    assert [task.missed_calls for task in card.open_tasks] == [2]
    assert sorted(states) == ["cancelled", "open"]
    assert found.one is not None
    assert [known.client_id for known in index.find(TWO)] == [kept]
    assert [known.client_id for known in index.find(BOTH)] == [kept]
    assert (row.action, words["name"]) == ("client.merge", "Петрова А.")


async def test_every_table_keeps_every_row_and_undo_gives_each_back(db: Database) -> None:
    kept, gone = await client(db, "Анна", ONE, BOTH), await client(db, "Анна П.", TWO, BOTH)
    async with db.write() as session:
        await fill(session, (kept, gone))
        before = await everything(session)
        mine, theirs = await named(session, (kept,)), await named(session, (gone,))
    assert all(
        rows for name, rows in theirs.items() if not name.startswith(("clients.", "client_merges."))
    )
    merge_id = await merged(db, kept, gone)
    async with db.read() as session:
        both, left = await named(session, (kept,)), await named(session, (gone,))
    for reference in client_rows.references():
        keys = [column.name for column in reference.key]
        total = len(mine[reference.name]) + len(theirs[reference.name])
        assert len(both[reference.name]) + len(left[reference.name]) >= total, reference.name
        there = [[row[key] for key in keys] for row in both[reference.name]]
        for row in (*mine[reference.name], *theirs[reference.name]):
            stays = [[one[key] for key in keys] for one in left[reference.name]]
            assert [row[key] for key in keys] in (*there, *stays), reference.name
        if not reference.alike and reference.name != "custom_values.client_id":
            assert left[reference.name] == [], reference.name
    version = await versions(db, kept, gone)
    assert min(version) >= 2
    undone = await parted(db, merge_id)
    assert (undone.kept_fields, undone.left_rows, undone.callbacks_whole) == ((), 0, True)
    async with db.read() as session:
        again = await everything(session)
    added = {"changes", "audit_log", "audit_words", "client_merges", "feed_events"}
    for table, rows in before.items():
        if table in FOUND_ANEW:
            continue
        now = again[table][: len(rows)] if table in added else again[table]
        assert now == rows, table
    assert all(new > old for new, old in zip(await versions(db, kept, gone), version, strict=True))


async def versions(db: Database, *ids: int) -> list[int]:
    async with db.read() as session:
        return [
            await session.scalar(select(Client.version).where(Client.id == one)) or 0 for one in ids
        ]


async def test_fields_that_a_person_chose_stay_and_undo_puts_all_back(db: Database) -> None:
    kept, gone = await client(db, "Анна"), await client(db, "Анна Петрова")
    async with db.write() as session:
        one, other = await session.get(Client, kept), await session.get(Client, gone)
        assert one is not None
        assert other is not None
        one.notes, other.notes, other.address, other.inn = (
            "первая",
            "вторая",
            "Тверь",
            "500100732259",
        )
        session.add(ClientPersonal(client_id=kept, sex="female"))
        session.add(ClientPersonal(client_id=gone, born_on=date(1980, 5, 1), sex="male"))
    merge_id = await merged(db, kept, gone, name=Side.GONE)
    async with db.read() as session:
        card, personal = await session.get(Client, kept), await session.get(ClientPersonal, kept)
    assert card is not None
    assert personal is not None
    assert (card.name, card.search_name) == ("Анна Петрова", "анна петрова")
    assert (card.notes, card.address, card.inn) == ("первая\n\nвторая", "Тверь", "500100732259")
    assert (personal.born_on, personal.sex) == (date(1980, 5, 1), "female")
    async with db.write() as session:
        await session.execute(update(Client).where(Client.id == kept).values(address="Клин"))
    undone = await parted(db, merge_id)
    assert undone.kept_fields == ("address",)
    async with db.read() as session:
        card, personal = await session.get(Client, kept), await session.get(ClientPersonal, kept)
        history = (
            await session.scalars(select(Change.field).where(Change.client_id == kept))
        ).all()
    assert card is not None
    assert personal is not None
    assert (card.name, card.notes, card.address, card.inn) == ("Анна", "первая", "Клин", "")
    assert (personal.born_on, personal.sex) == (None, "female")
    assert history.count("merged") == 2


async def test_custom_value_that_was_chosen_changes_places_and_back(db: Database) -> None:
    kept, gone = await client(db, "Анна"), await client(db, "Анна П.")
    async with db.write() as session:
        size = CustomField(subject="client", key="size", name="Размер", kind="text")
        likes = CustomField(subject="client", key="likes", name="Любит", kind="many")
        session.add_all([size, likes])
        await session.flush()
        for owner, texts in ((kept, ("S", "чай")), (gone, ("L", "чай", "кофе"))):
            session.add(CustomValue(field_id=size.id, client_id=owner, text=texts[0]))
            session.add_all(
                CustomValue(field_id=likes.id, client_id=owner, text=text) for text in texts[1:]
            )
    texts = select(CustomValue.text).where(CustomValue.client_id == kept).order_by(CustomValue.text)
    merge_id = await merged(db, kept, gone, **{f"field:{size.id}": Side.GONE})
    async with db.read() as session:
        assert (await session.scalars(texts)).all() == ["L", "кофе", "чай"]
    await parted(db, merge_id)
    async with db.read() as session:
        assert (await session.scalars(texts)).all() == ["S", "чай"]


async def test_rows_added_or_given_away_after_the_merge_stay_where_they_are(db: Database) -> None:
    kept, gone, third = [await client(db, name) for name in ("Анна", "Анна П.", "Борис")]
    async with db.write() as session:
        old = Comment(client_id=gone, text="до", at=NOW)
        given = Comment(client_id=gone, text="отдан", at=NOW)
        session.add_all([old, given])
    merge_id = await merged(db, kept, gone)
    async with db.write() as session:
        new = Comment(client_id=kept, text="после", at=NOW)
        session.add(new)
        await session.execute(
            update(Comment).where(Comment.text == "отдан").values(client_id=third)
        )
    undone = await parted(db, merge_id)
    async with db.read() as session:
        found = await session.execute(select(Comment.text, Comment.client_id))
        rows = {text: owner for text, owner in found}
    assert rows == {"до": gone, "после": kept, "отдан": third}
    assert undone.left_rows == 1


async def test_callbacks_of_both_are_one_until_the_undo(db: Database) -> None:
    teller = Teller(db)
    kept, gone = await client(db, "Анна", ONE), await client(db, "Анна П.", TWO)
    await teller.tell(Told(number=ONE))
    await teller.tell(Told(number=TWO, at=after(3)))
    merge_id = await merged(db, kept, gone)
    await teller.tell(Told(number=TWO, at=after(6)))
    await parted(db, merge_id)
    async with db.read() as session:
        tasks = (await session.scalars(select(Task).order_by(Task.id))).all()
        counted = await session.scalar(select(func.count()).where(TaskCall.task_id == tasks[1].id))
    assert [(task.state, task.subject_key) for task in tasks] == [
        ("open", f"client:{kept}"),
        ("open", f"client:{gone}"),
    ]
    assert [task.missed_calls for task in tasks] == [2, 1]
    assert counted == 1


async def test_chain_is_undone_step_by_step_and_refused_otherwise(db: Database) -> None:
    one, two, three = [await client(db, name, BOTH) for name in ("Анна", "Аня", "Анна П.")]
    async with db.write() as session:
        before = await named(session, (one, two, three))
    inner, outer = await merged(db, one, two), await merged(db, three, one)
    with pytest.raises(Invalid, match="undo that merge first"):
        await parted(db, inner)
    await parted(db, outer)
    await parted(db, inner)
    with pytest.raises(Invalid, match="undone already"):
        await parted(db, inner)
    async with db.read() as session:
        after = await named(session, (one, two, three))
    for name in ("client_numbers.client_id", "clients.merged_into_id", "memberships.person_id"):
        assert after[name] == before[name]


async def test_what_two_merged_cards_had_stays_with_the_one_that_is_left(db: Database) -> None:
    kept, one, two = [await client(db, name) for name in ("Анна", "Аня", "Нюра")]
    async with db.write() as session:
        tag = Tag(name="опт", folded="опт", created_at=NOW)
        session.add(tag)
        await session.flush()
        session.add_all([ClientTag(client_id=owner, tag_id=tag.id) for owner in (one, two)])
    first, second = await merged(db, kept, one), await merged(db, kept, two)
    await parted(db, first)
    tagged = select(ClientTag.client_id).order_by(ClientTag.client_id)
    async with db.read() as session:
        assert (await session.scalars(tagged)).all() == [kept, one]
    await parted(db, second)
    async with db.read() as session:
        assert (await session.scalars(tagged)).all() == [one, two]


async def test_not_the_same_as_the_gone_card_is_not_the_same_as_the_kept_one(db: Database) -> None:
    kept, gone, other = [await client(db, name) for name in ("Анна", "Аня", "Борис")]
    async with db.write() as session:
        session.add(NotDuplicates(first_id=gone, second_id=other, at=NOW))
    merge_id = await merged(db, kept, gone)
    async with db.read() as session:
        assert await session.get(NotDuplicates, (kept, other)) is not None
    await parted(db, merge_id)
    async with db.read() as session:
        assert await session.get(NotDuplicates, (kept, other)) is None


async def test_contact_persons_follow_their_merged_organisation(db: Database) -> None:
    kept = await client(db, "ООО Ромашка", kind="organisation")
    gone = await client(db, "Ромашка", kind="organisation")
    anna = await client(db, "Анна", ONE, organisation_id=gone)
    await merged(db, kept, gone)
    async with db.read() as session:
        moved = await clients.get(session, SYSTEM, anna)
    assert moved.organisation is not None
    assert moved.organisation.id == kept


async def test_unlike_cards_are_not_merged(db: Database) -> None:
    firm = await client(db, "ООО Ромашка", kind="organisation")
    anna = await client(db, "Анна", ONE)
    operator = await person(db, "olga")
    async with db.write() as session:
        for one, other in ((firm, anna), (anna, anna)):
            with pytest.raises(Invalid):
                await merge(session, SYSTEM, one, other)
        with pytest.raises(NotFound):
            await merge(session, SYSTEM, anna, 4711)
        with pytest.raises(Forbidden):
            await merge(session, operator, anna, firm)


async def test_card_in_the_bin_is_restored_before_its_merge_is_undone(db: Database) -> None:
    kept, gone = await client(db, "Анна"), await client(db, "Аня")
    merge_id = await merged(db, kept, gone)
    async with db.write() as session:
        await session.execute(update(Client).where(Client.id == kept).values(deleted_at=NOW))
    with pytest.raises(Invalid, match="restore it first"):
        await parted(db, merge_id)
