"""Files: what comes in, who may, how they are kept, and their small pictures."""

import os
import struct
import time
import zlib
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy import select
from support.clients import client
from support.files import kept, pdf, png, received, sideways_jpeg
from support.history import deal
from support.people import person

from calls.db import Database
from calls.errors import StorageFull
from crm import company_settings, files, previews
from crm.access import SYSTEM, Action, Actor, Role, Scope
from crm.errors import Forbidden, Invalid, NotFound
from crm.file_kinds import USUAL, Group
from crm.file_store import Incoming, place_of
from crm.files import FileRules, NewFile
from crm.previews import Size, preview_of
from crm.subjects import Subject, SubjectKind
from crm.tables import AuditEntry, Change, StoredFile


def of_client(client_id: int) -> Subject:
    return Subject(SubjectKind.CLIENT, client_id)


def scoped(actor: Actor, **scopes: Scope) -> Actor:
    return Actor(
        user_id=actor.user_id, login=actor.login, name=actor.name, role=Role.OPERATOR,
        scopes={Action(name): scope for name, scope in scopes.items()},
    )  # fmt: skip


def test_bytes_are_kept_once_under_their_hash(tmp_path: Path) -> None:
    first, again = received(tmp_path, b"same"), received(tmp_path, b"same")
    place = place_of(first.received().sha256)
    assert first.received() == again.received()
    assert (tmp_path / place).read_bytes() == b"same"
    assert len([p for p in (tmp_path / "files").rglob("*") if p.is_file()]) == 1


def test_too_large_file_is_refused_at_once_and_leaves_nothing(tmp_path: Path) -> None:
    incoming = Incoming(tmp_path, 10)
    incoming.open()
    incoming.write(b"12345")
    with pytest.raises(Invalid, match="larger"):
        incoming.write(b"678901")
    incoming.close()
    assert [p for p in tmp_path.rglob("*") if p.is_file()] == []


def test_empty_file_is_refused(tmp_path: Path) -> None:
    incoming = Incoming(tmp_path, 10)
    incoming.open()
    with pytest.raises(Invalid, match="empty"):
        incoming.received()
    incoming.close()


def test_full_disk_is_said_before_anything_is_taken(tmp_path: Path) -> None:
    with pytest.raises(StorageFull):
        Incoming(tmp_path, 2**60).open()


def test_what_a_killed_process_left_is_removed(tmp_path: Path) -> None:
    left = tmp_path / "files" / ".incoming" / "tmpold"
    left.parent.mkdir(parents=True)
    left.write_bytes(b"half")
    os.utime(left, (time.time() - 2 * 86400,) * 2)
    incoming = Incoming(tmp_path, 10)
    incoming.open()
    assert not left.exists()
    incoming.close()


@pytest.mark.parametrize("name", ["../../etc/passwd", "", "ab", "G" * 64, "a" * 63 + "/"])
def test_what_is_no_hash_names_no_file(name: str) -> None:
    with pytest.raises(ValueError, match="SHA-256"):
        place_of(name)


async def test_file_is_added_renamed_put_away_and_restored(db: Database, tmp_path: Path) -> None:
    whose = await client(db, "Ирина Соколова")
    anna = await person(db, "anna")
    file_id = await kept(db, anna, of_client(whose), tmp_path, png(), "../паспорт.png")
    async with db.write() as session:
        file = await files.edit(session, anna, file_id, name="скан.png", note="страница 2")
        assert (file.media_type, file.place, file.note) == ("image/png", "relation", "страница 2")
    async with db.write() as session:
        await files.put_away(session, anna, file_id)
    async with db.read() as session:
        assert await files.of(session, anna, of_client(whose)) == []
        assert [f.id for f in await files.in_bin(session, anna, of_client(whose))] == [file_id]
        with pytest.raises(NotFound):
            await files.get(session, anna, file_id)
    async with db.write() as session:
        await files.restore(session, anna, file_id)
    async with db.read() as session:
        assert [f.name for f in await files.of(session, anna, of_client(whose))] == ["скан.png"]
        changed = (await session.scalars(select(Change).order_by(Change.id))).all()
    told = [(c.field, c.old, c.new) for c in changed if c.field.startswith("file")]
    assert told == [
        ("file", "паспорт.png", "скан.png (страница 2)"),
        ("file", "скан.png (страница 2)", ""),
        ("file", "", "скан.png (страница 2)"),
    ]


async def test_only_who_may_edit_adds_and_only_who_sees_reads(db: Database, tmp_path: Path) -> None:
    whose = await client(db, "Ирина Соколова")
    anna = await person(db, "anna")
    file_id = await kept(db, SYSTEM, of_client(whose), tmp_path, png())
    reader, blind = scoped(anna, edit=Scope.NONE), scoped(anna, see=Scope.OWN, edit=Scope.OWN)
    async with db.read() as session:
        assert (await files.get(session, reader, file_id)).id == file_id
        with pytest.raises(Forbidden):
            await files.require_add(session, reader, of_client(whose))
        for refused in (
            files.require_add(session, blind, of_client(whose)),
            files.get(session, blind, file_id),
            files.of(session, blind, of_client(whose)),
            files.in_bin(session, blind, of_client(whose)),
        ):
            with pytest.raises(NotFound):
                await refused
    with pytest.raises(Forbidden):
        async with db.write() as session:
            await files.edit(session, reader, file_id, name="x.png", note="")


async def test_kinds_and_size_are_those_that_the_administrator_set(
    db: Database, tmp_path: Path
) -> None:
    whose = await client(db, "Ирина Соколова")
    page = b"<html><script>alert(1)</script>"
    with pytest.raises(Invalid, match="this kind"):
        await kept(db, SYSTEM, of_client(whose), tmp_path, page, "a.html")
    with pytest.raises(Invalid, match="this kind"):
        await kept(db, SYSTEM, of_client(whose), tmp_path, b"echo", "a.bat")
    with pytest.raises(Invalid, match="no name"):
        await kept(db, SYSTEM, of_client(whose), tmp_path, b"text", "..")
    async with db.write() as session:
        allowed = FileRules(max_mb=1, groups=USUAL | {Group.WEB})
        await company_settings.save(session, SYSTEM, files.SETTING, allowed)
    assert await kept(db, SYSTEM, of_client(whose), tmp_path, page, "a.html")
    text = await kept(db, SYSTEM, of_client(whose), tmp_path, b"text", "a.txt")
    with pytest.raises(Invalid, match="this kind"):
        async with db.write() as session:
            await files.edit(session, SYSTEM, text, name="a.bat", note="")


async def test_core_files_are_an_organisation_s_only(db: Database, tmp_path: Path) -> None:
    firm = await client(db, "ООО «Ромашка»", kind="organisation")
    irina = await client(db, "Ирина Соколова")
    got = received(tmp_path, png()).received()
    async with db.write() as session:
        await files.add(session, SYSTEM, of_client(firm), NewFile("inn.png", got, "core"))
    for subject, place in ((of_client(irina), "core"), (of_client(firm), "else")):
        with pytest.raises(Invalid):
            async with db.write() as session:
                await files.add(session, SYSTEM, subject, NewFile("inn.png", got, place))


async def test_files_of_a_deal_stand_with_its_client_for_those_who_see_the_deal(
    db: Database, tmp_path: Path
) -> None:
    whose = await client(db, "Ирина Соколова")
    anna = await person(db, "anna")
    async with db.write() as session:
        sold = await deal(session, whose)
    subject = Subject(SubjectKind.DEAL, sold.id)
    file_id = await kept(db, anna, subject, tmp_path, png())
    async with db.read() as session:
        assert [f.id for f in await files.of(session, anna, subject)] == [file_id]
        assert [f.id for f in await files.of(session, anna, of_client(whose))] == [file_id]
        with pytest.raises(NotFound):
            await files.of(session, anna, Subject(SubjectKind.TASK, 1))
        with pytest.raises(NotFound):
            await files.require_add(session, anna, Subject(SubjectKind.TASK, 1))


async def test_download_stands_in_the_audit_log(db: Database, tmp_path: Path) -> None:
    whose = await client(db, "Ирина Соколова")
    file_id = await kept(db, SYSTEM, of_client(whose), tmp_path, png())
    async with db.write() as session:
        await files.note_download(session, SYSTEM, await session.get_one(StoredFile, file_id))
        entry = await session.scalar(select(AuditEntry).where(AuditEntry.action == "file.download"))
    assert entry is not None
    assert entry.subject_id == str(file_id)


def test_preview_of_a_picture_is_small_and_upright(tmp_path: Path) -> None:
    wide = received(tmp_path, png(900, 300)).received()
    found = preview_of(tmp_path, wide.sha256, "image/png")
    assert found is not None
    with Image.open(found) as small:
        assert small.size == (Size.SMALL, round(Size.SMALL / 3))
    turned = received(tmp_path, sideways_jpeg()).received()
    found = preview_of(tmp_path, turned.sha256, "image/jpeg", Size.LARGE)
    assert found is not None
    with Image.open(found) as upright:
        assert upright.size == (20, 40)


def test_preview_of_a_document_is_its_first_page(tmp_path: Path) -> None:
    document = received(tmp_path, pdf()).received()
    found = preview_of(tmp_path, document.sha256, "application/pdf")
    assert found is not None
    with Image.open(found) as page:
        assert max(page.size) <= Size.SMALL
        assert page.width < page.height


def bomb() -> bytes:
    """A picture of 30000x30000 pixels that is a few bytes long."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        checked = zlib.crc32(kind + data)
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", checked)

    header = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 2, 0, 0, 0)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0")) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (bomb(), "image/png"),
        (b"\x89PNG\r\n\x1a\nbroken", "image/png"),
        (b"%PDF-1.7 broken", "application/pdf"),
        (b"text", "text/plain"),
        (b"<svg/>", "image/svg+xml"),
    ],
)
def test_what_cannot_be_drawn_has_no_preview(
    tmp_path: Path, content: bytes, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    sha256 = received(tmp_path, content).received().sha256
    assert preview_of(tmp_path, sha256, kind) is None

    def made_again(*_: object) -> None:
        raise AssertionError("it is tried again")

    monkeypatch.setattr(previews, "_make", made_again)
    assert preview_of(tmp_path, sha256, kind) is None


def test_preview_of_a_file_that_is_gone_is_none(tmp_path: Path) -> None:
    assert preview_of(tmp_path, "0" * 64, "image/png") is None
