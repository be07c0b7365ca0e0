import pytest

from crm.intake_rules import NOTHING, Ask, Contact, Decision, IntakeRules, Make, Who, decide

STRANGER = Who(known=False)
SHARED = Who(known=False, shared=True)
UNCONFIRMED = Who(known=True, confirmed=False)
KNOWN = Who(known=True)
WITH_DEAL = Who(known=True, open_deal=True)
WAITING = Who(known=True, open_deal=True, open_inquiry=True)
BOTH = Decision(client=True, inquiry=True)
ASK = Decision(inquiry=True)
WAKE = Decision(wake=True)


def call(*, incoming: bool = True, answered: bool = False, over: bool = True) -> Contact:
    return Contact(incoming=incoming, answered=answered, over=over, usable=True)


@pytest.mark.parametrize(
    ("contact", "who", "rules", "expected"),
    [
        (call(), STRANGER, {}, BOTH),
        (call(over=False), STRANGER, {}, BOTH),
        (call(), SHARED, {}, ASK),
        (call(), UNCONFIRMED, {}, ASK),
        (call(), KNOWN, {}, NOTHING),
        (call(), WAITING, {}, ASK),
        (call(incoming=False), STRANGER, {}, NOTHING),
        (call(incoming=False), STRANGER, {"outgoing": True}, BOTH),
        (call(incoming=False), UNCONFIRMED, {"outgoing": True}, NOTHING),
        (call(over=False), STRANGER, {"clients": Make.ANSWERED}, NOTHING),
        (call(), STRANGER, {"clients": Make.ANSWERED}, ASK),
        (call(answered=True, over=False), STRANGER, {"clients": Make.ANSWERED}, BOTH),
        (call(), STRANGER, {"clients": Make.NEVER}, ASK),
        (call(), STRANGER, {"inquiries": Ask.NEVER}, Decision(client=True)),
        (call(), KNOWN, {"inquiries": Ask.NO_DEAL}, ASK),
        (call(), WITH_DEAL, {"inquiries": Ask.NO_DEAL}, NOTHING),
        (call(), WAITING, {"inquiries": Ask.NEVER}, WAKE),
        (Contact(incoming=True, answered=True, over=True, usable=False), STRANGER, {}, NOTHING),
    ],
)
def test_contact_becomes_what_the_rules_say(
    contact: Contact, who: Who, rules: dict[str, object], expected: Decision
) -> None:
    assert decide(contact, who, IntakeRules.model_validate(rules)) == expected
