"""The search page's new parts: saved searches, facets, the group of hits that forgive an error."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from support.call_samples import add_heard_call
from support.web import Site

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


async def heard(site: Site) -> None:
    await add_heard_call(site.services.db, site.services.settings.data_dir, NOW)


async def test_search_is_saved_opened_silenced_and_deleted_by_its_owner_only(site: Site) -> None:
    await heard(site)
    mila, sergey = await site.client("mila"), await site.client("sergey")
    form = {"address": "q=скидка&side=client&from=2026-11-01", "name": "Скидки", "notify": "yes"}
    saved = await mila.post("/search/saved", data=form)
    assert saved.status_code == 303
    assert "from=" not in saved.headers["location"]
    page = (await mila.get("/search")).text
    (number,) = re.findall(r'href="/search/saved/(\d+)"', page)
    assert "Скидки" in page
    assert f"/search/saved/{number}" not in (await sergey.get("/search")).text
    for path, form in (
        (f"/search/saved/{number}/notify", {"notify": ""}),
        (f"/search/saved/{number}/delete", {}),
    ):
        assert (await sergey.post(path, data=form)).status_code == 404
    assert (await sergey.get(f"/search/saved/{number}")).status_code == 404
    assert "side=client" in (await mila.get(f"/search/saved/{number}")).headers["location"]
    await mila.post(f"/search/saved/{number}/notify", data={"notify": ""})
    assert "tell me when it is said" in (await mila.get("/search")).text
    await mila.post(f"/search/saved/{number}/delete")
    assert "Скидки" not in (await mila.get("/search")).text


async def test_page_counts_hits_by_operator_client_and_month(site: Site) -> None:
    await heard(site)
    page = (await (await site.client("mila")).get("/search?q=скидка")).text
    facets = dict(re.findall(r'data-facet="(\w+)".*?<a href="/search\?([^"]+)"', page, re.DOTALL))
    assert set(facets) >= {"operator", "client", "month"}
    assert "operator=101" in facets["operator"]
    narrowed = await (await site.client("mila")).get(
        "/search?" + facets["month"].replace("&amp;", "&")
    )
    assert narrowed.text.count('data-testid="search-hit"') == 2


async def test_misheard_words_come_in_a_group_of_their_own(site: Site) -> None:
    await heard(site)
    client = await site.client("mila")
    page = (await client.get("/search?q=договар")).text
    assert "Possibly misheard" in page
    assert 'data-match="tolerant"' in page
    only = (await client.get("/search?q=договар&match=tolerant&order=relevance")).text
    assert only.count('data-match="tolerant"') == page.count('data-match="tolerant"')
