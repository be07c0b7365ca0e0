import re
from datetime import UTC, datetime, timedelta

import pytest
from support.call_samples import add_heard_call, answered_call
from support.web import Site

from calls.queries import PAGE_ROWS, Place
from calls.tables import Call, CallLeg
from web.pages.call_listing import place_of, place_text

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


@pytest.fixture
def now(site: Site) -> datetime:
    site.services.clock = lambda: NOW
    return NOW


def rows(html: str) -> list[int]:
    return [int(found) for found in re.findall(r'id="call-row-(\d+)"', html)]


async def add(site: Site, *calls: Call) -> list[int]:
    async with site.services.db.write() as session:
        session.add_all(calls)
        await session.flush()
        return [call.id for call in calls]


def missed(linkedid: str, at: datetime, number: str = "+79160000002") -> Call:
    return Call(
        pbx="main", linkedid=linkedid, linkedids=[linkedid], direction="in", caller=number,
        called="74950000001", remote_number=number, remote_e164=number, started_at=at,
        ended_at=at + timedelta(seconds=30), ended=True, outcome="missed", needs_callback=True,
        reason_key="missed_ringing", reason_args={"others": "102", "others_s": "25"}, wait_s=30.0,
        legs=[CallLeg(position=0, uniqueid=f"{linkedid}.1", extension="102", rang=True)],
    )  # fmt: skip


async def test_operators_list_their_own_calls_and_everybody_else_all(
    site: Site, now: datetime
) -> None:
    annas, boriss = await add(
        site,
        answered_call("1.1", now, "101", "+79160000001"),
        answered_call("1.2", now - timedelta(hours=1), "102", "+79160000002"),
    )
    seen = {
        login: rows((await (await site.client(login)).get("/calls")).text)
        for login in ("anna", "boris", "nophone", "mila", "sergey", "root")
    }
    assert seen == {
        "anna": [annas], "boris": [boriss], "nophone": [],
        "mila": [annas, boriss], "sergey": [annas, boriss], "root": [annas, boriss],
    }  # fmt: skip


async def test_caller_who_shows_an_operators_extension_opens_nothing_to_that_operator(
    site: Site, now: datetime
) -> None:
    await add(site, answered_call("1.1", now, "102", "101"))
    assert rows((await (await site.client("anna")).get("/calls")).text) == []


async def test_recording_is_offered_to_those_only_who_may_hear_it(
    site: Site, now: datetime
) -> None:
    heard = await add_heard_call(site.services.db, site.services.settings.data_dir, now)
    async with site.services.db.write() as session:
        rang_only = CallLeg(
            call_id=heard.call, position=9, uniqueid="9.9", extension="102", rang=True
        )
        session.add(rang_only)
    offered = {}
    for login in ("anna", "boris", "mila"):
        page = (await (await site.client(login)).get("/calls")).text
        assert rows(page) == [heard.call]
        offered[login] = f"/calls/{heard.call}?t=0" in page
    assert offered == {"anna": True, "boris": False, "mila": True}


async def test_filter_for_another_operator_shows_an_operator_nothing_more(
    site: Site, now: datetime
) -> None:
    await add(site, answered_call("1.1", now, "102", "+79160000001"))
    client = await site.client("anna")
    assert rows((await client.get("/calls?operator=102")).text) == []
    assert rows((await client.get("/calls?part=rows&operator=102")).text) == []


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["answered", "missed", "older"]),
        ("period=today", ["answered", "missed"]),
        ("period=yesterday", ["older"]),
        ("from=2026-11-19&to=2026-11-19", ["older"]),
        ("outcome=missed", ["missed"]),
        ("outcome=not_answered", ["missed"]),
        ("operator=101", ["answered", "older"]),
        ("direction=out", []),
        ("number=8 916 000-00-02", ["missed"]),
        ("number=0000002", ["missed"]),
        ("number=%25", []),
        ("number=\\", []),
        ("client=1", ["answered"]),
        ("client=999", []),
    ],
)
async def test_filters_of_the_address_choose_the_calls(
    site: Site, now: datetime, query: str, expected: list[str]
) -> None:
    sample = await add_heard_call(site.services.db, site.services.settings.data_dir, now)
    found = await add(
        site,
        missed("2.1", now - timedelta(minutes=5)),
        answered_call("2.2", now - timedelta(days=1), "101", "+79160000003"),
    )
    ids = {"answered": sample.call, "missed": found[0], "older": found[1]}
    client = await site.client("mila")
    listed = rows((await client.get(f"/calls?{query}")).text)
    assert listed == [ids[name] for name in expected]


async def test_filter_that_means_nothing_is_named_and_left_out(site: Site, now: datetime) -> None:
    await add(site, missed("2.1", now))
    page = await (await site.client("mila")).get("/calls?outcome=lost&from=soon&before=junk")
    assert page.status_code == 200
    assert len(rows(page.text)) == 1
    assert "were left out: from, outcome." in page.text


async def test_older_pages_follow_without_gaps_or_doubles_though_new_calls_come(
    site: Site, now: datetime
) -> None:
    ids = await add(
        site, *(missed(f"3.{n}", now - timedelta(seconds=n // 3)) for n in range(PAGE_ROWS + 20))
    )
    client = await site.client("mila")
    first = (await client.get("/calls")).text
    await add(site, missed("4.1", now + timedelta(minutes=1)))
    older = re.search(r'rel="next" href="([^"]+)"', first)
    assert older is not None
    second = (await client.get(older.group(1).replace("&amp;", "&"))).text
    assert sorted(rows(first) + rows(second)) == sorted(ids)
    assert 'rel="next"' not in second


async def test_call_that_became_part_of_another_is_not_listed_and_leads_there(
    site: Site, now: datetime
) -> None:
    kept, absorbed = await add(site, missed("5.1", now), missed("5.2", now))
    async with site.services.db.write() as session:
        call = await session.get(Call, absorbed)
        assert call is not None
        call.merged_into_id = kept
    client = await site.client("mila")
    assert rows((await client.get("/calls")).text) == [kept]
    answer = await client.get(f"/calls/{absorbed}")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/calls/{kept}")


async def test_row_tells_outcome_and_reason_with_names_in_the_persons_language(
    site: Site, now: datetime
) -> None:
    await add(site, missed("2.1", now))
    client = await site.client("mila")
    assert "Борис Орлов did not pick up in 25 s" in (await client.get("/calls")).text
    await client.post("/language", data={"locale": "ru"})
    assert "Борис Орлов: нет ответа 25 с" in (await client.get("/calls")).text


async def test_empty_list_says_what_will_come(site: Site) -> None:
    assert "No calls yet" in (await (await site.client("anna")).get("/calls")).text


async def test_hidden_caller_and_names_with_markup_are_shown_as_text(
    site: Site, now: datetime
) -> None:
    call = missed("6.1", now, number="")
    call.caller_hidden = True
    call.queue = "<script>alert(1)</script>"
    await add(site, call)
    page = (await (await site.client("mila")).get("/calls")).text
    assert "hidden number" in page
    assert "<script>alert(1)" not in page


@pytest.mark.parametrize(
    "text",
    ["", "1-", "-1", "x-1", "1e400-1", "nan-1", "1-x", "99999999999999-1", f"1-{10**19}", "1--1"],
)
def test_place_that_nobody_wrote_is_no_place(text: str) -> None:
    assert place_of(text) is None


@pytest.mark.parametrize("place", [Place(NOW, 17), Place(None, 17)])
def test_place_comes_back_from_an_address(place: Place) -> None:
    assert place_of(place_text(place)) == place


async def test_call_without_a_time_is_listed_last(site: Site, now: datetime) -> None:
    imported = missed("7.2", now)
    imported.started_at = None
    undated, dated = await add(site, imported, missed("7.1", now))
    assert rows((await (await site.client("mila")).get("/calls")).text) == [dated, undated]
