"""Files of clients as they come in: written to the disk as they are sent, read by a process of their own.

In: the body of a request. Out: a folder below the data directory with the rows, or words that say why not. A file can
take no more memory and time than that process is given, whatever is in it.
"""

from __future__ import annotations

import asyncio
import json
import secrets
import shutil
import sys
from pathlib import Path
from typing import Any

from starlette.requests import Request

from crm.errors import Invalid
from crm.importing.reading import MOST_BYTES
from crm.importing.source import META
from crm.importing.work import FOLDER

BODY_BYTES = MOST_BYTES + 64 * 1024
PATIENCE_S = 300.0
_FILE = "file"


async def receive(request: Request, data_dir: Path) -> tuple[str, dict[str, Any]]:
    """Take a file in; returns its folder (below the data directory) and what is known of it.

    Raises:
        Invalid: too large, or it cannot be read.
    """
    relative = f"{FOLDER}/{secrets.token_hex(12)}"
    folder = data_dir / relative
    await asyncio.to_thread(folder.mkdir, parents=True)
    try:
        await _write(request, folder / _FILE)
        return relative, await convert(request, folder)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


async def convert(request: Request, folder: Path, sheet: str = "") -> dict[str, Any]:
    """Read the file of a folder (again, with another sheet).

    Raises:
        Invalid: it cannot be read.
    """
    async with _turn(request):
        await _read(folder, sheet)
    text = await asyncio.to_thread((folder / META).read_text, "utf-8")
    meta: dict[str, Any] = json.loads(text)
    return meta


def _turn(request: Request) -> asyncio.Semaphore:
    """One file at a time: each may take gigabytes, and people drop several."""
    state = request.app.state
    if not hasattr(state, "reading_imports"):
        state.reading_imports = asyncio.Semaphore(1)
    turn = state.reading_imports
    assert isinstance(turn, asyncio.Semaphore)  # noqa: S101 - set two lines above
    return turn


async def _read(folder: Path, sheet: str) -> None:
    arguments = [str(folder / _FILE), str(folder), *([sheet] if sheet else [])]
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "crm.importing.source", *arguments,
        stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
        cwd=Path(__file__).parents[2],
    )  # fmt: skip
    try:
        async with asyncio.timeout(PATIENCE_S):
            said, _ = await child.communicate()
    except BaseException:
        if child.returncode is None:
            child.kill()
            await child.wait()
        raise
    if child.returncode:
        raise _refused(said)


def remove(data_dir: Path, path: str) -> None:
    """Forget the file of an import."""
    if path.startswith(f"{FOLDER}/"):
        shutil.rmtree(data_dir / path, ignore_errors=True)


async def _write(request: Request, path: Path) -> None:
    size = 0
    with path.open("wb") as out:
        async for chunk in request.stream():
            size += len(chunk)
            if size > MOST_BYTES:
                raise Invalid("file", "larger than 50 MB: split the file, or save it as csv")
            await asyncio.to_thread(out.write, chunk)


def _refused(said: bytes) -> Invalid:
    try:
        told = json.loads(said)["error"]
        return Invalid("file", told["template"], **told["values"])
    except (ValueError, KeyError, TypeError):
        return Invalid("file", "this file could not be read: save it as xlsx or csv and try again")
