"""Checks of this machine: database, disk, speech models, the directory of the recordings.

In: the settings of each. Out: findings. Nothing is changed: a file that tries whether a directory can be written is
removed again.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import tempfile
from collections.abc import Callable, Collection
from pathlib import Path

from sqlalchemy import select

from calls.db import Database
from calls.errors import CallsError, DatabaseUnavailable, ModelBroken, ModelMissing
from calls.transcripts.models import ModelStore, load_once
from crm import migrate
from crm.tables import Device, User
from web.doctor.finding import Finding, fail, ok, warn

GIB = 1024**3
DISK_FAIL_BYTES = 1 * GIB
DISK_WARN_BYTES = 5 * GIB
"""About 300 hours of two-sided telephone recordings."""
LANGUAGES = {"ru": "Russian", "en": "English"}


def database(url: str) -> Finding:
    """The database answers and has this version's tables."""
    mend = "Is the server of SLOVO_DATABASE_URL running, are user and password right, may the file be written?"
    try:
        found = migrate.current(url)
    except DatabaseUnavailable as error:
        return fail("database", f"The database is not reachable: {error}.", mend)
    if found is None:
        return fail("database", "The database is empty.", "Run `slovo init`, or `slovo migrate`.")
    if found != migrate.head():
        return fail(
            "database",
            f"The database is of another version (revision {found}, needed {migrate.head()}).",
            "Run `slovo migrate`; if that refuses, this program is older than the database.",
        )
    return ok("database", f"Reachable, revision {found}.")


def phones(url: str, pbxs: Collection[str]) -> list[Finding]:
    """No active person has a phone of a PBX that is not set (any more): its calls would pop up for nobody."""
    strays = [phone for phone in asyncio.run(_phones(url)) if phone[0] not in pbxs]
    if not strays:
        return []
    named = ", ".join(f"{pbx}/{extension} ({login})" for pbx, extension, login in strays[:5])
    more = f" and {len(strays) - 5} more" if len(strays) > 5 else ""
    return [
        warn(
            "phones",
            f"Phones of a PBX that is not set: {named}{more}.",
            f"Give the PBX its old name, or change the phones on the page of each person. Set are: {', '.join(pbxs)}.",
        )
    ]


async def _phones(url: str) -> list[tuple[str, str, str]]:
    """PBX, extension and login of everybody's phones, without sample people."""
    db = Database(url)
    try:
        async with db.read() as session:
            query = (
                select(Device.pbx, Device.extension, User.login)
                .join(User, User.id == Device.user_id)
                .where(User.active.is_(True), User.sample.is_(False))
                .order_by(User.login, Device.id)
            )
            return [(pbx, phone, login) for pbx, phone, login in await session.execute(query)]
    finally:
        await db.dispose()


def disk(
    data_dir: Path, free_bytes: Callable[[Path], int] = lambda path: shutil.disk_usage(path).free
) -> Finding:
    """There is room for recordings, and the data directory can be written."""
    try:
        with tempfile.TemporaryFile(dir=data_dir):
            pass
    except OSError as error:
        return fail(
            "disk",
            f"{data_dir} cannot be written: {error.strerror}.",
            "Make it (`slovo init`), or give it to the user that runs Slovo; SLOVO_DATA_DIR names it.",
        )
    free = free_bytes(data_dir)
    what = f"{free / GIB:.1f} GB free in {data_dir}."
    mend = "Make room, or move SLOVO_DATA_DIR to a larger disk: without room no recording is kept."
    if free < DISK_FAIL_BYTES:
        return fail("disk", what, mend)
    return warn("disk", what, mend) if free < DISK_WARN_BYTES else ok("disk", what)


def models(folder: Path, lang: str, load: Callable[[Path], None] = load_once) -> list[Finding]:
    """A speech model of the company's language is installed and loads, in a process of its own."""
    store = ModelStore(folder)
    language = LANGUAGES.get(lang, lang)
    install = "`slovo models list` shows them, `slovo models install NAME` fetches one. Until then recordings wait."
    try:
        model = store.default_for(lang)
    except ModelMissing:
        others = ", ".join(found.name for found in store.installed())
        what = f"No speech model for {language} is installed" + (f" (only {others})." if others else ".")  # fmt: skip
        return [warn("models", what, install)]
    try:
        load(model.path)
    except (ModelBroken, CallsError) as error:
        mend = f"`slovo models verify {model.name}`, then install it again."
        return [fail("models", f"{model.name} does not load: {error}.", mend)]
    return [ok("models", f"{model.name} loads.")]


def recording_directory(path: Path | None, key: str = "SLOVO_RECORDING_DIR") -> Finding:
    """The directory in which a PBX leaves its recordings is there and can be read; `key` is the setting that names it."""
    if path is None:
        return warn(
            "recording-dir",
            f"{key} is not set: calls are shown, but not heard or transcribed.",
            "Set it to the directory in which Asterisk leaves its recordings, as this machine sees it.",
        )
    if not path.is_dir():
        return fail(
            "recording-dir",
            f"{path} is no directory.",
            f"Set {key} to the directory of Asterisk's recordings; is it mounted?",
        )
    if not os.access(path, os.R_OK | os.X_OK):
        return fail(
            "recording-dir",
            f"{path} cannot be read by this user.",
            "Put the user that runs Slovo into Asterisk's group: sudo usermod -aG asterisk USER; log in anew.",
        )
    return ok("recording-dir", f"{path} can be read.")
