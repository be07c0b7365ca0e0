import pytest
from babel.messages.pofile import read_po

from calls.outcome import ENDINGS, REASONS
from calls.tables import Call
from web.i18n import LOCALE_DIR, use_locale
from web.pages.outcome_words import ENDING_WORDS, REASON_WORDS, reason_words
from web.pages.phone_names import PhoneNames

NAMES = PhoneNames({("main", "101"): "Анна", ("main", "102"): "Борис"})


def call(key: str, **args: str) -> Call:
    return Call(pbx="main", reason_key=key, reason_args=args)


def test_every_reason_has_the_same_sentence_as_the_call_log() -> None:
    assert REASON_WORDS == REASONS
    assert ENDING_WORDS == ENDINGS


def test_extensions_become_names() -> None:
    shown = reason_words(call("answered_first", by="101", after_s="4", others="102, 103"), NAMES)
    assert shown == "Анна answered after 4 s, before Борис, 103"


def test_numbers_are_written_as_people_write_them() -> None:
    shown = reason_words(call("answered", by="74951230004", after_s="3"), NAMES)
    assert shown == "+7 495 123-00-04 answered after 3 s"


def test_restart_of_the_switch_is_told_beside_the_answer() -> None:
    shown = reason_words(call("answered", by="101", after_s="3", end="restart"), NAMES)
    assert shown == "Анна answered after 3 s; the switch was restarted"
    with use_locale("ru"):
        shown = reason_words(call("answered", by="101", after_s="3", end="restart"), NAMES)
    assert shown.endswith("; АТС перезапустили")


def test_live_call_has_no_reason() -> None:
    assert reason_words(call(""), NAMES) == ""


def test_missing_argument_shows_a_gap_instead_of_failing() -> None:
    assert reason_words(call("rejected"), NAMES) == "? declined"


@pytest.mark.parametrize("key", sorted(REASON_WORDS))
def test_russian_sentence_exists_and_takes_the_same_arguments(key: str) -> None:
    with (LOCALE_DIR / "ru" / "LC_MESSAGES" / "slovo.po").open("rb") as source:
        message = read_po(source).get(REASON_WORDS[key])
    assert message is not None
    assert message.string
    args = {
        "by": "101",
        "others": "102",
        "decliners": "103",
        "after_s": "4",
        "others_s": "15",
        "queue": "sales",
        "cause": "x",
    }
    with use_locale("ru"):
        shown = reason_words(call(key, **args), NAMES)
    assert shown != REASONS[key].format_map(args)
    assert "{" not in shown
