"""Where to go after a form: only to pages of our own."""

from __future__ import annotations

from urllib.parse import urlsplit


def local_address(wanted: str) -> str:
    """The address if it is a path on this server, else "/": a login form must not forward to a stranger's page."""
    parts = urlsplit(wanted)
    is_local = wanted.startswith("/") and not parts.scheme and not parts.netloc
    return wanted if is_local and "\\" not in wanted and not wanted.startswith("//") else "/"
