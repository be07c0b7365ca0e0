"""Words and values that pages about personal data share."""

from __future__ import annotations

from datetime import datetime, time
from zoneinfo import ZoneInfo

from crm import erasure
from crm.errors import Invalid
from web.i18n import gettext as _
from web.services import Services


def kind_words() -> dict[str, str]:
    """What was hidden."""
    return {
        "card": _("card number"),
        "passport": _("passport"),
        "cvc": _("security code of a card"),
        "code": _("one-time code"),
        "other": _("something else"),
    }


def what_words() -> dict[str, str]:
    """What was deleted, or is by rule."""
    return {
        "audio": _("sound of recordings"),
        "words": _("words: transcripts and quotes"),
        "call": _("whole calls"),
        "client": _("client"),
        "redaction": _("hidden piece"),
    }


def moment_of(text: str, zone: ZoneInfo) -> datetime | None:
    """The end of a day that was typed; None for nothing.

    Raises:
        Invalid: no date.
    """
    if not text:
        return None
    try:
        return datetime.combine(datetime.fromisoformat(text).date(), time(23, 59, 59), zone)
    except ValueError as error:
        raise Invalid("hold_until", "choose a day to come, or leave it empty") from error


async def erased_words(services: Services) -> str:
    """Finish a deletion after its commit; "erased" when nothing is left of it, else "erased_tonight"."""
    await erasure.finish(services.db, services.settings.data_dir)
    return "erased" if await erasure.clean_up(services.db) else "erased_tonight"
