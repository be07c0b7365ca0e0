"""Where to go after a form: only to pages of our own."""

from __future__ import annotations

from urllib.parse import urlsplit


def local_address(wanted: str) -> str:
    """The address if it is a path on this server, else "/": a login form must not forward to a stranger's page."""
    try:
        parts = urlsplit(wanted)
    except ValueError:  # "//[" has no meaning at all
        return "/"
    is_local = wanted.startswith("/") and not parts.scheme and not parts.netloc
    return wanted if is_local and "\\" not in wanted and not wanted.startswith("//") else "/"
