"""Files over HTTP: limits, kinds, names, rights, and that nothing is ever run in the browser."""

from pathlib import Path
from urllib.parse import quote

import httpx2
import pytest
from sqlalchemy import select
from support.files import pdf, png
from support.history import deal
from support.web import Site
from support.web_seed import add_client

from crm.tables import AuditEntry, RoleScope, StoredFile
from web.pages.files import attachment

BYTES = {"content-type": "application/octet-stream", "accept": "*/*"}


async def put(
    client: httpx2.AsyncClient, place: str, name: str, content: bytes, where: str = "relation"
) -> httpx2.Response:
    address = f"{place}/files?place={where}&name={quote(name)}"
    return await client.post(address, content=content, headers=BYTES)


async def irina(site: Site, **more: object) -> str:
    async with site.services.db.write() as session:
        return f"/clients/{(await add_client(session, 'Ирина Соколова', **more)).id}"


def kept_files(site: Site) -> list[Path]:
    folder = site.services.settings.data_dir / "files"
    return [path for path in folder.rglob("*") if path.is_file()]


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ("a.pdf", "attachment; filename=\"a.pdf\"; filename*=UTF-8''a.pdf"),
        (
            'Счёт "5" %.pdf',
            'attachment; filename="____ _5_ _.pdf"; '
            "filename*=UTF-8''%D0%A1%D1%87%D1%91%D1%82%20%225%22%20%25.pdf",
        ),
    ],
)
def test_name_is_saved_as_it_is_in_every_browser(name: str, header: str) -> None:
    assert attachment(name) == header
    header.encode("latin-1")


async def test_file_goes_in_and_comes_out_as_an_attachment(site: Site) -> None:
    place = await irina(site)
    anna = await site.client("anna")
    sent = pdf()  # a second one would bear another time
    answer = await put(anna, place, "договор № 5.pdf", sent)
    assert answer.status_code == 201
    file_id = answer.json()["id"]
    panel = (await anna.get(f"{place}/files")).text
    assert "договор № 5.pdf" in panel
    assert f"/files/{file_id}/preview" in panel
    got = await anna.get(f"/files/{file_id}")
    assert got.content == sent
    assert got.headers["content-type"] == "application/pdf"
    assert got.headers["content-disposition"] == attachment("договор № 5.pdf")
    assert got.headers["x-content-type-options"] == "nosniff"
    small = await anna.get(f"/files/{file_id}/preview")
    assert small.headers["content-type"] == "image/webp"
    async with site.services.db.read() as session:
        audited = select(AuditEntry.subject_id).where(AuditEntry.action == "file.download")
        assert (await session.scalars(audited)).all() == [str(file_id)]


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("empty.txt", b"", "empty"),
        ("a.html", b"<html><script>alert(1)</script>", "this kind"),
        ("a.svg", b"<svg onload='alert(1)'/>", "this kind"),
        ("photo.jpg", b"MZ\x90\x00", "this kind"),
        ("run.bat", b"echo", "this kind"),
        ("", b"text", "no name"),
    ],
)
async def test_refused_file_leaves_nothing(
    site: Site, name: str, content: bytes, says: str
) -> None:
    place = await irina(site)
    answer = await put(await site.client("anna"), place, name, content)
    assert answer.status_code == 422
    assert says in answer.json()["error"]["text"]
    assert kept_files(site) == []


async def test_size_and_kinds_are_set_by_the_administrator_only(site: Site) -> None:
    place = await irina(site)
    anna, root = await site.client("anna"), await site.client("root")
    rules = {"max_mb": "1", "group": ["web", "text"]}
    assert (await anna.post("/admin/files", data=rules)).status_code == 403
    assert (await root.post("/admin/files", data={"max_mb": "0"})).status_code == 422
    assert (await root.post("/admin/files", data=rules)).status_code == 303
    assert 'value="web" checked' in (await root.get("/admin/files")).text
    big = b"x" * (2**20 + 1)
    answer = await put(anna, place, "big.txt", big)
    assert answer.status_code == 422
    assert "1 MB" in answer.json()["error"]["text"]

    async def pieces():  # type: ignore[no-untyped-def]
        for _ in range(3):
            yield big

    # Without a length that could be known before, it is stopped on the way.
    address = f"{place}/files?name=big.txt"
    assert (await anna.post(address, content=pieces(), headers=BYTES)).status_code == 422
    assert kept_files(site) == []
    answer = await put(anna, place, "page.html", b"<html><script>alert(1)</script>")
    got = await anna.get(f"/files/{answer.json()['id']}")
    assert got.headers["content-type"] == "application/octet-stream"
    assert got.headers["content-disposition"].startswith("attachment")
    assert (await anna.get(f"/files/{answer.json()['id']}/preview")).status_code == 404


async def test_name_that_climbs_is_only_a_name(site: Site) -> None:
    place = await irina(site)
    anna = await site.client("anna")
    answer = await put(anna, place, "../../../etc/pass\r\nwd.txt", b"text")
    assert answer.json()["name"] == "passwd.txt"
    assert [path.parent.parent.name for path in kept_files(site)] == ["files"]


async def test_larger_file_than_a_form_goes_in_and_forms_stay_small(site: Site) -> None:
    place = await irina(site)
    anna = await site.client("anna")
    answer = await put(anna, place, "big.txt", b"x" * 3 * 2**20)
    assert answer.status_code == 201
    form = {"text": "x" * 2 * 2**20}
    assert (await anna.post(f"{place}/comments", data=form)).status_code == 413


async def test_rights_follow_the_client(site: Site) -> None:
    place = await irina(site)
    anna, nobody = await site.client("anna"), await site.client()
    file_id = (await put(anna, place, "a.png", png())).json()["id"]
    async with site.services.db.write() as session:
        session.add(RoleScope(role="operator", action="edit", scope="none"))
    assert (await put(anna, place, "a.png", png())).status_code == 403
    assert "data-upload" not in (await anna.get(f"{place}/files")).text
    assert (await anna.get(f"/files/{file_id}")).status_code == 200
    async with site.services.db.write() as session:
        session.add(RoleScope(role="operator", action="see", scope="none"))
    for address in (f"{place}/files", f"/files/{file_id}", f"/files/{file_id}/preview"):
        assert (await anna.get(address)).status_code == 404
        assert (await nobody.get(address)).status_code == 303
    assert (await put(anna, place, "a.png", png())).status_code == 404


async def test_file_is_renamed_put_away_and_taken_back(site: Site) -> None:
    place = await irina(site)
    anna = await site.client("anna")
    file_id = (await put(anna, place, "a.png", png())).json()["id"]
    one = f"/files/{file_id}"
    assert (await anna.post(one, data={"name": "b.png", "note": "n"})).status_code == 204
    assert (await anna.post(one, data={"name": "b.exe", "note": ""})).status_code == 422
    assert (await anna.post(f"{one}/delete")).status_code == 204
    assert (await anna.get(one)).status_code == 404
    panel = (await anna.get(f"{place}/files")).text
    assert "In the bin" in panel
    assert "b.png" in panel
    assert (await anna.post(f"{one}/restore")).status_code == 204
    assert (await anna.get(one)).status_code == 200


async def test_organisation_has_two_places_and_a_deal_has_its_own(site: Site) -> None:
    firm, person = await irina(site, kind="organisation"), await irina(site)
    async with site.services.db.write() as session:
        sold = await deal(session, int(firm.rpartition("/")[2]))
    anna = await site.client("anna")
    assert (await put(anna, firm, "inn.png", png(), "core")).status_code == 201
    assert (await put(anna, person, "inn.png", png(), "core")).status_code == 422
    assert (await put(anna, f"/deals/{sold.id}", "bill.png", png())).status_code == 201
    panel = (await anna.get(f"{firm}/files")).text
    own, _, ours = panel.partition("Of our work with it")
    assert "inn.png" in own
    assert "bill.png" in ours
    assert "bill.png" in (await anna.get(f"/deals/{sold.id}/files")).text


async def test_file_whose_bytes_are_gone_says_so(site: Site) -> None:
    place = await irina(site)
    anna = await site.client("anna")
    file_id = (await put(anna, place, "a.png", png())).json()["id"]
    for path in kept_files(site):
        path.unlink()
    assert (await anna.get(f"/files/{file_id}")).status_code == 410
    async with site.services.db.write() as session:
        row = await session.get_one(StoredFile, file_id)
        row.sha256 = "../../etc/passwd"
    assert (await anna.get(f"/files/{file_id}")).status_code in (404, 410, 500)
