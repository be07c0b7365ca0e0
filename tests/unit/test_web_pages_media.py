from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx2
import numpy as np
import pytest
import soundfile
from sqlalchemy import select
from starlette.exceptions import HTTPException
from support.call_samples import Sample, add_heard_call
from support.web import Site

from calls.tables import PeakCache, Recording
from crm.tables import AuditEntry
from web.media import LISTENING_GAP, MOST_LISTENINGS, Listenings, kept_file

AT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
EVERYBODY = ("anna", "boris", "nophone", "mila", "sergey", "root")
HEARING = {"anna", "mila", "sergey", "root"}
"""101 is anna's phone: of the operators only she talked."""


async def heard(site: Site) -> Sample:
    return await add_heard_call(site.services.db, site.services.settings.data_dir, AT)


async def logged(site: Site, action: str) -> list[AuditEntry]:
    async with site.services.db.read() as session:
        found = await session.scalars(select(AuditEntry).where(AuditEntry.action == action))
        return list(found)


async def clip(client: httpx2.AsyncClient, recording: int, **more: str) -> httpx2.Response:
    data = {"start_s": "1", "end_s": "3.5", "side": "both", "format": "ogg"} | more
    return await client.post(f"/media/recordings/{recording}/clip", data=data)


@pytest.mark.parametrize("way", ["stereo", "client", "peaks"])
async def test_only_who_talked_or_may_hear_all_gets_the_sound(site: Site, way: str) -> None:
    sample = await heard(site)
    for login in EVERYBODY:
        client = await site.client(login)
        answer = await client.get(f"/media/recordings/{sample.recording}/{way}")
        assert answer.status_code == (200 if login in HEARING else 403), login
    assert {entry.login for entry in await logged(site, "recording.play")} == (
        set() if way == "peaks" else HEARING
    )


async def test_nobody_without_a_login_gets_sound(site: Site) -> None:
    sample = await heard(site)
    client = await site.client()
    answer = await client.get(
        f"/media/recordings/{sample.recording}/stereo", headers={"accept": "audio/*"}
    )
    assert answer.status_code == 401
    assert await logged(site, "recording.play") == []


async def test_phone_that_only_rang_sees_the_call_but_hears_nothing(site: Site) -> None:
    sample = await heard(site)
    async with site.services.db.write() as session:
        from calls.tables import CallLeg

        session.add(
            CallLeg(call_id=sample.call, position=1, uniqueid="x", extension="102", rang=True)
        )
    client = await site.client("boris")
    page = await client.get(f"/calls/{sample.call}")
    assert page.status_code == 200
    assert 'data-testid="player"' not in page.text
    assert 'data-testid="word"' not in page.text
    for way in ("stereo", "peaks"):
        answer = await client.get(f"/media/recordings/{sample.recording}/{way}")
        assert answer.status_code == 403


async def test_range_gives_a_part_and_beyond_the_end_416(site: Site) -> None:
    sample = await heard(site)
    client = await site.client("mila")
    address = f"/media/recordings/{sample.recording}/stereo"
    whole = (await client.get(address)).content
    part = await client.get(address, headers={"range": "bytes=100-199"})
    assert part.status_code == 206
    assert part.content == whole[100:200]
    assert part.headers["content-range"] == f"bytes 100-199/{len(whole)}"
    beyond = await client.get(address, headers={"range": f"bytes={len(whole)}-"})
    assert beyond.status_code == 416


async def test_sound_is_never_kept_by_proxies_and_validated_by_its_hash(site: Site) -> None:
    sample = await heard(site)
    client = await site.client("mila")
    address = f"/media/recordings/{sample.recording}/stereo"
    first = await client.get(address)
    assert first.headers["cache-control"] == "private, no-cache"
    assert first.headers["content-type"] == "audio/wav"
    again = await client.get(address, headers={"if-none-match": first.headers["etag"]})
    assert again.status_code == 304
    assert again.content == b""
    changed = await client.get(address, headers={"range": "bytes=0-9", "if-range": '"other"'})
    assert changed.status_code == 200


async def test_pieces_of_one_listening_are_one_entry_and_a_later_one_is_another(
    site: Site,
) -> None:
    sample = await heard(site)
    now = [AT]
    site.services.clock = lambda: now[0]
    client = await site.client("mila")
    address = f"/media/recordings/{sample.recording}/stereo"
    for start in (50, 0, 1000):
        await client.get(address, headers={"range": f"bytes={start}-{start + 9}"})
        now[0] += timedelta(minutes=9)
    assert len(await logged(site, "recording.play")) == 1
    now[0] += LISTENING_GAP
    await client.get(address, headers={"range": "bytes=5000-5009"})
    entries = await logged(site, "recording.play")
    assert [entry.subject_id for entry in entries] == [str(sample.recording)] * 2
    assert entries[1].detail["range"] == "bytes=5000-5009"


async def test_two_logins_of_one_person_are_two_listenings(site: Site) -> None:
    sample = await heard(site)
    for _ in range(2):
        client = await site.client("mila")
        await client.get(f"/media/recordings/{sample.recording}/stereo")
    assert len(await logged(site, "recording.play")) == 2


async def test_listening_that_cannot_be_logged_gives_no_sound(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    from calls.errors import DatabaseUnavailable
    from crm import audit

    async def away(*_: object) -> None:
        raise DatabaseUnavailable("locked")

    sample = await heard(site)
    client = await site.client("mila")
    monkeypatch.setattr(audit, "record", away)
    answer = await client.get(f"/media/recordings/{sample.recording}/stereo")
    assert answer.status_code == 503
    assert b"RIFF" not in answer.content


async def test_asking_for_the_head_only_is_no_listening(site: Site) -> None:
    sample = await heard(site)
    client = await site.client("mila")
    answer = await client.head(f"/media/recordings/{sample.recording}/stereo")
    assert answer.status_code == 200
    assert await logged(site, "recording.play") == []


@pytest.mark.parametrize(
    "path", ["../outside.wav", "/etc/hostname", "recordings/../../outside.wav", ""]
)
async def test_row_that_points_outside_the_data_directory_gives_410(site: Site, path: str) -> None:
    sample = await heard(site)
    site.services.settings.data_dir.parent.joinpath("outside.wav").write_bytes(b"secret")
    async with site.services.db.write() as session:
        recording = await session.get(Recording, sample.recording)
        assert recording is not None
        recording.path = path
    client = await site.client("mila")
    answer = await client.get(f"/media/recordings/{sample.recording}/stereo")
    assert answer.status_code == 410


def test_link_that_leads_outside_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "outside.wav").write_bytes(b"secret")
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "link.wav").symlink_to(tmp_path / "outside.wav")
    with pytest.raises(HTTPException):
        kept_file(tmp_path / "data", "link.wav")


async def test_file_that_is_gone_gives_410_and_an_unknown_recording_404(site: Site) -> None:
    sample = await heard(site)
    (site.services.settings.data_dir / "recordings" / "1790000000.1.wav").unlink()
    client = await site.client("mila")
    answers = [
        (await client.get(f"/media/recordings/{recording}/{way}")).status_code
        for recording, way in (
            (sample.recording, "stereo"),
            (sample.recording, "nonsense"),
            (sample.recording, "operator"),
            (999999, "stereo"),
            (10**30, "stereo"),
        )
    ]
    assert answers == [410, 404, 404, 404, 404]
    assert await logged(site, "recording.play") == []


async def test_recording_that_is_not_there_yet_gives_410(site: Site) -> None:
    sample = await heard(site)
    async with site.services.db.write() as session:
        recording = await session.get(Recording, sample.recording)
        assert recording is not None
        recording.state = "expected"
    client = await site.client("mila")
    for way in ("stereo", "peaks"):
        answer = await client.get(f"/media/recordings/{sample.recording}/{way}")
        assert answer.status_code == 410


async def test_peaks_of_a_long_call_are_thinned_without_losing_a_click(site: Site) -> None:
    sample = await heard(site)
    pairs = np.zeros((2, 100_000, 2), dtype=np.int8)
    pairs[1, 70_001] = (-127, 100)
    async with site.services.db.write() as session:
        cached = await session.get(PeakCache, sample.recording)
        assert cached is not None
        cached.peaks = pairs.tobytes()
    client = await site.client("mila")
    address = f"/media/recordings/{sample.recording}/peaks"
    body = (await client.get(f"{address}?pairs=4000")).json()
    assert [len(channel) for channel in body["channels"]] == [8000, 8000]
    assert set(body["channels"][0]) == {0}
    at = body["channels"][1].index(-127)
    assert body["channels"][1][at + 1] == 100
    assert abs(at / 8000 - 0.7) < 0.001
    assert body["step_ms"] == 250
    for asked, given in (("", 1000), ("?pairs=9999999", 33_334), ("?pairs=none", 1000)):
        body = (await client.get(address + asked)).json()
        assert len(body["channels"][1]) == given * 2, asked
        assert -127 in body["channels"][1]


@pytest.mark.parametrize("kind", ["mp3", "ogg"])
async def test_clip_is_the_selected_seconds_and_is_logged(
    site: Site, tmp_path: Path, kind: str
) -> None:
    sample = await heard(site)
    client = await site.client("mila")
    answer = await clip(client, sample.recording, format=kind, side="client")
    assert answer.status_code == 200
    assert answer.headers["content-disposition"].endswith(f'.{kind}"')
    file = tmp_path / f"clip.{kind}"
    file.write_bytes(answer.content)
    assert abs(soundfile.info(file).duration - 2.5) < 0.15
    (entry,) = await logged(site, "recording.export")
    assert (entry.login, entry.subject_id) == ("mila", str(sample.recording))
    assert entry.detail == {
        "call": sample.call, "start_s": 1.0, "end_s": 3.5, "side": "client", "format": kind,
    }  # fmt: skip


async def test_operators_export_nothing_not_even_their_own_calls(site: Site) -> None:
    sample = await heard(site)
    client = await site.client("anna")
    assert (await clip(client, sample.recording)).status_code == 403
    assert await logged(site, "recording.export") == []


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ({"start_s": "5", "end_s": "5"}, 400),
        ({"start_s": "-1"}, 400),
        ({"start_s": "nan"}, 400),
        ({"end_s": "inf"}, 400),
        ({"start_s": "500", "end_s": "501"}, 400),
        ({"start_s": "soon"}, 422),
        ({"format": "exe"}, 422),
        ({"side": "../.."}, 422),
    ],
)
async def test_selection_that_is_none_is_refused_and_not_logged(
    site: Site, more: dict[str, str], status: int
) -> None:
    sample = await heard(site)
    client = await site.client("mila")
    assert (await clip(client, sample.recording, **more)).status_code == status
    assert await logged(site, "recording.export") == []


def test_forgotten_listening_is_logged_again() -> None:
    listenings = Listenings()
    for number in range(MOST_LISTENINGS + 1):
        listenings.heard("person", number, AT)
    assert listenings.is_new("person", 0, AT)
    assert not listenings.is_new("person", MOST_LISTENINGS, AT)
