"""Why a proof pack could not be made, in the language of the reader.

In: the kind and text that were noted. Out: a sentence; an unknown kind gives the text as it is.
"""

from __future__ import annotations

from web.i18n import gettext as _


def failure_words(kind: str, text: str) -> str:
    """What to tell."""
    words = {
        "no_evidence": _("This dispute has no evidence yet: take a moment of a call as evidence first."),
        "too_large": _("Its recordings do not fit into one file of 4 GB: make packs of single calls."),
        "moved": _("Another call became evidence meanwhile: ask for a new pack."),
        "changed": _("A recording changed while the pack was made: try again."),
        "silencing": _("A piece of a recording is being silenced: try again in a few minutes."),
        "key": _("The company's signing key is lost or cannot be read: an administrator runs `slovo proof key`."),
        "full": _("There is no room on the disk."),
    }  # fmt: skip
    return words.get(kind, text)
