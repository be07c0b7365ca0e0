import re
from pathlib import Path

import pytest
from babel.messages.catalog import Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from web import i18n

WEB = Path(i18n.__file__).parent
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|\{(\w+)\}")


def used_messages() -> dict[str, tuple[str, ...]]:
    """Every text of pages: singular → its English forms."""
    found = extract_from_dir(
        WEB,
        method_map=[("**.py", "python"), ("templates/**.html", "jinja2")],
        options_map={"templates/**.html": {"extensions": "jinja2.ext.do", "trimmed": "true"}},
        keywords={"_": None, "gettext": None, "ngettext": (1, 2)},
    )
    messages = {}
    for _file, _line, message, _comments, _context in found:
        forms = message if isinstance(message, tuple) else (message,)
        if forms[0]:
            messages[forms[0]] = forms
    return messages


def russian_files() -> dict[str, dict[str, Message]]:
    """Name of each file of Russian words → its messages by their (singular) text."""
    found = {}
    for path in sorted((i18n.LOCALE_DIR / "ru" / "LC_MESSAGES").glob("*.po")):
        with path.open("rb") as source:
            catalog = read_po(source, locale="ru")
        found[path.name] = {m.id if isinstance(m.id, str) else m.id[0]: m for m in catalog if m.id}
    return found


def russian() -> dict[str, Message]:
    return {text: m for messages in russian_files().values() for text, m in messages.items()}


def test_no_text_stands_in_two_files_with_different_words() -> None:
    said: dict[str, tuple[str, object]] = {}
    for name, messages in russian_files().items():
        for text, message in messages.items():
            file, string = said.setdefault(text, (name, message.string))
            assert string == message.string, f"{text!r} differs in {file} and {name}"


def test_every_text_has_russian_words() -> None:
    known = russian()
    missing = [one for one in used_messages() if one not in known or not known[one].string]
    assert not missing


def test_russian_has_three_plural_forms_everywhere() -> None:
    for message in russian().values():
        if not isinstance(message.id, str):
            assert len(message.string) == 3, message.id
            assert all(message.string), message.id


def test_translations_use_no_placeholder_that_is_not_there() -> None:
    for message in russian().values():
        ids = message.id if isinstance(message.id, tuple) else (message.id,)
        strings = message.string if isinstance(message.string, tuple) else (message.string,)
        allowed = {name for one in ids for name in PLACEHOLDER.findall(one)}
        for string in strings:
            assert set(PLACEHOLDER.findall(string)) <= allowed, message.id


@pytest.mark.parametrize(("number", "word"), [(1, "задача"), (3, "задачи"), (11, "задач")])
def test_russian_plural_follows_the_number(number: int, word: str) -> None:
    with i18n.use_locale("ru"):
        text = i18n.ngettext("%(num)d open task", "%(num)d open tasks", number)
    assert word in text.split()[-1]


@pytest.mark.parametrize(
    ("chosen", "asked", "default", "expected"),
    [
        ("ru", "en-US,en", "en", "ru"),
        ("", "de-DE,en;q=0.8,ru;q=0.5", "ru", "en"),
        ("", "ru-RU,ru;q=0.9", "en", "ru"),
        ("", "de,fr", "ru", "ru"),
        ("", "", "en", "en"),
        ("xx", "", "ru", "ru"),
    ],
)
def test_language_is_the_person_s_then_the_browser_s_then_the_company_s(
    chosen: str, asked: str, default: str, expected: str
) -> None:
    assert i18n.choose_locale(chosen=chosen, accept_language=asked, default=default) == expected


def test_language_ends_with_its_block() -> None:
    with i18n.use_locale("ru"):
        assert i18n.gettext("Tasks") == "Задачи"
    assert i18n.current_locale() == "en"
