"""Languages: which one a page speaks, and its words.

English is the language of the source; Russian comes from the `.po` files in `locales/ru/LC_MESSAGES`, one per topic, read
as they are (no compiled files that could be stale). The language of the running request is a context variable, so that
templates, error texts and the live page's fragments all ask `gettext` without passing a language around.
"""

from __future__ import annotations

import gettext as stdlib_gettext
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from io import BytesIO
from pathlib import Path

from babel.core import negotiate_locale
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LOCALES = ("ru", "en")
LOCALE_DIR = Path(__file__).parent / "locales"
_current: ContextVar[str] = ContextVar("slovo_locale", default="en")


@cache
def translations(locale: str) -> stdlib_gettext.NullTranslations:
    """The words of one language; English has none of its own."""
    paths = sorted((LOCALE_DIR / locale / "LC_MESSAGES").glob("*.po"))
    if not paths:
        return stdlib_gettext.NullTranslations()
    catalog = Catalog(locale=locale)
    for path in paths:
        with path.open("rb") as source:
            for message in read_po(source, locale=locale):
                if message.id:
                    catalog[message.id] = message
    compiled = BytesIO()
    write_mo(compiled, catalog)
    compiled.seek(0)
    return stdlib_gettext.GNUTranslations(compiled)


def current_locale() -> str:
    """The language of the running request or fragment: "ru" or "en"."""
    return _current.get()


@contextmanager
def use_locale(locale: str) -> Iterator[None]:
    """Speak this language inside the block."""
    token = _current.set(locale if locale in LOCALES else "en")
    try:
        yield
    finally:
        _current.reset(token)


def gettext(message: str) -> str:
    """The message in the current language, or as it is where no translation exists."""
    return translations(_current.get()).gettext(message) if message else ""


def ngettext(singular: str, plural: str, number: int) -> str:
    """The message with the plural form that `number` needs in the current language."""
    return translations(_current.get()).ngettext(singular, plural, number)


def choose_locale(*, chosen: str, accept_language: str, default: str) -> str:
    """What to speak: what the person chose, else what the browser asks, else the company's own.

    Args:
        chosen: From the person's profile or the language cookie; "" for none.
        accept_language: The browser's header.
        default: The company's language.
    """
    if chosen in LOCALES:
        return chosen
    wanted = [part.split(";")[0].strip().replace("-", "_") for part in accept_language.split(",")]
    return negotiate_locale([w for w in wanted if w], LOCALES) or (
        default if default in LOCALES else "en"
    )
