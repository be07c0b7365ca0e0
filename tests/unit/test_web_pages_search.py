import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update
from support.call_samples import Sample, add_heard_call
from support.web import Site

from calls.tables import Transcript, Utterance
from crm import audit
from crm.tables import AuditEntry

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


async def two_calls(site: Site) -> tuple[Sample, Sample]:
    services = site.services
    first = await add_heard_call(services.db, services.settings.data_dir, NOW)
    second = await add_heard_call(
        services.db,
        services.settings.data_dir,
        NOW - timedelta(days=3),
        extension="102",
        number="+79160000002",
        name="ООО «Берёзка»",
        linkedid="1790000000.2",
    )
    return first, second


def hits(html: str) -> list[tuple[int, float]]:
    found = re.findall(r'data-testid="search-hit".*?data-call="(\d+)" data-start="([\d.]+)"', html)
    return [(int(call), float(start)) for call, start in found]


async def find(site: Site, query: str, login: str = "sergey") -> str:
    answer = await (await site.client(login)).get(f"/search?{query}")
    assert answer.status_code == 200, answer.text
    return answer.text


@pytest.mark.parametrize(
    ("login", "status"),
    [("anna", 403), ("boris", 403), ("mila", 200), ("sergey", 200), ("root", 200)],
)
async def test_operators_search_nothing(site: Site, login: str, status: int) -> None:
    await two_calls(site)
    answer = await (await site.client(login)).get("/search?q=скидка")
    assert answer.status_code == status
    assert bool(hits(answer.text)) == (status == 200)


async def test_one_form_finds_the_others_and_each_hit_plays_from_its_word(site: Site) -> None:
    first, second = await two_calls(site)
    page = await find(site, "q=скидками")
    assert hits(page) == [
        (first.call, 5.5), (first.call, 9.5), (second.call, 5.5), (second.call, 9.5),
    ]  # fmt: skip
    assert page.count('<mark class="found">скидку</mark>') == 4
    assert f'href="/calls/{first.call}?t=9.5"' in page
    assert f'data-recording="{first.recording}" data-at="9.5"' in page
    assert "4 places found" in page


async def test_hit_shows_who_said_it_and_what_was_said_around(site: Site) -> None:
    await two_calls(site)
    page = await find(site, "q=договору&operator=101")
    assert "Пётр Иванов" in page
    assert "Добрый день, компания Ромашка" in page
    assert "Мы сделаем вам скидку" in page


@pytest.mark.parametrize(
    ("filters", "calls", "starts"),
    [
        ("side=client", "12", [5.5, 5.5]),
        ("side=operator", "12", [9.5, 9.5]),
        ("operator=102", "2", [5.5, 9.5]),
        ("who=березка", "2", [5.5, 9.5]),
        ("who=916 000-00-02", "2", [5.5, 9.5]),
        ("who=никто", "", []),
        ("client=1&side=client", "1", [5.5]),
        ("from=2026-11-19", "1", [5.5, 9.5]),
        ("to=2026-11-18", "2", [5.5, 9.5]),
    ],
)
async def test_filters_choose_speaker_operator_client_and_period(
    site: Site, filters: str, calls: str, starts: list[float]
) -> None:
    first, second = await two_calls(site)
    found = hits(await find(site, f"q=скидка&{filters}"))
    ids = {"1": first.call, "2": second.call}
    assert [start for _call, start in found] == starts
    assert {call for call, _start in found} == {ids[name] for name in calls}


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ('q="до пятницы', "a quotation mark is open"),
        ("q=-скидка", "add a word to look for"),
        ("q=...", "type a word to look for"),
        ("q=client: operator: x", "not both"),
        (f"q={'слово ' * 200}", "500 characters"),
    ],
)
async def test_query_that_cannot_be_understood_says_why(site: Site, query: str, shown: str) -> None:
    answer = await (await site.client("mila")).get(f"/search?{query}")
    assert answer.status_code == 400
    assert shown in answer.text
    assert "What can I type?" in answer.text


@pytest.mark.parametrize(
    "query", ["'; DROP TABLE calls; --", '"" OR 1', "NEAR(a b)", "*", "%00x", "a:b^2"]
)
async def test_hostile_query_never_breaks_the_page(site: Site, query: str) -> None:
    await two_calls(site)
    answer = await (await site.client("mila")).get("/search", params={"q": query})
    assert answer.status_code in (200, 400)


async def test_found_words_and_queries_with_markup_are_shown_as_text(site: Site) -> None:
    answer = await (await site.client("mila")).get(
        "/search", params={"q": "<script>alert(1)</script>"}
    )
    assert "<script>alert(1)" not in answer.text


async def test_every_search_is_logged_with_what_it_found(site: Site) -> None:
    await two_calls(site)
    client = await site.client("mila")
    await client.get("/search")
    await client.get("/search?q=скидка&side=client")
    async with site.services.db.read() as session:
        (entry,) = await session.scalars(select(AuditEntry).where(AuditEntry.action == "search"))
        words = (await audit.words_of(session, [entry.id]))[entry.id]
    assert entry.login == "mila"
    assert entry.detail["found"] == 2
    assert words["query"] == "скидка"
    assert "side=client" in words["address"]


async def test_old_reading_of_a_call_is_not_searched(site: Site) -> None:
    await two_calls(site)
    async with site.services.db.write() as session:
        await session.execute(update(Transcript).values(current=False))
    assert "Nothing was found" in await find(site, "q=скидка")


async def test_page_beyond_the_last_and_junk_pages_are_no_errors(site: Site) -> None:
    await two_calls(site)
    for number in ("99", "-1", "x", "0", "²"):
        await find(site, f"q=скидка&page={number}")


async def test_page_without_a_query_says_what_can_be_typed(site: Site) -> None:
    page = await find(site, "")
    assert "Type what you remember" in page
    assert "What can I type?" in page


async def test_page_says_that_old_calls_are_indexed_anew(site: Site) -> None:
    await two_calls(site)
    assert "being made anew" not in await find(site, "q=скидка")
    async with site.services.db.write() as session:
        await session.execute(update(Utterance).values(index_version=0))
    assert "being made anew" in await find(site, "q=скидка")
