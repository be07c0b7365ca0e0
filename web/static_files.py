"""Addresses of static files, with a mark that changes when the file does, so that browsers may keep them for long."""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from pathlib import Path

STATIC_DIR = Path(__file__).parent / "static"


@cache
def asset(path: str) -> str:
    """Address of one file of `static`, such as "css/app.css".

    A module that imports others is asked for without a mark by them; they are revalidated by their ETag.
    """
    file = STATIC_DIR / path
    if not file.is_file():
        return f"/static/{path}"
    return f"/static/{path}?v={sha256(file.read_bytes()).hexdigest()[:10]}"
