"""The company's signing key and the register of all its keys: made at the first start, never replaced in silence.

In: the database and the data directory. Out: the key that signs. The register in the database and the file on the disk
watch over each other: a key that is lost, or that is not the one of the register, is told, and no pack is made.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import structlog
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from calls.db import Database, exclusive
from calls.errors import KeyUnavailable
from calls.proof.keys import MEND, CompanyKey, KeyStore
from crm import audit
from crm.access import SYSTEM, Actor, Permission
from crm.tables import ProofKey

log = structlog.get_logger(__name__)


async def begin(db: Database, data_dir: Path) -> None:
    """Make the key at the first start. A lost key does not stop the start: calls must go on; it is told instead."""
    try:
        await current(db, data_dir)
    except KeyUnavailable as error:
        log.error("proof_key_unavailable", why=str(error))


async def current(db: Database, data_dir: Path) -> CompanyKey:
    """The key that signs now; the first one is made where there never was one.

    Raises:
        KeyUnavailable: it is lost, unreadable, or not the one of the register.
    """
    store = KeyStore(data_dir)
    async with db.read() as session:
        known = await active(session)
    if known is None:
        return await _first(db, store)
    key = await asyncio.to_thread(store.load)
    if key.public.hex() != known.public:
        why = f"is not the key {known.key_id} of this installation: {MEND}"
        raise KeyUnavailable(str(store.private_path), why)
    return key


async def _first(db: Database, store: KeyStore) -> CompanyKey:
    key = await asyncio.to_thread(store.make)
    async with db.write() as session:
        await exclusive(session, "proof_keys")
        if await active(session) is None:
            await _register(session, SYSTEM, key)
    return key


async def rotate(db: Database, actor: Actor, data_dir: Path) -> CompanyKey:
    """Sign with a new key from now on. Packs of before stay valid with the old public key, which is kept.

    Raises:
        Forbidden: the actor is no administrator.
        KeyUnavailable: the new one cannot be written.
    """
    actor.require(Permission.ADMINISTER)
    async with db.write() as session:
        await exclusive(session, "proof_keys")
        old = await active(session)
        if old is not None:
            old.retired_at = datetime.now(UTC)
        # Inside the transaction: when it fails, no row says that the new key signs. The file is whole before that.
        key = await asyncio.to_thread(KeyStore(data_dir).rotate)
        await _register(session, actor, key)
    return key


async def _register(session: AsyncSession, actor: Actor, key: CompanyKey) -> None:
    session.add(ProofKey(key_id=key.id, public=key.public.hex(), made_at=datetime.now(UTC)))
    await session.flush()
    detail = {"public": key.public.hex()}
    await audit.record(session, actor, "proof_key.make", "proof_key", key.id, detail)


async def active(session: AsyncSession) -> ProofKey | None:
    """The key that signs now, as the register knows it; None before the first start."""
    newest = select(ProofKey).where(ProofKey.retired_at.is_(None)).order_by(ProofKey.made_at.desc())
    return await session.scalar(newest.limit(1))


async def all_keys(session: AsyncSession) -> Sequence[ProofKey]:
    """All keys that ever signed, the newest first."""
    rows = await session.scalars(select(ProofKey).order_by(ProofKey.made_at.desc()))
    return rows.all()
