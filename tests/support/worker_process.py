"""A worker in a process of its own, to be killed: `python -m support.worker_process URL DATA RECORDINGS LEASE_S`.

Its engine never ends, so it can be caught in the middle of its work.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from support.fake_engine import EndlessEngine

from calls.db import Database
from calls.recordings.source import Directory
from calls.transcripts.models import ModelStore
from calls.transcripts.reading import Reader
from calls.worker import Worker, WorkerSettings


async def main() -> None:
    """Work until killed."""
    url, data_dir, recording_dir, lease_s = sys.argv[1:5]
    db = Database(url)
    reader = Reader(
        db=db,
        models=ModelStore(Path(data_dir) / "models"),
        data_dir=Path(data_dir),
        lease_s=float(lease_s),
        make_engine=EndlessEngine,
    )
    settings = WorkerSettings(
        data_dir=Path(data_dir),
        sources={"main": Directory(Path(recording_dir))},
        poll_s=0.05,
        lease_s=float(lease_s),
    )
    await Worker(db=db, settings=settings, reader=reader).run()


asyncio.run(main())
