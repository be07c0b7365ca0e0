"""Imports on both databases: written, completed, gone on after a kill, taken back."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select, update
from support.clients import RULES, client
from support.people import person

from calls.db import Database
from calls.tables import FeedEvent
from crm import agents, audit, role_scopes
from crm.access import SYSTEM, Action, Actor, Role, Scope
from crm.agents import actor_for
from crm.errors import Conflict, NotFound
from crm.importing import imports, run, work
from crm.importing.cells import Cell
from crm.importing.plan import OnDuplicate
from crm.importing.reading import Sheet
from crm.importing.report import Report
from crm.importing.run import Job
from crm.importing.source import SheetTable, convert
from crm.importing.work import Place, work_once
from crm.tables import (
    AuditEntry,
    Change,
    Client,
    ClientEmail,
    ClientNumber,
    ClientTag,
    ClientWord,
    Comment,
    Consent,
    Deal,
    Import,
    ImportRow,
    Membership,
    PersonalDate,
)  # fmt: skip

ZONE = ZoneInfo("Europe/Moscow")
ROWS: list[list[Cell]] = [
    ["Организация", "Контактное лицо", "Телефон", "E-mail", "ИНН", "Теги", "Дата рождения",
     "Согласие на рассылку", "Сделка", "Сумма"],
    ["ООО Ромашка", "Иванов Иван", "8 916 123-45-67", "ivan@mail.example", "7707083893", "опт, Москва", "31.12.1980", "да",
     "Поставка", "12 500,50"],
    ["ООО Ромашка", "Петрова Анна", "8 903 111-22-33", "", "7707083893", "Опт", "", "", "", ""],
    ["", "Козлов Олег", "231-45-67", "", "", "", "", "", "", ""],
    ["", "", "", "", "", "", "", "", "", ""],
]  # fmt: skip


def job(rows: Sequence[Sequence[Cell]] = ROWS, **more: object) -> Job:
    table = SheetTable(Sheet("1", [list(row) for row in rows]))
    return Job(table=table, actor=SYSTEM, rules=RULES, zone=ZONE, **more)  # type: ignore[arg-type]


async def begun(db: Database, **more: object) -> Job:
    import_id = await imports.begin_from_command(db, "file.xlsx", 3, OnDuplicate.FILL)
    return job(import_id=import_id, **more)


async def imported(db: Database, **more: object) -> tuple[Report, int]:
    wanted = await begun(db, **more)
    assert wanted.import_id is not None
    return await imports.run_now(db, wanted), wanted.import_id


async def count(db: Database, table: type) -> int:
    async with db.read() as session:
        return await session.scalar(select(func.count()).select_from(table)) or 0


async def test_check_says_what_would_be_done_and_writes_nothing(db: Database) -> None:
    report = await run.check(db, job(), keep=True)
    assert (report.totals.rows, report.totals.created) == (3, 4)
    assert [told["column"] for told in report.listed("error")] == ["Телефон"]
    assert await count(db, Client) == 0


async def test_import_writes_everything_of_a_client(db: Database) -> None:
    report, import_id = await imported(db)
    assert report.totals.created == 4
    async with db.read() as session:
        clients = {one.name: one for one in (await session.scalars(select(Client))).all()}
        firm, ivan = clients["ООО Ромашка"], clients["Иванов Иван"]
        assert (firm.kind, firm.inn, firm.import_id, firm.source) == (
            "organisation",
            "7707083893",
            import_id,
            "import",
        )
        assert firm.mailing_consent is True
        assert (
            await session.scalar(select(ClientNumber.e164).where(ClientNumber.client_id == ivan.id))
            == "+79161234567"
        )
        assert (
            await session.scalar(
                select(ClientEmail.address).where(ClientEmail.client_id == ivan.id)
            )
            == "ivan@mail.example"
        )
        assert await session.scalar(select(func.count()).select_from(Membership)) == 2
        assert await session.scalar(select(func.count()).select_from(ClientTag)) == 2
        assert await session.scalar(select(Consent.source)) == "import"
        assert await session.scalar(select(PersonalDate.day)) == 31
        deal = await session.scalar(select(Deal))
        assert deal is not None
        assert (deal.name, str(deal.amount), deal.client_id, deal.contact_id) == (
            "Поставка",
            "12500.50",
            firm.id,
            ivan.id,
        )
        assert clients["Козлов Олег"].notes == "Телефон: 231-45-67"
        assert await session.scalar(
            select(ClientWord.client_id).where(ClientWord.client_id == ivan.id).limit(1)
        )
        payload = await session.scalar(
            select(FeedEvent.payload).where(FeedEvent.topic == "clients")
        )
        assert payload is not None
        assert set(payload["ids"]) == {one.id for one in clients.values()}
        log = [entry.action for entry in await audit.entries(session, SYSTEM)]
    assert "clients.import" in log


async def test_same_file_again_makes_nothing_twice(db: Database) -> None:
    await imported(db)
    report, _ = await imported(db)
    assert (report.totals.created, report.totals.updated, report.totals.duplicates) == (0, 0, 3)
    assert await count(db, Client) == 4
    assert await count(db, Deal) == 1


async def test_large_table_is_written_in_chunks_as_one(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run._Pace, "took", lambda pace, seconds: None)
    monkeypatch.setattr(run, "FIRST_CHUNK", 3)
    rows: list[list[Cell]] = [["ФИО", "Телефон", "E-mail"]]
    rows += [
        [f"Иванов Иван {n % 7}", f"8916000000{n % 7}", f"i{n}@mail.example"] for n in range(20)
    ]
    report, _ = await imports_of(db, rows)
    assert (report.totals.created, report.totals.duplicates) == (7, 13)
    assert await count(db, ClientEmail) == 20
    assert len(report.clients()) == 7
    assert sum(len(one["emails"]) for one in report.clients()) == 20


async def imports_of(db: Database, rows: Sequence[Sequence[Cell]]) -> tuple[Report, int]:
    import_id = await imports.begin_from_command(db, "file.csv", len(rows), OnDuplicate.FILL)
    return await imports.run_now(db, job(rows, import_id=import_id)), import_id


async def test_client_of_the_base_is_completed_with_history(db: Database) -> None:
    known = await client(db, "Иванов Иван", "+7 916 123-45-67")
    report, _ = await imports_of(
        db,
        [
            ["ФИО", "Телефон", "E-mail", "Адрес"],
            ["Иванов Иван", "89161234567", "i@m.example", "Тверь"],
        ],
    )
    assert (report.totals.created, report.totals.updated) == (0, 1)
    async with db.read() as session:
        one = await session.get(Client, known)
        assert one is not None
        assert (one.address, one.version) == ("Тверь", 2)
        fields = set(
            (await session.scalars(select(Change.field).where(Change.client_id == known))).all()
        )
    assert {"address", "emails"} <= fields


async def stored(
    db: Database, data_dir: Path, rows: Sequence[Sequence[str]], actor: Actor = SYSTEM
) -> int:
    folder = data_dir / work.FOLDER / "one"
    folder.mkdir(parents=True)
    text = "\n".join(";".join(row) for row in rows)
    (folder / "file").write_text(text, "utf-8")
    convert(folder / "file", folder)
    meta = json.loads((folder / "meta.json").read_text("utf-8"))
    async with db.write() as session:
        return (await imports.begin(session, actor, "file.csv", f"{work.FOLDER}/one", meta)).id


TABLE = [["ФИО", "Телефон"], *[[f"Клиент Номер{n}", f"8916{n:07}"] for n in range(40)]]


def place(data_dir: Path, owner: str = "first", lease: timedelta = imports.LEASE) -> Place:
    return Place(data_dir=data_dir, rules=RULES, zone=ZONE, owner=owner, lease=lease)


async def row_of(db: Database, import_id: int) -> Import:
    async with db.read() as session:
        row = await session.get(Import, import_id)
    assert row is not None
    return row


async def test_import_is_checked_then_run_by_the_work_process(db: Database, tmp_path: Path) -> None:
    import_id = await stored(db, tmp_path, [*TABLE, ["Кто-то", "231-45-67"]])
    assert not await work_once(db, place(tmp_path))
    async with db.write() as session:
        await imports.choose(session, SYSTEM, import_id, {}, "fill")
    assert await work_once(db, place(tmp_path))
    row = await row_of(db, import_id)
    assert (row.state, row.created, row.done) == ("checked", 41, 41)
    async with db.read() as session:
        assert await imports.counts(session, import_id) == {"error": 1}
    assert await count(db, Client) == 0
    async with db.write() as session:
        await imports.start_running(session, SYSTEM, import_id)
    assert await work_once(db, place(tmp_path))
    row = await row_of(db, import_id)
    assert (row.state, row.created) == ("done", 41)
    assert await count(db, Client) == 41
    assert not (tmp_path / row.path).exists()


class Killed(BaseException):
    """As kill -9: nothing is caught, nothing is tidied up."""


async def test_import_goes_on_after_a_kill_without_doubles(
    db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run._Pace, "took", lambda pace, seconds: None)
    monkeypatch.setattr(run._Pace.__init__, "__defaults__", (7,))
    import_id = await stored(db, tmp_path, TABLE)
    async with db.write() as session:
        row = await imports.get(session, SYSTEM, import_id)
        await imports.start(session, row, "running")
    kept, calls = imports.keep_claim, []

    async def dying(*given: object) -> None:
        calls.append(given)
        if len(calls) == 4:
            raise Killed
        await kept(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(imports, "keep_claim", dying)
    with pytest.raises(Killed):
        await work_once(db, place(tmp_path))
    monkeypatch.setattr(imports, "keep_claim", kept)
    assert await count(db, Client) == 21
    assert not await work_once(db, place(tmp_path, "second")), (
        "the first process may still be alive"
    )
    past = datetime.now(UTC) - timedelta(seconds=1)
    async with db.write() as session:
        await session.execute(update(Import).values(claimed_until=past))
    assert await work_once(db, place(tmp_path, "second"))
    row = await row_of(db, import_id)
    assert (row.state, row.done, row.created, row.duplicates) == ("done", 40, 40, 0)
    assert await count(db, Client) == 40


async def test_process_that_lost_its_claim_writes_nothing_more(
    db: Database, tmp_path: Path
) -> None:
    import_id = await stored(db, tmp_path, TABLE)
    async with db.write() as session:
        row = await imports.get(session, SYSTEM, import_id)
        await imports.start(session, row, "running")
    row = await imports.claim(db, "first") or row
    async with db.write() as session:
        await session.execute(update(Import).values(claimed_by="second"))
    on_chunk, _ = imports.progress_of(row, "first")
    with pytest.raises(imports.ClaimLost):
        await run.go(db, job(TABLE, import_id=import_id), on_chunk=on_chunk)
    assert await count(db, Client) == 0


async def test_undo_bins_what_nobody_touched_and_puts_back_what_was_changed(
    db: Database, tmp_path: Path
) -> None:
    old = await client(db, "Иванов Иван", "+7 916 123-45-67")
    edited = await client(db, "Сидоров Пётр", "+7 916 765-43-21")
    rows = [["ФИО", "Телефон", "E-mail", "Адрес"], ["Иванов Иван", "89161234567", "i@m.example", "Тверь"],
            ["Сидоров Пётр", "89167654321", "", "Орёл"], ["Новый Клиент", "89031112233", "", ""],
            ["Важный Клиент", "89031112244", "", ""]]  # fmt: skip
    _, import_id = await imports_of(db, rows)
    async with db.write() as session:
        kept = await session.scalar(select(Client.id).where(Client.name == "Важный Клиент"))
        session.add(Comment(client_id=kept, text="звонили", at=datetime.now(UTC)))
        other = await session.get(Client, edited)
        assert other is not None
        other.address = "Курск"
    async with db.write() as session:
        await imports.start_undoing(session, SYSTEM, import_id, touched=False)
    assert await work_once(db, place(tmp_path))
    async with db.read() as session:
        names = set(
            (await session.scalars(select(Client.name).where(Client.deleted_at.is_(None)))).all()
        )
        assert names == {"Иванов Иван", "Сидоров Пётр", "Важный Клиент"}
        one, two = await session.get(Client, old), await session.get(Client, edited)
        assert one is not None
        assert two is not None
        assert (one.address, two.address) == ("", "Курск")
        assert await session.scalar(select(func.count()).select_from(ClientEmail)) == 0
        listed = await imports.problems(session, import_id, ["kept"])
        assert [row.client_id for row in listed] == [kept]
        changed = (await imports.problems(session, import_id, ["updated"]))[1]
        assert changed.before == {"kept": ["address"]}
    async with db.write() as session:
        await imports.start_undoing(session, SYSTEM, import_id, touched=True)
    assert await work_once(db, place(tmp_path))
    async with db.read() as session:
        gone = await session.scalar(select(Client.deleted_at).where(Client.id == kept))
    assert gone is not None
    assert (await row_of(db, import_id)).state == "undone"


async def test_import_of_a_colleague_is_not_there_for_a_manager(
    db: Database, tmp_path: Path
) -> None:
    mila = await person(db, "mila", "manager")
    other = await person(db, "olga", "manager")
    import_id = await stored(db, tmp_path, TABLE, mila)
    async with db.write() as session:
        assert (await imports.get(session, mila, import_id)).id == import_id
        with pytest.raises(NotFound):
            await imports.get(session, other, import_id)
        with pytest.raises(Conflict):
            await imports.start_running(session, mila, import_id)
        assert [row.id for row in await imports.earlier(session, mila)] == [import_id]
        assert await imports.earlier(session, other) == []


async def test_file_that_is_gone_ends_the_import_with_a_reason(
    db: Database, tmp_path: Path
) -> None:
    import_id = await stored(db, tmp_path, TABLE)
    (tmp_path / work.FOLDER / "one" / "meta.json").unlink()
    async with db.write() as session:
        row = await imports.get(session, SYSTEM, import_id)
        await imports.start(session, row, "running")
    assert await work_once(db, place(tmp_path))
    row = await row_of(db, import_id)
    assert (row.state, bool(row.why)) == ("failed", True)
    assert await count(db, ImportRow) == 0


async def test_undo_takes_no_card_that_others_work_with_from_who_may_not_delete_it(
    db: Database, tmp_path: Path
) -> None:
    mila = await person(db, "mila", "manager")
    olga = await person(db, "olga", "manager")
    rows = [["ФИО", "Телефон"], ["Свой Клиент", "89031112233"], ["Чужой Клиент", "89031112244"]]
    _, import_id = await imports_of(db, rows)
    async with db.write() as session:
        done = await session.get_one(Import, import_id)
        done.user_id = mila.user_id
        for card in await session.scalars(select(Client)):
            card.responsible_id = (mila if card.name.startswith("Свой") else olga).user_id
            session.add(Comment(client_id=card.id, text="звонили", at=datetime.now(UTC)))
    async with db.write() as session:
        await imports.start_undoing(session, mila, import_id, touched=True)
    assert await work_once(db, place(tmp_path))
    async with db.read() as session:
        left = select(Client.name).where(Client.deleted_at.is_(None))
        assert list(await session.scalars(left)) == ["Чужой Клиент"]


async def test_undo_is_the_deed_of_whoever_takes_back(db: Database, tmp_path: Path) -> None:
    mila = await person(db, "mila", "manager")
    sergey = await person(db, "sergey", "supervisor")
    _, import_id = await imports_of(db, [["ФИО", "Телефон"], ["Новый Клиент", "89031112233"]])
    async with db.write() as session:
        (await session.get_one(Import, import_id)).user_id = mila.user_id
        await imports.start_undoing(session, sergey, import_id, touched=False)
    assert await work_once(db, place(tmp_path))
    async with db.read() as session:
        told = select(AuditEntry.login).where(AuditEntry.action == "clients.import.undo")
        assert await session.scalar(told) == "sergey"


async def test_colleagues_contact_gets_no_workplace_by_an_import(db: Database) -> None:
    mila = await person(db, "mila", "manager")
    olga = await person(db, "olga", "manager")
    await client(db, "Иванов Иван", "+7 916 123-45-67")
    own = dict.fromkeys((Action.EDIT, Action.EXPORT, Action.DELETE), Scope.OWN)
    async with db.write() as session:
        await session.execute(update(Client).values(responsible_id=olga.user_id))
        await role_scopes.save(session, SYSTEM, {Role.MANAGER: own})
        mila = await actor_for(session, await agents.by_login(session, "mila"))
    rows = [
        ["Компания", "Контактное лицо", "Телефон"],
        ["ООО Ромашка", "Иванов Иван", "89161234567"],
    ]
    import_id = await imports.begin_from_command(db, "file.csv", len(rows), OnDuplicate.FILL)
    await imports.run_now(db, replace(job(rows, import_id=import_id), actor=mila))
    async with db.read() as session:
        assert await session.scalar(select(func.count()).select_from(Membership)) == 0
