"""The pages of marks: who sees and makes them, and what the browser is told of silence."""

from datetime import UTC, datetime

from support.call_samples import Sample, add_heard_call
from support.web import Site

AT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
FETCHED = {"hx-request": "true"}


async def heard(site: Site) -> Sample:
    return await add_heard_call(site.services.db, site.services.settings.data_dir, AT)


async def test_marks_are_seen_by_whoever_may_hear_the_call_and_by_nobody_else(site: Site) -> None:
    sample = await heard(site)
    address = f"/recordings/{sample.recording}/marks"
    anna = await site.client("anna")
    data = {"from_s": "4.5", "to_s": "6", "kind": "question", "text": "<b>who</b> @sergey"}
    added = await anna.post(address, data=data, headers=FETCHED)
    assert added.status_code == 200
    assert "&lt;b&gt;who&lt;/b&gt;" in added.text
    assert 'data-from="4.5"' in added.text
    assert "data-mark-edit" in added.text
    for login, status in (("mila", 200), ("sergey", 200), ("boris", 403), ("nophone", 403)):
        client = await site.client(login)
        answer = await client.get(address)
        assert answer.status_code == status, login
        assert "data-mark-edit" not in answer.text
        refused = await client.post("/marks/1", data={"text": "mine"}, headers=FETCHED)
        assert refused.status_code == 403, login


async def test_own_mark_is_edited_and_deleted_and_a_form_without_script_leads_back(
    site: Site,
) -> None:
    sample = await heard(site)
    anna = await site.client("anna")
    added = await anna.post(f"/recordings/{sample.recording}/marks", data={"from_s": "1"})
    assert added.status_code == 303
    assert added.headers["location"] == f"/calls/{sample.call}?recording={sample.recording}"
    data = {"kind": "good", "text": "well said"}
    edited = await anna.post("/marks/1", data=data, headers=FETCHED)
    assert "well said" in edited.text
    assert 'data-kind="good"' in edited.text
    gone = await anna.post("/marks/1/delete", headers=FETCHED)
    assert "well said" not in gone.text
    assert (await anna.post("/marks/1/delete", headers=FETCHED)).status_code == 404


async def test_time_that_is_none_is_refused_in_words(site: Site) -> None:
    sample = await heard(site)
    anna = await site.client("anna")
    for typed in ("", "now", "nan", "inf", "1e999", "-1", "3600"):
        answer = await anna.post(
            f"/recordings/{sample.recording}/marks", data={"from_s": typed}, headers=FETCHED
        )
        assert answer.status_code == 422, typed
        assert answer.json()["error"]["field"] == "from_s"


async def test_colleagues_are_offered_by_the_letters_typed(site: Site) -> None:
    sample = await heard(site)
    anna = await site.client("anna")
    found = await anna.get(f"/recordings/{sample.recording}/colleagues?q=s")
    assert found.json() == [{"login": "sergey", "name": "Сергей Лис"}]


async def test_silence_is_told_with_its_sum(site: Site) -> None:
    """The sample's sides speak in turn, two seconds each, so nothing is silent; without its sound nothing is told."""
    sample = await heard(site)
    mila = await site.client("mila")
    answer = await mila.get(f"/media/recordings/{sample.recording}/silences")
    assert answer.json() == {"silent_s": 0, "intervals": []}
    boris = await site.client("boris")
    assert (await boris.get(f"/media/recordings/{sample.recording}/silences")).status_code == 403
