"""What people read when the PBX did not do something: in their language, and what to do now."""

import pytest

from pbx.errors import ActionFailed, ActionTimedOut, NotConnected, PbxError
from web.error_words import explain
from web.i18n import use_locale


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (NotConnected("the connection to main is down"), "Связи с ней сейчас нет"),
        (ActionTimedOut("QueuePause", 5.0), "Она не ответила вовремя"),
        (ActionFailed("QueuePause", "Interface not found"), "Её ответ: Interface not found"),
    ],
)
def test_refusal_of_the_pbx_is_told_in_the_words_of_the_reader(error: PbxError, said: str) -> None:
    with use_locale("ru"):
        told = explain(error)
    assert told.title == "АТС этого не сделала"
    assert told.text.startswith(said)
    assert "is down" not in told.text
