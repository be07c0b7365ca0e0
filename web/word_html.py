"""The words of a turn as HTML: a call of two hours has twenty thousand, too many for a template to write one by one.

In: words as `web.pages.transcript_view` shows them. Out: safe markup, in the current language. Each word is a
`data-testid` "word" with its place and times (`data-index`, `data-start`, `data-end`), from which scripts play and select.
"""

from __future__ import annotations

from collections.abc import Iterable

from markupsafe import Markup, escape

from web.i18n import gettext as _
from web.pages.transcript_view import ShownWord


def words_html(words: Iterable[ShownWord]) -> Markup:
    """Write the words, a space between them."""
    return Markup(" ".join(map(_word, words)))  # noqa: S704 - each word is escaped


def _word(word: ShownWord) -> str:
    kind = "word"
    if word.doubtful:
        kind += " is-doubtful"
    if word.typed:
        kind += " is-typed"
    if word.overlapped:
        kind += " is-overlapped"
    return (
        f'<span class="{kind}" data-testid="word" data-index="{word.index}" data-start="{word.start_s}"'
        f' data-end="{word.end_s}" role="button" tabindex="-1"{_title(word)}>{escape(word.text)}</span>'
    )


def _title(word: ShownWord) -> str:
    if word.doubtful and word.conf is not None:
        told = _("heard with doubt: %(percent)s %%") % {"percent": round(word.conf * 100)}
    elif word.typed:
        told = _("written by a person")
    else:
        return ""
    return f' title="{escape(told)}"'
