from sqlalchemy import select, update
from support.finding import AT, card, keep, works_at

from calls.db import Database
from crm.finding import index
from crm.tables import (
    Client,
    ClientText,
    ClientWord,
    CustomField,
    CustomValue,
    Deal,
    Funnel,
    SearchWord,
    Stage,
)


async def words(db: Database, client_id: int) -> set[tuple[str, str]]:
    query = select(SearchWord.word, ClientWord.field).join(
        ClientWord, ClientWord.word_id == SearchWord.id
    )
    async with db.read() as session:
        rows = await session.execute(query.where(ClientWord.client_id == client_id))
        return {(word, field) for word, field in rows}


async def test_client_has_words_of_everything_it_is_found_by(db: Database) -> None:
    person = card("Семён Ёлкин", emails=["selkin@mail.example"], inn="500100732259")
    firm = card("ООО Ромашка", kind="organisation", legal_name="ООО «Ромашка плюс»")
    async with db.write() as session:
        field = CustomField(subject="client", key="car", name="Car", kind="text", options=[])
        funnel = Funnel(name="Sales", stages=[Stage(name="New")])
        session.add_all([field, funnel, person, firm, works_at(person, firm, "Директор")])
        await session.flush()
        session.add(CustomValue(field_id=field.id, client_id=person.id, text="Лада Веста"))
        session.add(
            Deal(name="Поставка окон", client_id=person.id, funnel_id=funnel.id,
                 stage_id=funnel.stages[0].id, opened_at=AT, stage_at=AT, updated_at=AT)
        )  # fmt: skip
        await index.renew(session, [person.id, firm.id])
    assert await words(db, person.id) == {
        ("семен", "name"), ("елкин", "name"), ("500100732259", "inn"), ("selkin", "email"), ("mail", "email"),
        ("example", "email"), ("ооо", "company"), ("ромашка", "company"), ("поставка", "deal"), ("окон", "deal"),
        ("лада", "custom"), ("веста", "custom"),
    }  # fmt: skip
    assert ("плюс", "name") in await words(db, firm.id)
    async with db.read() as session:
        texts = await session.execute(select(ClientText.field, ClientText.folded))
        assert set(map(tuple, texts)) == {
            ("position", "директор"),
            ("legal_name", "ооо «ромашка плюс»"),
        }


async def test_renewed_client_loses_old_words_and_staff_follows_its_company(db: Database) -> None:
    person, firm = card("Иван"), card("Старое имя", kind="organisation", address="Тверь")
    async with db.write() as session:
        await keep(session, person, firm, works_at(person, firm))
        await session.execute(
            update(Client).where(Client.id == firm.id).values(name="Новое", address="")
        )
        await index.renew(session, [firm.id])
    assert await words(db, firm.id) == {("новое", "name")}
    assert await words(db, person.id) == {("иван", "name"), ("новое", "company")}
    async with db.read() as session:
        assert await session.scalar(select(ClientText.folded)) is None


async def test_clients_of_a_time_before_the_index_are_indexed_later(db: Database) -> None:
    async with db.write() as session:
        old, nameless = card("Иван Старый"), card("", "+79160001122")
        session.add_all([old, nameless])
    assert await index.index_missing(db) == 1
    assert await words(db, old.id) == {("иван", "name"), ("старый", "name")}
    assert await index.index_missing(db) == 0
