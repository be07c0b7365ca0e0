"""The text of a comment as HTML: addresses become links, mentions names; everything else stays text. Pure.

In: what a person typed, and the names of who is mentioned. Out: safe markup.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from markupsafe import Markup, escape

_PARTS = re.compile(
    r"(?P<link>https?://[^\s<>\"']+)|(?<![\w@./:-])@(?P<login>\w(?:[\w.@-]*\w)?)", re.IGNORECASE
)
_TRAILING = ".,;:!?)]}»"
"""What stands behind an address, and is not part of it."""
_SHOWN = 60


def comment_html(text: str, mentioned: Mapping[str, str]) -> Markup:
    """Write a comment for the page.

    Args:
        text: as typed.
        mentioned: login → name of those who were told.
    """
    out, end = Markup(), 0
    for found in _PARTS.finditer(text):
        out += escape(text[end : found.start()])
        end = found.end()
        if found["link"]:
            out += _link(found["link"])
        else:
            out += _mention(found[0], mentioned.get(found["login"].lower(), ""))
    return out + escape(text[end:])


def _link(address: str) -> Markup:
    kept = address.rstrip(_TRAILING)
    if kept.count("(") > kept.count(")") and address[len(kept) :].startswith(")"):
        kept += ")"
    rest = address[len(kept) :]
    shown = kept if len(kept) <= _SHOWN else kept[: _SHOWN - 1] + "…"
    link = Markup('<a href="{}" target="_blank" rel="noopener noreferrer nofollow">{}</a>')
    return link.format(kept, shown) + escape(rest)


def _mention(typed: str, name: str) -> Markup:
    if not name:
        return escape(typed)
    return Markup('<span class="mention" title="{}">@{}</span>').format(typed, name)
