"""What becomes of somebody who makes contact: a new client, an inquiry, both or nothing. Pure.

In: the rules that the administrator set, and what is known of the call. Out: a decision. `crm.intake` carries it out.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

SETTING = "intake"
"""Name of these rules in `company_settings`."""


class Make(StrEnum):
    """For which calls of an unknown number a client is made."""

    ALL = "all"
    ANSWERED = "answered"
    NEVER = "never"


class Ask(StrEnum):
    """For whose calls an inquiry is made."""

    UNKNOWN = "unknown"
    """Strangers, clients that nobody has confirmed yet, and numbers that several clients share."""
    NO_DEAL = "no_deal"
    """These, and every client without an open deal."""
    NEVER = "never"


class IntakeRules(BaseModel):
    """How calls become clients and inquiries; an administrator sets it in the page."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    clients: Make = Make.ALL
    inquiries: Ask = Ask.UNKNOWN
    outgoing: bool = False
    """Whether calls of our own to unknown numbers count as well."""
    reopen_days: int = Field(default=14, ge=0, le=3650)
    """A closed inquiry is opened again by a contact within so many days; 0: a new one is made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """A call, as far as intake looks at it."""

    incoming: bool
    answered: bool
    over: bool
    usable: bool
    """Whether its number can be a client's: real, outside, not hidden, not ours, no extension, no service number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Who:
    """Whom the number or the link of the call belongs to."""

    known: bool
    """One listed client."""
    confirmed: bool = True
    shared: bool = False
    """Several clients have the number."""
    open_deal: bool = False
    open_inquiry: bool = False


@dataclass(frozen=True, slots=True)
class Decision:
    """What is to be done."""

    client: bool = False
    """Make a card."""
    inquiry: bool = False
    """Count the contact: into the open inquiry, a closed one that is opened again, or a new one."""
    wake: bool = False
    """Only an inquiry that is open hears of it."""


NOTHING = Decision()


def decide(contact: Contact, who: Who, rules: IntakeRules) -> Decision:
    """What becomes of a contact by telephone."""
    if not contact.usable or not (contact.incoming or rules.outgoing):
        return NOTHING
    if who.known:
        return _of_known(contact, who, rules)
    makes = not who.shared and _makes_client(contact, rules)
    # Nobody knows yet whether somebody will answer: what is made of a stranger waits for it.
    waits = (
        not who.shared and rules.clients is Make.ANSWERED and not (contact.answered or contact.over)
    )
    asks = rules.inquiries is not Ask.NEVER and not waits
    return Decision(client=makes, inquiry=asks)


def _of_known(contact: Contact, who: Who, rules: IntakeRules) -> Decision:
    if not contact.incoming:
        return NOTHING
    if rules.inquiries is not Ask.NEVER:
        unsorted = not who.confirmed
        idle = rules.inquiries is Ask.NO_DEAL and not who.open_deal
        if unsorted or idle or who.open_inquiry:
            return Decision(inquiry=True)
    return Decision(wake=who.open_inquiry)


def _makes_client(contact: Contact, rules: IntakeRules) -> bool:
    if rules.clients is Make.ANSWERED:
        return contact.answered
    return rules.clients is Make.ALL
