"""Turns that mean something only after the turn before: "yes we will", "by friday", "scrap that". Pure.

In: turns. Out: whether one assents, asks for an act, asks when, withdraws; what it adds to an act named before.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from calls.promises.english.actions import action_of
from calls.promises.english.amounts import amount_in
from calls.promises.english.clause import Mood, Who
from calls.promises.english.clauses import clauses
from calls.promises.english.due import When, when
from calls.promises.english.words import said
from calls.promises.model import ActionKind as Kind
from calls.promises.model import Amount

LEAD = (
    r"^ (?:(?:yes|yeah|yep|yup|okay|ok|oh|well|right|sure|so|and|no problem|of course|"
    r"absolutely|certainly|definitely|all right|alright|fine|great|madam|sir|mate|"
    r"please do not worry|do not worry|not a problem|no worries|sorry|then|perfect|"
    r"indeed|very good|good) )*"
)
STRONG_ASSENT = re.compile(
    rf"{LEAD}(?:(?:we|i|they|he|she|it) (?:definitely |certainly |absolutely )?(?:will|"
    rf"shall)(?: (?:do(?: that| it| so)?|yes|sir|madam|indeed|then|of course))*(?: for "
    rf"you)?|will do|consider it done|you have (?:my|our) word|i promise|we promise|"
    rf"that is a promise|(?:you have )?got it|i will (?:see to|get on to|sort) (?:it|"
    rf"that)|i guarantee it|you can count on (?:it|me|us)|leave (?:it|that) with (?:me|"
    rf"us)|(?:we|i) will do (?:that|it|so))(?= $| (?:by|tomorrow|today|on|no|thank|and|"
    rf"this|first|right|before|in|within|as|at|madam|sir|straight|next|tonight|indeed|"
    rf"of|yes|absolutely|definitely)\b)(?! and (?:what|then|not))"
)
WEAK_ASSENT = re.compile(
    r"^ (?:yes|yeah|yep|yup|sure|of course|absolutely|certainly|definitely|no problem|"
    r"okay|ok|not a problem|fine|very well|by all means|no worries|sure thing|consider "
    r"it done|you bet|gladly|with pleasure|that is fine|happy to)\b"
)
CERTAIN = re.compile(
    r"^ (?:(?:yes|yeah|yep) )?(?:sure|of course|absolutely|certainly|definitely|no "
    r"problem|not a problem|by all means|sure thing|you bet|gladly|with pleasure|yes|"
    r"no worries|happy to)\b"
)
REQUEST = re.compile(
    r" (?:(?:can|could|will|would) (?:you(?! (?:like|prefer|want|rather|need|be happy))"
    r"|someone|somebody|he|she|they|your \w+|one of you)|please|i (?:need|want|would "
    r"like|would love) (?:(?:you|someone|somebody) to|the|my|that|a|an|it)|would you "
    r"mind|you will|are you (?:going to|able to)|is (?:he|she|someone|somebody|your "
    r"\w+) going to|make sure|do you promise|you (?:are|were) going to|mind (?:send|"
    r"call)ing)(?= )"
)
NOT_ASKED = re.compile(
    r" (?:hold|wait|repeat|spell|tell|confirm|check|say|explain|look|see|hear|speak up|"
    r"help|understand|remember|give me (?:your|the|a)) "
)
WHEN_ASKED = re.compile(
    r" (?:when|what time|what day|which day|by when|how soon|how long|how quickly|what "
    r"date|what hour|any idea when|roughly when|until when|till when) "
)
MUCH_ASKED = re.compile(
    r" (?:how much|how many|what (?:percent|percentage|amount|discount|sum)|for how long) "
)
WITHDRAWN = re.compile(
    r" (?:scrap (?:that|it)|forget (?:that|what i (?:just )?said|it|i said that|about "
    r"that)|take (?:that|it) back|strike that|ignore (?:that|what i)|i spoke too soon|"
    r"on second thoughts?|disregard|(?:can|will|could|am|are|is) not (?:\S+ ){0,7}?after "
    r"all|after all i (?:can|will) not|(?:that|it) is (?:off|not going to happen)|not "
    r"going to be (?:able|possible) after all|i was wrong|my mistake (?:i|we|that|it)|"
    r"i (?:should not|shouldn't) have (?:said|promised|offered)|i have to (?:withdraw|"
    r"cancel|retract|take)|retract|never mind (?:that|what)|i got that wrong|i "
    r"misspoke|turns out (?:i|we) can ?not|no longer (?:possible|able)|have to go back "
    r"on|i have just been told (?:we|i) can not|i have to correct myself)(?= )"
)
RELEASED = re.compile(
    r" (?:no need(?: to| for)?|do not bother|do not worry about (?:the|that|it|call|"
    r"send)|you do not (?:need|have) to|cancel that|leave it then|forget it|never mind|"
    r"there is no need|skip (?:that|it)|please do not (?:call|send|come|ring|bother)|i "
    r"do not need (?:it|that|the|you to))(?= )"
)
CORRECTING = re.compile(
    r" (?:actually|sorry|make (?:that|it)|i mean|no wait|rather|let us say|correction|"
    r"instead|or rather|scratch that|on second thoughts?|better|change that) "
)


TERM_ALONE = re.compile(
    r"^ (?:(?:about|around|usually|roughly|yes|so|it will be|maybe|probably|give it|up "
    r"to|within|in) )*#\d+ (?:(?:to|or) #\d+ )?(?:working |business )?"
    r"(?:minutes|hours|days|weeks)(?= )"
)
"""A length of time as a whole answer."""
FREED = re.compile(
    r"^ (?:(?:no|oh|actually|okay|ok|well|thanks|thank you) )*(?:no need|do not bother|"
    r"there is no need|cancel that|forget it)(?= )"
)
"""A release at the start of the next turn, whatever else it says."""


@dataclass(frozen=True, slots=True)
class Heard:
    """One turn, as the turns after it need it."""

    text: str
    side: str
    kind: Kind
    time: When
    amount: Amount | None
    asks: bool
    """It asks a question or asks for an act."""
    requests: bool
    """It asks for an act that can be promised."""
    length: int


def heard(text: str, side: str, call_at: datetime) -> Heard:
    """Read one turn."""
    words = said(text)
    plain = words.text()
    time = when(plain, call_at)
    if time.due is None and TERM_ALONE.match(plain):
        time = when(f" within{plain}", call_at)
    kind = action_of(re.sub(r"~+", "~", time.rest))
    found = clauses(words.tokens, side)
    asked = any(clause.asked for clause in found) or bool(
        WHEN_ASKED.match(plain) or MUCH_ASKED.match(plain)
    )
    ordered = any(clause.mood is Mood.ORDER and clause.who is Who.IMPLIED for clause in found)
    requests = (
        bool(REQUEST.search(plain) or ordered)
        and kind is not Kind.OTHER
        and not NOT_ASKED.search(plain)
    )
    return Heard(
        plain,
        side,
        kind,
        time,
        amount_in(time.rest, kind),
        asked or requests,
        requests,
        len(words.tokens),
    )


def assents(turn: Heard, request: Heard) -> bool:
    """Whether a turn promises what the turn before asked for."""
    if STRONG_ASSENT.search(turn.text):
        return request.requests
    short = turn.length <= 7 and not turn.asks
    return (
        request.requests
        and short
        and bool(CERTAIN.search(turn.text))
        and not re.search(
            r" (?:not|please|but|unfortunately|one (?:moment|second)|let me|hold|what|"
            r"who|is that|anything|understand|see|right away let)\b",
            turn.text,
        )
    )


def is_fragment(turn: Heard) -> bool:
    """Whether a turn only completes: a time or a sum, hardly more."""
    return turn.length <= 12 and not turn.asks


def agrees(turn: Heard) -> bool:
    """Whether a turn says yes."""
    return bool(WEAK_ASSENT.search(turn.text)) and turn.length <= 10
