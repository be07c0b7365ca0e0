"""Behind a link to a piece of a call: what a stranger and a colleague get; every other token gets one same answer."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx2
import soundfile
from sqlalchemy import select, update
from support.call_samples import Sample, add_heard_call, write_sound
from support.web import Site

from calls.tables import Recording
from crm.tables import AuditEntry, Redaction, SharedClip
from web.clip_sounds import MOST_ASKED
from web.media import LISTENING_GAP

AT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
TERMS = {"start_s": "8", "end_s": "12", "side": "both", "for_whom": "anyone", "days": "7"}


async def heard(site: Site) -> Sample:
    return await add_heard_call(site.services.db, site.services.settings.data_dir, AT)


async def share(site: Site, sample: Sample, login: str = "mila", **terms: str) -> str:
    """The path of a new link."""
    client = await site.client(login)
    address = f"/recordings/{sample.recording}/clips"
    answer = await client.post(address, data=TERMS | terms, headers={"hx-request": "true"})
    assert answer.status_code == 200, answer.text
    found = re.search(r'data-address="http://testserver(/clips/[^"]+)"', answer.text)
    assert found is not None
    return found[1]


async def actions(site: Site) -> list[str]:
    async with site.services.db.read() as session:
        found = await session.scalars(select(AuditEntry).order_by(AuditEntry.id))
        return [f"{e.action} {e.login}" for e in found if e.action.startswith("clip.")]


def wait(site: Site, more: timedelta) -> None:
    before = site.services.clock
    site.services.clock = lambda: before() + more


async def test_stranger_hears_the_piece_and_learns_nothing_of_the_client(
    site: Site, tmp_path: Path
) -> None:
    sample = await heard(site)
    path = await share(site, sample)
    stranger = await site.client()
    page = await stranger.get(path)
    assert page.status_code == 200
    for private in ("Пётр", "Иванов", "9160000001", "Анна", f"/calls/{sample.call}", "скидку"):
        assert private not in page.text
    assert page.headers["referrer-policy"] == "no-referrer"
    assert "noindex" in page.headers["x-robots-tag"]
    assert page.headers["cache-control"] == "no-store"
    sound = await stranger.get(f"{path}/sound")
    assert (sound.status_code, sound.headers["content-type"]) == (200, "audio/mpeg")
    assert sound.headers["cache-control"].startswith("private")
    file = tmp_path / "clip.mp3"
    file.write_bytes(sound.content)
    assert abs(soundfile.info(file).duration - 4) < 0.15, "the piece, not the whole"
    part = await stranger.get(f"{path}/sound", headers={"range": "bytes=10-19"})
    assert (part.status_code, part.content) == (206, sound.content[10:20])
    assert await actions(site) == ["clip.share mila", "clip.play "]


async def test_words_are_shown_only_where_they_are_shared_and_then_only_of_the_piece(
    site: Site,
) -> None:
    sample = await heard(site)
    stranger = await site.client()
    page = await stranger.get(await share(site, sample, with_words="yes"))
    assert "Мы сделаем вам скидку десять процентов до пятницы" in page.text
    assert "договору" not in page.text
    page = await stranger.get(await share(site, sample, with_words="yes", side="client"))
    assert "скидку" not in page.text
    assert (await actions(site)).count("clip.read ") == 2


async def test_every_token_that_opens_nothing_gets_the_same_answer(site: Site) -> None:
    sample = await heard(site)
    revoked, expired, over, gone = [await share(site, sample) for _ in range(4)]
    async with site.services.db.write() as session:
        ids = list(await session.scalars(select(SharedClip.id).order_by(SharedClip.id)))
        past = {"expires_at": AT - timedelta(days=1)}
        await session.execute(update(SharedClip).where(SharedClip.id == ids[1]).values(past))
        played = {"most_plays": 1, "plays": 1}
        await session.execute(update(SharedClip).where(SharedClip.id == ids[2]).values(played))
    mila = await site.client("mila")
    ended = await mila.post(f"/shared-clips/{ids[0]}/revoke", headers={"hx-request": "true"})
    assert ended.status_code == 200
    stranger = await site.client()
    wrong = await stranger.get("/clips/a-never-given")
    assert wrong.status_code == 404
    for path in (revoked, expired, over):
        for rest in ("", "/sound"):
            answer = await stranger.get(path + rest)
            assert (answer.status_code, answer.text) == (404, wrong.text)
            assert _plain(answer) == _plain(wrong)
    assert (await stranger.get(gone)).status_code == 200
    async with site.services.db.write() as session:
        (await session.get_one(Recording, sample.recording)).state = "missing"
    answer = await stranger.get(gone)
    assert (answer.status_code, answer.text) == (404, wrong.text)


def _plain(answer: httpx2.Response) -> dict[str, str]:
    return {name: value for name, value in answer.headers.items() if name != "x-request-id"}


async def test_link_for_colleagues_needs_a_login_and_the_right_to_hear(site: Site) -> None:
    path = await share(site, await heard(site), for_whom="colleagues")
    stranger = await site.client()
    for asked in (path, "/clips/c-never-given"):
        answer = await stranger.get(asked)
        assert answer.status_code == 303, "known or not, it leads to the login form"
        assert answer.headers["location"].startswith("/login?next=")
    for login, status in (("anna", 200), ("sergey", 200), ("boris", 403)):
        client = await site.client(login)
        assert (await client.get(path)).status_code == status, login
        assert (await client.get(f"{path}/sound")).status_code == status, login
    assert await actions(site) == ["clip.share mila", "clip.play anna", "clip.play sergey"]


async def test_play_is_counted_once_a_listening_and_the_last_one_ends_the_link(site: Site) -> None:
    path = await share(site, await heard(site), most_plays="2")
    stranger = await site.client()
    for _ in range(3):
        assert (await stranger.get(f"{path}/sound")).status_code == 200
    wait(site, LISTENING_GAP + timedelta(seconds=1))
    assert (await stranger.get(f"{path}/sound")).status_code == 200
    assert (await stranger.get(path)).status_code == 200, "what is being heard goes on"
    wait(site, LISTENING_GAP + timedelta(seconds=1))
    assert (await stranger.get(f"{path}/sound")).status_code == 404
    assert (await stranger.get(path)).status_code == 404
    assert (await actions(site)).count("clip.play ") == 2


async def test_changed_recording_is_cut_anew_and_an_erased_one_is_gone(site: Site) -> None:
    sample = await heard(site)
    path = await share(site, sample)
    stranger = await site.client()
    before = (await stranger.get(f"{path}/sound")).content
    file = site.services.settings.data_dir / "recordings/1790000000.1.wav"
    sound, rate_hz = soundfile.read(file)
    soundfile.write(file, sound * 0.01, rate_hz, subtype="PCM_16")
    async with site.services.db.write() as session:
        (await session.get_one(Recording, sample.recording)).sha256 = "1" * 64
    after = await stranger.get(f"{path}/sound")
    assert after.status_code == 200
    assert after.content != before
    file.unlink()
    async with site.services.db.write() as session:
        (await session.get_one(Recording, sample.recording)).sha256 = "2" * 64
    assert (await stranger.get(f"{path}/sound")).status_code == 404


async def test_who_asks_too_often_waits_whatever_the_token(site: Site) -> None:
    path = await share(site, await heard(site))
    stranger = await site.client()
    for number in range(MOST_ASKED):
        assert (await stranger.get(f"/clips/a{number}")).status_code == 404
    for asked in (path, f"{path}/sound", "/clips/a-never-given"):
        answer = await stranger.get(asked)
        assert (answer.status_code, answer.content) == (429, b"")
        assert 0 < int(answer.headers["retry-after"]) <= 60


async def test_list_shows_links_without_their_tokens_and_operators_share_nothing(
    site: Site,
) -> None:
    sample = await heard(site)
    path = await share(site, sample)
    sergey = await site.client("sergey")
    listed = await sergey.get(f"/calls/{sample.call}/clips")
    assert "Мила Котова" in listed.text
    assert path.removeprefix("/clips/") not in listed.text
    anna = await site.client("anna")
    assert (await anna.get(f"/calls/{sample.call}/clips")).status_code == 403
    answer = await anna.post(f"/recordings/{sample.recording}/clips", data=TERMS)
    assert answer.status_code == 403


async def test_administrator_forbids_links_without_a_login(site: Site) -> None:
    sample = await heard(site)
    path = await share(site, sample)
    root, mila, stranger = [await site.client(login) for login in ("root", "mila", "")]
    assert (await mila.get("/admin/sharing")).status_code == 403
    assert "checked" in (await root.get("/admin/sharing")).text
    refused = await root.post("/admin/sharing", data={"longest_days": "0"})
    assert refused.status_code == 422
    saved = await root.post("/admin/sharing", data={"longest_days": "5"})
    assert saved.status_code == 303
    assert (await stranger.get(path)).status_code == 404
    answer = await mila.post(
        f"/recordings/{sample.recording}/clips", data=TERMS, headers={"hx-request": "true"}
    )
    assert answer.status_code == 422
    assert 'value="anyone"' not in (await mila.get(f"/calls/{sample.call}")).text


async def test_page_that_is_open_while_its_recording_changes_gets_no_mixed_sound(
    site: Site,
) -> None:
    sample = await heard(site)
    mila = await site.client("mila")
    page = await mila.get(f"/calls/{sample.call}")
    found = re.search(r'src="(/media/recordings/\d+/stereo\?v=[0-9a-f]{64})"', page.text)
    assert found is not None
    answer = await mila.get(found[1])
    etag = answer.headers["etag"]
    assert answer.headers["cache-control"] == "private, no-cache"
    assert (await mila.get(found[1], headers={"if-none-match": etag})).status_code == 304
    digest = write_sound(site.services.settings.data_dir / "recordings/1790000000.1.wav", 10)
    async with site.services.db.write() as session:
        (await session.get_one(Recording, sample.recording)).sha256 = digest
    assert (await mila.get(found[1], headers={"if-none-match": etag})).status_code == 410
    fresh = await mila.get(
        f"/media/recordings/{sample.recording}/stereo", headers={"if-none-match": etag}
    )
    assert fresh.status_code == 200
    assert fresh.headers["etag"] != etag
    resumed = {"range": "bytes=100-", "if-range": etag}
    whole = await mila.get(f"/media/recordings/{sample.recording}/stereo", headers=resumed)
    assert whole.status_code == 200, "a range of the old file is answered with all of the new"


async def test_link_is_silent_while_a_piece_of_its_recording_waits_to_be_silenced(
    site: Site,
) -> None:
    sample = await heard(site)
    path = await share(site, sample)
    stranger = await site.client()
    assert (await stranger.get(f"{path}/sound")).status_code == 200
    async with site.services.db.write() as session:
        row = Redaction(
            call_id=sample.call, recording_id=sample.recording, kind="card", from_s=9.0, to_s=11.0,
            how="silence", words=1, found_by="person", at=AT,
        )  # fmt: skip
        session.add(row)
    assert (await stranger.get(path)).status_code == 404
    assert (await stranger.get(f"{path}/sound")).status_code == 404
    async with site.services.db.write() as session:
        (await session.get_one(Redaction, row.id)).done_at = AT
    assert (await stranger.get(f"{path}/sound")).status_code == 200
