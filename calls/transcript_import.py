"""Transcripts made elsewhere: one JSON object per line becomes a call with a searchable transcript.

In: a JSONL file `{"id", "lang", "call_at", "turns": [{"side", "start_s", "end_s", "text"}]}`; unknown keys are ignored.
Out: rows that searches find at once. The whole file is checked before anything is written. A call that was imported before
is replaced, by its id, so a broken-off import is simply run again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, StringConstraints, ValidationError, field_validator
from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from calls import understanding
from calls.db import Database
from calls.errors import ImportRefused
from calls.search import index_values
from calls.tables import Call, Transcript, Utterance

PBX = "import"
BATCH_CALLS = 200
"""Calls per transaction: a large file must not keep others from writing all the time."""
TURN_CHARACTERS = 100_000

Id = Annotated[str, StringConstraints(min_length=1, max_length=200)]
LONGEST_S = 30 * 24 * 3600.0
"""No call is longer; seconds far beyond it could not be added to a time."""
EARLIEST, LATEST = datetime(1900, 1, 1, tzinfo=UTC), datetime(9000, 1, 1, tzinfo=UTC)

Seconds = Annotated[float, Field(ge=0, le=LONGEST_S, allow_inf_nan=False)]


class ImportedTurn(BaseModel):
    """One speaker's turn."""

    side: Literal["client", "operator", "unknown"] = "unknown"
    start_s: Seconds | None = None
    end_s: Seconds | None = None
    text: Annotated[str, StringConstraints(max_length=TURN_CHARACTERS)]

    @field_validator("text")
    @classmethod
    def _storable(cls, value: str) -> str:
        if "\x00" in value:
            raise ValueError("holds a NUL character")
        return value


class ImportedCall(BaseModel):
    """One line of the file."""

    id: Id
    lang: Annotated[str, StringConstraints(max_length=8)] = ""
    call_at: datetime | None = None
    turns: list[ImportedTurn]

    @field_validator("id", mode="before")
    @classmethod
    def _number_is_an_id(cls, value: object) -> object:
        return str(value) if isinstance(value, int) and not isinstance(value, bool) else value

    @field_validator("id", "lang")
    @classmethod
    def _plain_id(cls, value: str) -> str:
        return ImportedTurn._storable(value)

    @field_validator("lang", mode="before")
    @classmethod
    def _unknown_lang(cls, value: object) -> object:
        return "" if value is None else value

    @field_validator("call_at", mode="before")
    @classmethod
    def _iso_time(cls, value: object) -> object:
        if value is not None and not isinstance(value, str):
            raise ValueError("must be an ISO 8601 time or null")
        return value

    @field_validator("call_at")
    @classmethod
    def _aware(cls, value: datetime | None) -> datetime | None:
        """A time without a zone is in UTC, as everywhere in our interfaces."""
        if value is None:
            return None
        aware = value.replace(tzinfo=UTC) if value.tzinfo is None else value
        if not EARLIEST <= aware <= LATEST:
            raise ValueError(f"must lie between {EARLIEST.year} and {LATEST.year}")
        return aware.astimezone(UTC)

    @property
    def ends_s(self) -> float:
        """Where the last turn ends, in seconds."""
        return max((turn.end_s or turn.start_s or 0.0 for turn in self.turns), default=0.0)


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did."""

    calls: int
    turns: int
    replaced: int


def read(path: Path) -> Iterator[ImportedCall]:
    """Read and check a file, line by line.

    Raises:
        ImportRefused: the file cannot be read, or a line is not as it must be; says which and why.
    """
    seen: dict[str, int] = {}
    number = 0
    try:
        with path.open("rb") as lines:
            for number, line in enumerate(lines, start=1):
                text = line.removeprefix(b"\xef\xbb\xbf").strip()
                if not text:
                    continue
                call = ImportedCall.model_validate_json(text)
                if call.id in seen:
                    why = f"id {call.id!r} is already in line {seen[call.id]}"
                    raise ImportRefused(str(path), number, why)
                seen[call.id] = number
                yield call
    except OSError as error:
        raise ImportRefused(str(path), number, error.strerror or str(error)) from error
    except ValidationError as error:
        raise ImportRefused(str(path), number, _why(error)) from error


def _why(error: ValidationError) -> str:
    first = error.errors(include_url=False, include_input=False)[0]
    place = ".".join(str(part) for part in first["loc"])
    return f"{place}: {first['msg']}" if place else first["msg"]


async def import_transcripts(db: Database, path: Path) -> Imported:
    """Import a file. When this returns, searches find everything in it.

    Raises:
        ImportRefused: the file cannot be read or a line is wrong; nothing was imported then.
        DatabaseUnavailable: the database is away; run the import again.
    """
    for _ in read(path):
        pass
    calls = turns = replaced = 0
    remaining = read(path)
    while batch := list(islice(remaining, BATCH_CALLS)):
        async with db.write() as session:
            replaced += await _store(session, batch)
        calls += len(batch)
        turns += sum(len(call.turns) for call in batch)
    return Imported(calls, turns, replaced)


async def _store(session: AsyncSession, batch: Sequence[ImportedCall]) -> int:
    """Write one batch; returns how many of its calls were there before."""
    query = select(Call).where(Call.external_id.in_([call.id for call in batch]))
    known = {row.external_id: row for row in await session.scalars(query)}
    if known:
        ids = [row.id for row in known.values()]
        await session.execute(
            delete(Transcript).where(Transcript.call_id.in_(ids)),
            execution_options={"synchronize_session": False},
        )
    rows = [known.get(call.id) or _new(session, call) for call in batch]
    for row, call in zip(rows, batch, strict=True):
        row.started_at = row.answered_at = call.call_at
        row.ended_at = call.call_at + timedelta(seconds=call.ends_s) if call.call_at else None
        row.talk_s = call.ends_s
    await session.flush()
    now = datetime.now(UTC)
    transcripts = [
        Transcript(
            call_id=row.id,
            origin="import",
            model="import",
            lang=call.lang,
            duration_s=call.ends_s,
            current=True,
            created_at=now,
        )
        for row, call in zip(rows, batch, strict=True)
    ]
    session.add_all(transcripts)
    await session.flush()
    values = [
        value
        for transcript, call in zip(transcripts, batch, strict=True)
        for value in _utterances(transcript, call)
    ]
    if values:
        await index_values(session, values)
        await session.execute(insert(Utterance), values)
    for transcript in transcripts:
        await understanding.ask(session, transcript.id)
    return len(known)


def _new(session: AsyncSession, call: ImportedCall) -> Call:
    row = Call(
        pbx=PBX,
        # Ids of other systems may be longer than a linkedid can be.
        linkedid=hashlib.sha256(call.id.encode()).hexdigest(),
        linkedids=[],
        external_id=call.id,
        direction="in",
        ended=True,
        outcome="answered",
    )
    session.add(row)
    return row


def _utterances(transcript: Transcript, call: ImportedCall) -> Iterator[dict[str, Any]]:
    for number, turn in enumerate(call.turns):
        start_s = turn.start_s or 0.0
        yield {
            "transcript_id": transcript.id,
            "call_id": transcript.call_id,
            "turn": number,
            "side": turn.side,
            "speaker": "",
            "start_s": start_s,
            "end_s": max(start_s, turn.end_s or start_s),
            "text": turn.text,
            "words": [],
        }
