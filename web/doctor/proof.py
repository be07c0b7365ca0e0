"""Whether proof packs can be made, and whether kept recordings are still what they were.

In: the database and the data directory. Out: findings. Nothing is changed: a key that was never made is not made here.
"""

from __future__ import annotations

import asyncio
from pathlib import Path

from sqlalchemy import func, select

from calls.db import Database
from calls.errors import KeyUnavailable
from calls.proof.keys import KeyStore
from calls.tables import RecordingFixity
from crm import proof_keys
from web.doctor.finding import Finding, fail, ok, warn


def proof(url: str, data_dir: Path) -> list[Finding]:
    """The signing key is the one of the register; no recording was found changed."""
    registered, changed = asyncio.run(_rows(url))
    return [_key(registered, KeyStore(data_dir)), *_recordings(changed)]


async def _rows(url: str) -> tuple[str, int]:
    db = Database(url)
    try:
        async with db.read() as session:
            active = await proof_keys.active(session)
            changed = select(func.count()).where(RecordingFixity.state != "good")
            return active.public if active else "", await session.scalar(changed) or 0
    finally:
        await db.dispose()


def _key(registered: str, store: KeyStore) -> Finding:
    if not registered and not store.is_there() and not store.public_keys():
        return ok("signing-key", "None yet: the first start makes one.")
    try:
        key = store.load()
    except KeyUnavailable as error:
        return fail("signing-key", f"No proof pack can be made: {error.path}.", error.why)
    if registered and key.public.hex() != registered:
        why = "Put the right file back from a backup, or run `slovo proof key --rotate`."
        return fail(
            "signing-key", f"{store.private_path} is not the key of this installation.", why
        )
    return ok("signing-key", f"Proof packs are signed with key {key.id}; back up {store.folder}.")


def _recordings(changed: int) -> list[Finding]:
    if not changed:
        return []
    return [
        warn(
            "recordings",
            f"{changed} kept recordings are not what they were when they were found.",
            "`slovo recordings verify` lists them; put their files back from a backup.",
        )
    ]
