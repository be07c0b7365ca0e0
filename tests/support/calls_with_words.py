"""Calls whose words are given, for tests of search."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from calls.db import Database
from calls.search import index_utterances
from calls.tables import Call, Transcript, Utterance

BEGAN = datetime(2026, 11, 1, 9, 0, tzinfo=UTC)


async def add_call(
    db: Database,
    turns: list[Any],
    *,
    number: int = 1,
    started_at: datetime | None = BEGAN,
    **more: Any,
) -> int:
    """A call with a transcript; a turn is a text (sides alternate) or the fields of an Utterance."""
    async with db.write() as session:
        call = Call(
            pbx="main", linkedid=f"1.{number}", direction="in", started_at=started_at, **more
        )
        session.add(call)
        await session.flush()
        transcript = Transcript(call_id=call.id, origin="engine", model="m", created_at=BEGAN)
        session.add(transcript)
        await session.flush()
        rows = []
        for turn, said in enumerate(turns):
            fields = said if isinstance(said, dict) else {"text": said}
            side = "operator" if turn % 2 else "client"
            base = {"side": side, "start_s": turn * 10.0, "end_s": turn * 10 + 5.0}
            rows.append(
                Utterance(transcript_id=transcript.id, call_id=call.id, turn=turn, **base | fields)
            )
        session.add_all(rows)
        await index_utterances(session, rows)
        return call.id
