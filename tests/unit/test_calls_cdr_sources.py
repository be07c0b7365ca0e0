"""Asterisk's own record in all its shapes: files that grow and rotate, tables of other products, queue_log."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import create_engine, text
from test_calls_cdr_rebuild import lines_of

from calls.cdr.csv_lines import BASE, values_of
from calls.cdr.master_csv import MasterCsv
from calls.cdr.queue_entry import entry_of_line
from calls.cdr.queue_log import QueueLogFile, QueueLogTable
from calls.cdr.reading import Reading
from calls.cdr.reported import ReportedRows
from calls.cdr.row import CdrRow, row_of
from calls.cdr.sources import NoLines, local_zone, queue_log_of, sources_of
from calls.cdr.table import CdrTable
from calls.errors import CdrUnreadable
from pbx.events import CdrReported, Direction, Party, PbxName
from pbx.numbers import Endpoints
from pbx.settings import PbxSettings

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
FIELDS = next(iter(lines_of("in-direct-answered"))).rsplit(",", 2)[0]
"""A line of a default Asterisk: no uniqueid, no userfield."""


@pytest.mark.parametrize(
    ("more", "uniqueid", "userfield", "linkedid"),
    [
        ("", None, None, None),
        (',"1795315726.0"', "1795315726.0", None, None),
        (',"pbx1-1795315726.0"', "pbx1-1795315726.0", None, None),
        (',"note"', None, "note", None),
        (',"1795315726.0","note"', "1795315726.0", "note", None),
        (',"","1795315726.0","7"', None, None, "1795315726.0"),
        (',"1795315726.1","","1795315726.0","7"', "1795315726.1", None, "1795315726.0"),
        (',"1795315726.1","note","","1795315726.0","7"', "1795315726.1", "note", "1795315726.0"),
    ],
)
def test_every_shape_of_a_line_is_understood(
    more: str, uniqueid: str | None, userfield: str | None, linkedid: str | None
) -> None:
    values = values_of(FIELDS + more)
    found = values.get("uniqueid"), values.get("userfield"), values.get("linkedid")
    assert found == (uniqueid, userfield, linkedid)
    assert (values["src"], values["channel"]) == ("79161234567", "PJSIP/trunk-00000000")


def test_quotes_commas_and_cyrillic_stay_whole() -> None:
    (line,) = lines_of("cyrillic-name")
    assert values_of(line)["clid"] == '"ООО Ромашка, отдел №1" <79161234567>'


@pytest.mark.parametrize("line", ["", "a,b,c", '"unclosed', ",".join(["x"] * 30)])
def test_a_line_that_is_no_record_is_refused(line: str) -> None:
    with pytest.raises(CdrUnreadable):
        row_of(values_of(line), UTC)


@pytest.mark.parametrize(
    ("zone", "written"),
    [("UTC", "2026-11-22 02:48:46"), ("Europe/Moscow", "2026-11-22 05:48:46")],
)
def test_zone_is_found_by_the_uniqueid(tmp_path: Path, zone: str, written: str) -> None:
    path = tmp_path / "Master.csv"
    (line,) = lines_of("in-direct-answered")
    moved = datetime(2026, 11, 22, 2, 48, 51, tzinfo=UTC).astimezone(ZoneInfo(zone))
    line = line.replace("2026-11-22 02:48:46", written).replace(
        "2026-11-22 02:48:51", f"{moved:%Y-%m-%d %H:%M:%S}"
    )
    path.write_text(line + "\n", "utf-8")
    source = MasterCsv(path, None, ZoneInfo("America/Lima"))
    (row,) = source.rows(LONG_AGO)
    assert row.start == datetime(2026, 11, 22, 2, 48, 46, tzinfo=UTC)
    assert row.end == datetime(2026, 11, 22, 2, 48, 51, tzinfo=UTC)


def many(count: int, first: datetime) -> list[str]:
    """Lines of calls that end one second after the other."""
    lines = []
    for place in range(count):
        at = first + timedelta(seconds=place)
        shown = f"{at:%Y-%m-%d %H:%M:%S}"
        lines.append(
            f'"","7916{place:07}","74951230001","from-trunk","","PJSIP/trunk-{place:08x}","","Queue",'
            f'"support","{shown}",,"{shown}",0,0,"NO ANSWER","DOCUMENTATION","{at.timestamp():.0f}.{place}",""\n'
        )
    return lines


FIRST = datetime(2026, 11, 22, tzinfo=UTC)


def test_a_long_file_is_read_from_the_moment_on_and_not_from_its_beginning(tmp_path: Path) -> None:
    path = tmp_path / "Master.csv"
    path.write_text("".join(many(20_000, FIRST)), "utf-8")
    since = FIRST + timedelta(seconds=19_000)
    rows = list(MasterCsv(path, UTC, UTC).rows(since))
    assert rows[-1].src == "79160019999"
    assert 1_000 <= len(rows) < 8_000
    assert rows[0].end < since


@pytest.mark.parametrize("rotated", ["Master.csv.1", "Master.csv-20261122", "Master.csv.0"])
def test_lines_of_the_rotated_file_before_are_read_too(tmp_path: Path, rotated: str) -> None:
    path = tmp_path / "Master.csv"
    lines = many(10, FIRST)
    (tmp_path / rotated).write_text("".join(lines[:6]), "utf-8")
    (tmp_path / "Master.csv.2.gz").write_bytes(b"packed")
    (tmp_path / "Master.csv.d").mkdir()
    (tmp_path / "Master.csv2").write_text("".join(lines), "utf-8")
    path.write_text("".join(lines[6:]), "utf-8")
    os.utime(tmp_path / rotated, (FIRST.timestamp() + 6,) * 2)
    assert len(list(MasterCsv(path, UTC, UTC).rows(FIRST))) == 10


def test_rotated_file_of_long_ago_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "Master.csv"
    (tmp_path / "Master.csv.1").write_text("".join(many(6, FIRST)), "utf-8")
    os.utime(tmp_path / "Master.csv.1", (FIRST.timestamp() + 6,) * 2)
    path.write_text("".join(many(4, FIRST + timedelta(days=2))), "utf-8")
    assert len(list(MasterCsv(path, UTC, UTC).rows(FIRST + timedelta(days=1)))) == 4


HOSTILE = {
    "seconds": {"duration": "nan"},
    "endless": {"billsec": "1e300"},
    "ages": {"end": "", "duration": "1e11"},
    "no time": {"start": "yesterday"},
}


@pytest.mark.parametrize("wrong", HOSTILE.values(), ids=HOSTILE)
def test_line_with_impossible_times_is_counted_and_hinders_nobody(
    wrong: dict[str, str], tmp_path: Path
) -> None:
    good = {
        "src": "101\0",
        "dst": "102",
        "channel": "PJSIP/101-00000001",
        "start": "2026-11-22 12:00:00",
        "end": "2026-11-22 12:00:10",
        "duration": "10",
        "disposition": "ANSWERED",
    }
    columns = [*BASE, "uniqueid"]
    path = tmp_path / "Master.csv"
    path.write_text(
        "".join(
            ",".join(f'"{line.get(name, "")}"' for name in columns) + "\n"
            for line in (good | wrong, good | {"uniqueid": "1795316400.1"})
        ),
        "utf-8",
    )
    source = MasterCsv(path, None, UTC)
    (row,) = source.rows(LONG_AGO)
    assert (row.src, row.duration_s, source.malformed) == ("101", 10, 1)


@pytest.mark.parametrize(
    "url",
    ["postgresql://u:hun@ter2@localhost/db", "postgresql://u:h@un:ter2@localhost/db"],
)
def test_piece_of_a_password_that_was_not_encoded_is_told_to_nobody(url: str) -> None:
    with pytest.raises(CdrUnreadable, match="%40") as refused:
        list(CdrTable(url, "cdr", None, UTC).rows(FIRST))
    assert "ter2" not in str(refused.value)


def test_malformed_lines_are_counted_and_hinder_nobody(tmp_path: Path) -> None:
    path = tmp_path / "Master.csv"
    path.write_bytes(
        "".join(many(2, FIRST)).encode() + b"\xff\xfe broken\n" + many(3, FIRST)[2].encode()
    )
    source = MasterCsv(path, UTC, UTC)
    assert len(list(source.rows(FIRST))) == 3
    assert source.malformed == 1


def test_a_missing_file_is_named_with_its_setting(tmp_path: Path) -> None:
    with pytest.raises(CdrUnreadable, match="SLOVO_CDR_CSV"):
        list(MasterCsv(tmp_path / "none.csv", None, UTC).rows(FIRST))


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def other_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database that is not ours."""
    if request.param == "sqlite":
        sqlite3.connect(tmp_path / "master.db").close()
        yield f"sqlite:///{tmp_path / 'master.db'}"
    else:
        with request.getfixturevalue("postgresql_cluster").database("template0") as url:
            yield url


def run(url: str, *statements: str) -> None:
    driver = url.replace("postgresql://", "postgresql+psycopg://")
    engine = create_engine(driver)
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


def test_table_as_freepbx_has_it_is_read(other_database: str) -> None:
    run(
        other_database,
        "CREATE TABLE cdr (calldate timestamp, clid varchar(80), src varchar(80), dst varchar(80), "
        "dcontext varchar(80), channel varchar(80), dstchannel varchar(80), lastapp varchar(80), "
        "lastdata varchar(80), duration int, billsec int, disposition varchar(45), uniqueid varchar(32), "
        "linkedid varchar(32), sequence int)",
        "INSERT INTO cdr VALUES ('2026-11-22 05:48:46', '', '79161234567', '74951230001', 'from-trunk', "
        "'PJSIP/trunk-00000000', 'PJSIP/101-00000001', 'Dial', 'PJSIP/101,20', 5, 3, 'ANSWERED', "
        "'1795315726.0', '1795315726.0', 3)",
    )
    source = CdrTable(other_database, "cdr", None, UTC)
    (row,) = source.rows(FIRST)
    assert row.start == datetime(2026, 11, 22, 2, 48, 46, tzinfo=UTC)
    assert (row.connected_s, row.linkedid, row.disposition) == (3.0, "1795315726.0", "ANSWERED")
    assert source.newest() == row
    assert list(source.rows(FIRST + timedelta(days=1))) == []


def test_table_of_cdr_sqlite3_custom_is_read_whatever_the_case_of_its_columns(
    tmp_path: Path,
) -> None:
    url = f"sqlite:///{tmp_path / 'master.db'}"
    run(
        url,
        "CREATE TABLE Calls (AcctId INTEGER PRIMARY KEY, CallDate TEXT, CLID TEXT, DContext TEXT, Channel TEXT, "
        "DstChannel TEXT, LastApp TEXT, LastData TEXT, Duration REAL, BillSec REAL, Disposition TEXT, SRC TEXT, "
        "DST TEXT, UniqueId TEXT)",
        "INSERT INTO Calls VALUES (1, '2026-11-22 02:48:46', '', '', 'PJSIP/trunk-0', '', 'Queue', 's', 5.2, 0, "
        "'NO ANSWER', '79161234567', '1', '1795315726.0')",
    )
    (row,) = CdrTable(url, "Calls", None, UTC).rows(FIRST)
    assert (row.duration_s, row.src) == (5.2, "79161234567")


def test_wrong_tables_and_databases_are_named_with_their_setting(other_database: str) -> None:
    run(other_database, "CREATE TABLE cdr (calldate timestamp, src varchar(9))")
    with pytest.raises(CdrUnreadable, match="no column channel, disposition"):
        list(CdrTable(other_database, "cdr", None, UTC).rows(FIRST))
    with pytest.raises(CdrUnreadable, match="SLOVO_CDR_TABLE"):
        list(CdrTable(other_database, "calls", None, UTC).rows(FIRST))


def test_a_database_file_that_is_not_there_is_an_error_and_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(CdrUnreadable, match="SLOVO_CDR_URL"):
        list(CdrTable(f"sqlite:///{tmp_path}/none.db", "cdr", None, UTC).rows(FIRST))
    assert list(tmp_path.iterdir()) == []


QUEUE_LOG = (
    "1795305600|NONE|NONE|NONE|QUEUESTART|\n"
    "1795305601|1795305600.1|support|NONE|ENTERQUEUE||79161234567|1\n"
    "1795305620|1795305600.1|support|NONE|ABANDON|1|1|19\n"
    "half a li"
)


def test_caller_who_is_in_the_queue_log_only_is_a_call(tmp_path: Path) -> None:
    path = tmp_path / "queue_log"
    path.write_text(QUEUE_LOG, "utf-8")
    reading = Reading(PbxName("main"), NoLines(), LONG_AGO, Endpoints(), QueueLogFile(path))
    (told,) = reading.next() or []
    record = told.record
    assert (record.caller.number, record.queue, record.queue_result) == (
        "79161234567",
        "support",
        "abandoned",
    )
    assert (told.uniqueid, reading.next()) == ("1795305600.1", None)


def test_operator_who_gave_up_in_a_queue_is_no_client(tmp_path: Path) -> None:
    path = tmp_path / "queue_log"
    path.write_text(QUEUE_LOG.replace("79161234567", "103"), "utf-8")
    reading = Reading(PbxName("main"), NoLines(), LONG_AGO, Endpoints(), QueueLogFile(path))
    (told,) = reading.next() or []
    assert (told.record.direction, told.record.caller) == (
        Direction.INTERNAL,
        Party(extension="103"),
    )


def test_caller_whose_line_has_no_ids_is_found_in_the_queue_log(tmp_path: Path) -> None:
    path = tmp_path / "queue_log"
    path.write_text(QUEUE_LOG, "utf-8")
    began = datetime.fromtimestamp(1795305600, UTC)
    row = CdrRow(
        src="79161234567", dst="74951230004", context="from-trunk", clid="", app="Queue",
        channel="PJSIP/trunk-1", dst_channel="", data="support,tT", start=began, answer=None,
        end=began + timedelta(seconds=20), disposition="NO ANSWER",
    )  # fmt: skip
    source = InOrderOfBeginnings([row])
    reading = Reading(PbxName("main"), source, LONG_AGO, Endpoints(), QueueLogFile(path))
    (told,) = reading.next() or []
    assert (told.ids, told.record.queue_result) == (frozenset({"1795305600.1"}), "abandoned")


def test_queue_log_in_a_table_says_the_same_as_the_file(other_database: str) -> None:
    run(
        other_database,
        "CREATE TABLE queuelog (time varchar(26), callid varchar(40), queuename varchar(20), agent varchar(20), "
        "event varchar(20), data1 varchar(40), data2 varchar(40), data3 varchar(40), data4 varchar(40), "
        "data5 varchar(40))",
        "INSERT INTO queuelog VALUES ('2026-11-22 00:00:01.000000', '1795305600.1', 'support', 'NONE', "
        "'ENTERQUEUE', '', '79161234567', '1', '', '')",
    )
    (entry,) = QueueLogTable(other_database, "queuelog", UTC).entries(FIRST)
    of_line = entry_of_line(QUEUE_LOG.splitlines()[1])
    assert of_line is not None
    assert (entry.at, entry.call, entry.event, entry.data[:3]) == (
        of_line.at,
        of_line.call,
        "ENTERQUEUE",
        of_line.data,
    )


def test_settings_say_which_sources_there_are(tmp_path: Path) -> None:
    assert sources_of(PbxSettings()) == []
    both = PbxSettings(
        cdr_csv=tmp_path / "a", cdr_url=f"sqlite:///{tmp_path}/b", cdr_time_zone="UTC"
    )
    assert [source.name for source in sources_of(both)] == ["cdr_csv", "cdr_table"]
    only_queue = PbxSettings(queue_log=tmp_path / "queue_log")
    assert [source.name for source in sources_of(only_queue)] == ["queue_log"]
    assert queue_log_of(only_queue) is not None
    with pytest.raises(ValueError, match="no time zone"):
        PbxSettings(cdr_time_zone="Moscow/Kremlin")


def test_cdr_events_are_rows_like_those_of_the_file() -> None:
    names = (
        "AccountCode,Source,Destination,DestinationContext,CallerID,Channel,DestinationChannel,LastApplication,"
        "LastData,StartTime,AnswerTime,EndTime,Duration,BillableSeconds,Disposition,AMAFlags,UniqueID,UserField"
    )
    (line,) = lines_of("in-direct-answered")
    values = [str(value) for value in values_of(line).values()]
    reported = ReportedRows(None, ZoneInfo("America/Lima"))
    event = CdrReported(
        pbx=PbxName("main"), at=None, values=tuple(zip(names.split(","), values, strict=True))
    )
    reported.take(event)
    assert list(reported.rows(FIRST)) == [row_of(values_of(line), UTC)]


def test_night_in_which_summer_ends_loses_no_hour(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    try:
        began = [
            datetime(2026, 10, 24, 23, tzinfo=UTC) + k * timedelta(minutes=5) for k in range(40)
        ]
        fields = values_of(FIELDS)
        lines = []
        for at in began:
            shown = [(at + timedelta(seconds=s)).astimezone().strftime("%F %T") for s in (0, 200)]
            values = fields | {"clid": "", "start": shown[0], "answer": "", "end": shown[1]}
            told = [*(str(values[name]) for name in BASE), f"{at.timestamp():.0f}.1"]
            lines.append(",".join(f'"{one}"' for one in told) + "\n")
        (tmp_path / "Master.csv").write_text("".join(lines), "utf-8")
        for zone in (None, ZoneInfo("Europe/Berlin")):
            rows = list(MasterCsv(tmp_path / "Master.csv", zone, local_zone()).rows(LONG_AGO))
            assert [row.start for row in rows] == began
            assert {row.duration_s for row in rows} == {200}
        at = began[0].astimezone(local_zone())
        assert (at.hour, at.astimezone(UTC)) == (1, began[0])
    finally:
        monkeypatch.undo()
        time.tzset()


class InOrderOfBeginnings(NoLines):
    """Rows as a table gives them."""

    def __init__(self, rows: list[CdrRow]) -> None:
        self._rows = rows

    def rows(self, since: datetime) -> Iterator[CdrRow]:
        yield from self._rows


def offer(at_s: float, lasted_s: float, call: str, *, answered: bool) -> CdrRow:
    """One line of a call that rang one phone."""
    start = FIRST + timedelta(seconds=at_s)
    end = start + timedelta(seconds=lasted_s)
    return CdrRow(
        src="79161234567", dst="74951230001", context="from-trunk", clid="", app="Dial",
        channel=f"PJSIP/trunk-{call}", dst_channel=f"PJSIP/101-{call}{at_s:.0f}",
        data="PJSIP/101,20", start=start, answer=end - timedelta(seconds=5) if answered else None,
        end=end, disposition="ANSWERED" if answered else "NO ANSWER", linkedid=f"1795305600.{call}",
    )  # fmt: skip


def test_long_call_tears_no_call_of_the_next_rows_of_a_table_apart(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("calls.cdr.reading.ROWS_AT_ONCE", 2)
    rows = [
        offer(0, 4 * 3600, "1", answered=True),
        offer(60, 10, "2", answered=False),
        offer(71, 30, "2", answered=True),
    ]
    reading = Reading(PbxName("main"), InOrderOfBeginnings(rows), LONG_AGO, Endpoints())
    told = [one for calls in iter(reading.next, None) for one in calls]
    assert [(len(one.record.rings), len(one.record.talks)) for one in told] == [(2, 1), (1, 1)]
