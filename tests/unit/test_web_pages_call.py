from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update
from support.call_samples import Sample, add_client, add_heard_call
from support.web import Site

from calls.tables import CallLeg, Job, Recording, Transcript, Utterance
from crm.tables import AuditEntry, CallLink, CallNote, Promise

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
MARKING = {
    "word_from": "1",
    "word_to": "5",
    "by": "operator:101",
    "what": "Скидка 10 %",
    "due_on": "2026-11-27",
}


async def heard(site: Site) -> Sample:
    return await add_heard_call(site.services.db, site.services.settings.data_dir, NOW)


async def without_words(site: Site, sample: Sample, **recording: object) -> None:
    async with site.services.db.write() as session:
        await session.execute(update(Recording).values(**{"state": "ready", **recording}))
        for one in await session.scalars(select(Transcript)):
            await session.delete(one)


async def job(site: Site, sample: Sample, state: str, **more: object) -> None:
    known = {"key": str(sample.recording), "run_at": NOW, "created_at": NOW}
    async with site.services.db.write() as session:
        session.add(Job(kind="transcribe", state=state, **(known | more)))


async def seen(site: Site, sample: Sample, login: str = "sergey") -> str:
    answer = await (await site.client(login)).get(f"/calls/{sample.call}")
    assert answer.status_code == 200, answer.text
    return answer.text


@pytest.mark.parametrize(
    ("login", "status"),
    [
        ("anna", 200),
        ("boris", 403),
        ("nophone", 403),
        ("mila", 200),
        ("sergey", 200),
        ("root", 200),
    ],
)
async def test_page_of_a_call_opens_to_those_whose_call_it_is(
    site: Site, login: str, status: int
) -> None:
    sample = await heard(site)
    answer = await (await site.client(login)).get(f"/calls/{sample.call}")
    assert answer.status_code == status
    assert ("скидку" in answer.text) == (status == 200)


async def test_call_that_is_not_there_is_404(site: Site) -> None:
    assert (await (await site.client("mila")).get("/calls/99999")).status_code == 404
    assert (
        await (await site.client("mila")).get("/calls/9999999999999999999999")
    ).status_code == 404


async def test_page_shows_names_legs_client_notes_and_player(site: Site) -> None:
    sample = await heard(site)
    async with site.services.db.write() as session:
        session.add(
            CallNote(
                call_id=sample.call,
                user_id=site.people["anna"],
                text="ждёт <b>счёт</b>",
                updated_at=NOW,
            )
        )
    page = await seen(site, sample)
    assert "Анна Белова answered after 4 s, before Борис Орлов" in page
    assert f'href="/clients/{sample.client}"' in page
    assert "ждёт &lt;b&gt;счёт&lt;/b&gt;" in page
    assert page.count('class="leg"') == 3
    assert 'class="leg-talked"' in page
    assert 'data-testid="player"' in page
    assert page.count('data-testid="word"') == 25


async def test_style_nonce_stands_in_the_policy_of_this_page_only(site: Site) -> None:
    sample = await heard(site)
    client = await site.client("sergey")
    answer = await client.get(f"/calls/{sample.call}")
    policy = answer.headers["content-security-policy"]
    nonce = answer.text.split('data-nonce="')[1].split('"')[0]
    assert f"style-src 'self' 'nonce-{nonce}'" in policy
    assert "unsafe" not in policy
    assert "nonce" not in (await client.get("/calls")).headers["content-security-policy"]


@pytest.mark.parametrize(
    ("state", "error", "shown"),
    [
        ("expected", "", "The recording is being collected"),
        ("empty", "", "Nobody talked"),
        ("missing", "", "The PBX named a file, but it was not found."),
        ("failed", "calls/1.wav: not a sound file", "calls/1.wav: not a sound file"),
    ],
)
async def test_recording_that_cannot_be_played_says_why(
    site: Site, state: str, error: str, shown: str
) -> None:
    sample = await heard(site)
    await without_words(site, sample, state=state, error=error)
    page = await seen(site, sample)
    assert shown in page
    assert 'data-testid="player"' not in page


async def test_call_without_a_recording_says_so(site: Site) -> None:
    sample = await heard(site)
    async with site.services.db.write() as session:
        for one in await session.scalars(select(Recording)):
            await session.delete(one)
    assert "This call was not recorded." in await seen(site, sample)


async def test_one_track_is_shown_as_speaker_unknown(site: Site) -> None:
    sample = await heard(site)
    async with site.services.db.write() as session:
        await session.execute(update(Recording).values(sides="mono"))
        await session.execute(update(Utterance).values(side="unknown", speaker=""))
    page = await seen(site, sample)
    assert "one track, speaker unknown" in page
    assert "data-player-side" not in page
    assert 'class="turn-who side-unknown">speaker unknown' in page


async def test_recording_without_a_model_waits_and_says_what_to_do(site: Site) -> None:
    sample = await heard(site)
    await without_words(site, sample)
    await job(site, sample, "blocked", error="no speech model for ru is installed")
    page = await seen(site, sample, "root")
    assert "Recordings wait for a speech model" in page
    assert "slovo models install" in page
    assert "slovo models install" not in await seen(site, sample, "mila")


async def test_queued_recording_says_how_many_are_before_it(site: Site) -> None:
    sample = await heard(site)
    await without_words(site, sample)
    await job(site, sample, "waiting")
    await job(site, sample, "waiting", key="901", run_at=NOW - timedelta(minutes=1))
    await job(site, sample, "waiting", key="902", priority=5, run_at=NOW + timedelta(minutes=1))
    await job(site, sample, "waiting", key="903", run_at=NOW + timedelta(minutes=1))
    assert "2 recordings are before it." in await seen(site, sample)


async def test_running_failed_and_silent_readings_are_told(site: Site) -> None:
    sample = await heard(site)
    await without_words(site, sample)
    await job(site, sample, "running", progress=0.42)
    assert "42 %" in await seen(site, sample)
    async with site.services.db.write() as session:
        await session.execute(update(Job).values(state="failed", error="the speech engine died"))
    assert "the speech engine died" in await seen(site, sample)
    async with site.services.db.write() as session:
        await session.execute(update(Job).values(state="done"))
        session.add(
            Transcript(
                call_id=sample.call, recording_id=sample.recording, origin="engine", model="m",
                created_at=NOW,
            )
        )  # fmt: skip
    assert "No words were heard" in await seen(site, sample)


async def test_supervisor_marks_words_as_a_promise_that_keeps_its_quote(site: Site) -> None:
    sample = await heard(site)
    client = await site.client("sergey")
    answer = await client.post(
        f"/calls/{sample.call}/promises",
        data=MARKING | {"utterance_id": str(sample.utterances[2])},
        headers={"hx-request": "true"},
    )
    assert answer.status_code == 200
    assert "Скидка 10 %" in answer.text
    assert 'data-word-from="1" data-word-to="5"' in answer.text
    async with site.services.db.read() as session:
        promise = (await session.scalars(select(Promise))).one()
        audited = list(await session.scalars(select(AuditEntry.action)))
    assert promise.quote == "сделаем вам скидку десять процентов"
    assert (promise.start_s, promise.client_id) == (8.5, sample.client)
    assert "promise.mark" in audited
    closed = await client.post(f"/promises/{promise.id}/close", data={"state": "broken"})
    assert closed.status_code == 303
    again = await client.post(f"/promises/{promise.id}/close", data={"state": "kept"})
    assert again.status_code == 409


@pytest.mark.parametrize("login", ["anna", "boris", "mila"])
async def test_others_mark_no_promises(site: Site, login: str) -> None:
    sample = await heard(site)
    answer = await (await site.client(login)).post(
        f"/calls/{sample.call}/promises", data=MARKING | {"utterance_id": str(sample.utterances[2])}
    )
    assert answer.status_code == 403
    assert "Mark as a promise" not in (await (await site.client(login)).get("/calls")).text


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({"word_to": "99"}, 422),
        ({"word_from": "3", "word_to": "1"}, 422),
        ({"word_from": "-1"}, 422),
        ({"what": "   "}, 422),
        ({"due_on": "tomorrow"}, 422),
        ({"utterance_id": "987654"}, 404),
        ({"utterance_id": "x"}, 422),
    ],
)
async def test_promise_of_words_that_are_not_there_is_refused(
    site: Site, wrong: dict[str, str], status: int
) -> None:
    sample = await heard(site)
    data = MARKING | {"utterance_id": str(sample.utterances[2])} | wrong
    answer = await (await site.client("sergey")).post(f"/calls/{sample.call}/promises", data=data)
    assert answer.status_code == status
    async with site.services.db.read() as session:
        assert (await session.scalars(select(Promise))).all() == []


async def test_words_of_another_call_are_not_marked_through_this_one(site: Site) -> None:
    sample = await heard(site)
    other = await add_heard_call(
        site.services.db,
        site.services.settings.data_dir,
        NOW,
        linkedid="2.2",
        number="+79160000009",
        name="Другой",
    )
    answer = await (await site.client("sergey")).post(
        f"/calls/{other.call}/promises", data=MARKING | {"utterance_id": str(sample.utterances[2])}
    )
    assert answer.status_code == 404


async def test_person_of_a_single_track_is_who_the_listener_says(site: Site) -> None:
    sample = await heard(site)
    async with site.services.db.write() as session:
        await session.execute(update(Utterance).values(side="unknown", speaker=""))
    client = await site.client("sergey")
    data = MARKING | {"utterance_id": str(sample.utterances[2]), "by": "client:+79160000001"}
    assert (await client.post(f"/calls/{sample.call}/promises", data=data)).status_code == 303
    async with site.services.db.read() as session:
        promise = (await session.scalars(select(Promise))).one()
    assert (promise.by_side, promise.by_party) == ("client", "+79160000001")


async def test_what_the_recording_tells_is_not_overruled(site: Site) -> None:
    sample = await heard(site)
    data = MARKING | {"utterance_id": str(sample.utterances[2]), "by": "client:+79160000001"}
    await (await site.client("sergey")).post(f"/calls/{sample.call}/promises", data=data)
    async with site.services.db.read() as session:
        promise = (await session.scalars(select(Promise))).one()
    assert (promise.by_side, promise.by_party) == ("operator", "101")


async def test_shared_number_is_asked_about_and_the_choice_is_kept(site: Site) -> None:
    sample = await heard(site)
    async with site.services.db.write() as session:
        other = await add_client(session, NOW, "Мария Иванова", "+79160000001")
        await session.delete(await session.get_one(CallLink, sample.call))
    client = await site.client("anna")
    page = (await client.get(f"/calls/{sample.call}")).text
    assert "Several clients have this number" in page
    answer = await client.post(f"/calls/{sample.call}/client", data={"client_id": str(other)})
    assert answer.status_code == 303
    async with site.services.db.read() as session:
        link = await session.get_one(CallLink, sample.call)
    assert (link.client_id, link.how) == (other, "manual")


async def test_client_is_attached_to_own_calls_only(site: Site) -> None:
    sample = await heard(site)
    client = await site.client("boris")
    data = {"client_id": str(sample.client)}
    assert (await client.post(f"/calls/{sample.call}/client", data=data)).status_code == 403
    assert (await client.get(f"/calls/{sample.call}/client?q=Пётр")).status_code == 403


async def test_clients_are_found_by_name_to_be_attached(site: Site) -> None:
    sample = await heard(site)
    client = await site.client("anna")
    found = await client.get(f"/calls/{sample.call}/client?q=иван", headers={"hx-request": "true"})
    assert found.status_code == 200
    assert "Пётр Иванов" in found.text
    nobody = await client.get(f"/calls/{sample.call}/client?q=zzz", headers={"hx-request": "true"})
    assert "No client was found." in nobody.text


async def test_offered_leg_alone_reads_no_words(site: Site) -> None:
    sample = await heard(site)
    async with site.services.db.write() as session:
        session.add(CallLeg(call_id=sample.call, position=1, uniqueid="x", extension="102"))
    page = await seen(site, sample, "boris")
    assert "скидку" not in page
    assert "You may not hear this call" in page
