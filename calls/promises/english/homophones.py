"""Words that the speech engine writes for others that sound alike, mended where the words around leave no doubt. Pure.

In: tokens. Out: the same number of tokens with "you wood be" as "you would be", "buy friday" as "by friday".
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from calls.promises.english.numbers import ORDINALS, SMALL, TENS, Token
from calls.promises.english.verbs import Form, can_be

SUBJECT = (
    r"(?:i|we|you|he|she|it|they|that|this|there|\w+er|\w+or|\w+ist|guy|lady|man|"
    r"colleague|team|parcel|refund|price)"
)
DAY = (
    r"(?:monday|tuesday|wednesday|thursday|friday|saturday|sunday|today|tonight|"
    r"tomorrow|noon|the|next|end|christmas|lunch\w*|close)"
)
NUMBER = "(?:" + "|".join([*SMALL, *TENS, "a"]) + ")"
UNIT = (
    r"(?:percent|per|hundred|thousand|oclock|p|a|pm|am|pounds|dollars|euros|quid|bucks|"
    r"days|weeks|hours|minutes|months|years|working|business)"
)
MONEY = (
    r"(?:fee|fees|charge|charges|fine|fines|penalty|cost|costs|deposit|surcharge|"
    r"excess|rent|interest|bill)"
)
VERBISH = (
    r"(?:be|have|call|ring|phone|send|come|get|give|bring|deliver|do|pay|take|fix|make|"
    r"text|email|mail|refund|let|drop|see|waive|wave|not|just|also|need|like|knock|"
    r"hold|pop|put|replace|swap|arrange|book|go|never|always|honou?r|cover|return|sort|"
    r"throw|arrive|cost)"
)

MENDS: tuple[tuple[str, str, str], ...] = (
    (rf"(?:{SUBJECT}|who|what|which)$", "wood", "would"),
    (rf"(?:{SUBJECT})$", "wooden", "would"),
    ("try$|trying$", "and", "to"),
    ("", "rapport", "report"),
    ("", "rapports", "reports"),
    ("", "refunt", "refund"),
    ("", "insure's", "insurers"),
    (
        r"(?:fifty|twenty|thirty|forty|sixty|seventy|eighty|ninety|hundred|ten|five)$",
        "quit",
        "quid",
    ),
    (r"(?:\w+ty|hundred|ten|five|thousand)$", "ponds", "pounds"),
    (r"(?:\w+ty|hundred|ten|five|thousand)$", "pound's", "pounds"),
    (r"(?:a|next|this|one|per|whole|in|the|two|three)$", "weak", "week"),
    (r"(?:two|three|four|five|six|few|couple|of)$", "weaks", "weeks"),
    (r"(?:an|half|every|one|within|per)$", "our", "hour"),
    (r"(?:two|three|four|five|six|eight|twelve|few|of)$", "ours", "hours"),
    (r"(?:this|the|tomorrow|in|day)$", "mourning", "morning"),
    (r"(?:to)$", "morrow", "morrow"),
    (r"(?:by|e|the|you|we|will|in)$", "male", "mail"),
    (r"(?:the|our|a|your)$", "career", "courier"),
    (r"(?:the|our|a|your)$", "curry", "courier"),
    (r"(?:percent|cent|a)$", "discounted", "discount"),
    ("", "recieve", "receive"),
    ("", "warrantee", "warranty"),
    ("", "guaranty", "guarantee"),
    ("", "gaurantee", "guarantee"),
)
"""(what the word before must be, what was heard, what was said)."""

AHEAD: tuple[tuple[str, str, str, str], ...] = (
    ("", "buy", DAY + "$|" + NUMBER + "$", "by"),
    ("", "bye", DAY + "$|" + NUMBER + "$|then$", "by"),
    (r"(?:we|i)$", "wheel", "", "will"),
    ("", "wheel", VERBISH + "$", "we will"),
    ("", "aisle", VERBISH + "$", "i will"),
    ("", "isle", VERBISH + "$", "i will"),
    ("", "yule", VERBISH + "$|receive$", "you will"),
    (
        "",
        "hour",
        r"(?:engineer|driver|team|technician|plumber|courier|manager|office|van|own|"
        r"end|side|colleague|guys?|fault|prices?)$",
        "our",
    ),
    (
        r"(?:at|by|until|till|before|past|after|around|about)$",
        "for",
        "(?:|oclock|pm|p|in|on|this|tomorrow|today|and|sharp)$",
        "four",
    ),
    ("", "for", "(?:hundred|percent|thousand|oclock)$", "four"),
    (
        r"(?:at|by|until|till|before|past|after|around|about|between)$",
        "to",
        "(?:|oclock|pm|p|in|on|this|tomorrow|today|and|thirty|sharp)$",
        "two",
    ),
    (
        r"(?!(?:up|down|back|going|come|go|amount|amounts|close|due|over|add)$)",
        "to",
        "(?:hundred|percent|thousand|oclock)$",
        "two",
    ),
    (r"(?:at|by|until|till|before|past|after|around|about|between)$", "too", "", "two"),
    ("", "too", UNIT + "$", "two"),
    (r"(?:at|by|until|till|before|past|after|around|about)$", "ate", "", "eight"),
    ("", "ate", UNIT + "$", "eight"),
    (r"(?:at|by|until|till|before|past|after|around|about)$", "won", "", "one"),
    ("", "won", "(?:hundred|thousand|oclock)$", "one"),
    (r"(?:will|to|you)$", "scent", "", "send"),
    (r"(?:will|to|we|i|can)$", "wave", "", "waive"),
    (r"(?:will|to|we|i|can|not|be)$", "weighed", "", "waived"),
    (r"(?:will|to|we|i|can|not)$", "weigh", MONEY + "$|the$|that$", "waive"),
    ("(?:am|are|be|is|of)$", "waving", "", "waiving"),
    ("(?:be|is|are|been|get|it|that|fee|charge|have|was)$", "waved", "", "waived"),
    (r"(?:will|to|can)$", "right", "(?:it|that|this|off|the)$", "write"),
    (r"(?:will|to|can)$", "male", "", "mail"),
    (r"(?:will|to|can|not)$", "hole", "(?:it|that|the|your|this|them)$", "hold"),
    (r"(?:will|to|can|not)$", "knot", VERBISH + "$", "not"),
    ("(?:you|we|i|they|he|she|will|are|is)$", "knot", "", "not"),
    ("(?:will|to|can|not)$", "sea", "", "see"),
    ("(?:will|can|to)$", "meat", "", "meet"),
    ("(?:will|can|to|not)$", "pi", "", "pay"),
    ("", "hole", "(?:price|amount|sum|thing)$", "whole"),
    ("(?:will|can|to|not)$", "brake", "", "break"),
    ("", "weave", "(?:got|been|already|just|had)$", "we have"),
    ("", "ewe", "", "you"),
    (
        "(?:|yes|yeah|okay|ok|and|so|but|right|sure|sorry|today|tomorrow|that)$",
        "were",
        r"\w{2,}ing$",
        "we are",
    ),
    (
        "(?:|yes|yeah|okay|ok|and|so|but|right|sure|then)$",
        "its",
        r"(?:on|free|yours|going|being|locked|fixed|not|included|guaranteed)$",
        "it is",
    ),
    (
        "(?:|and|so|but|yes|okay|then)$",
        "your",
        r"(?:booked|going|getting|entitled|covered|not|all|down)$",
        "you are",
    ),
    ("(?:|and|so|but|yes|okay|then)$", "heel", VERBISH + "$", "he will"),
    ("(?:|and|so|but|yes|okay|then)$", "shell", VERBISH + "$", "she will"),
    (
        "(?:ten|twenty|fifteen|five|percent|a|no|the|of|your)$",
        "count",
        "(?:|on|for|off|to)$",
        "discount",
    ),
)
"""(what the word before must be, what was heard, what the word after must be, what was said)."""


def mend(tokens: Sequence[Token]) -> list[Token]:
    """Mend mishearings that the neighbouring words prove."""
    texts = [token.text for token in _joined(tokens)]
    mended: list[Token] = []
    for index, token in enumerate(_joined(tokens)):
        before = texts[index - 1] if index else ""
        after = texts[index + 1] if index + 1 < len(texts) else ""
        said = _meant(before, token.text, after)
        mended.extend(Token(word, token.first, token.last) for word in said.split())
    return mended


JOINS = {
    ("per", "cent"): "percent",
    ("ought", "to"): "should",
    ("to", "morrow"): "tomorrow",
    ("two", "morrow"): "tomorrow",
    ("o", "clock"): "oclock",
    ("a", "m"): "am",
    ("p", "m"): "pm",
    ("this", "count"): "discount",
    ("in", "voice"): "invoice",
    ("e", "mail"): "email",
    ("e", "mailing"): "emailing",
    ("e", "mailed"): "emailed",
    ("call", "back"): "call back",
    ("half", "passed"): "half past",
    ("quarter", "passed"): "quarter past",
    ("re", "fund"): "refund",
    ("fry", "day"): "friday",
    ("sun", "day"): "sunday",
    ("mon", "day"): "monday",
    ("a", "sure"): "assure",
    ("a", "sured"): "assured",
    ("week", "end"): "weekend",
    ("guarantee", "d"): "guaranteed",
    ("after", "noon"): "afternoon",
    ("mid", "day"): "noon",
}


def _joined(tokens: Sequence[Token]) -> list[Token]:
    """Join words that the engine cut in two."""
    joined: list[Token] = []
    for token in tokens:
        pair = (joined[-1].text, token.text) if joined else ("", "")
        if pair in JOINS and " " not in JOINS[pair]:
            joined[-1] = Token(JOINS[pair], joined[-1].first, token.last)
        elif pair[0] in {"half", "quarter"} and token.text == "passed":
            joined.append(Token("past", token.first, token.last))
        else:
            joined.append(token)
    return joined


_BEHIND: dict[str, list[tuple[re.Pattern[str], str]]] = {}
for _before, _heard, _said in MENDS:
    _BEHIND.setdefault(_heard, []).append((re.compile(_before), _said))
_AROUND: dict[str, list[tuple[re.Pattern[str], re.Pattern[str], str]]] = {}
for _before, _heard, _after, _said in AHEAD:
    _AROUND.setdefault(_heard, []).append((re.compile(_before), re.compile(_after), _said))


def _meant(before: str, word: str, after: str) -> str:
    for behind, said in _BEHIND.get(word, ()):
        if behind.match(before):
            return said
    for behind, ahead, said in _AROUND.get(word, ()):
        if behind.match(before) and ahead.match(after):
            return said
    if word == "'d":
        return _had_or_would(after)
    if (
        word == "wood"
        and before not in {"", "the", "of", "a", "real", "solid"}
        and can_be(after, Form.BASE)
    ):
        return "would"
    return word


def _had_or_would(after: str) -> str:
    """Tell "you'd told me" (had) from "you'd call me" (would)."""
    if after in {
        "better",
        "been",
        "got",
        "told",
        "said",
        "had",
        "known",
        "given",
        "promised",
        "agreed",
        "sent",
        "done",
    }:
        return "had"
    return "had" if after.endswith("ed") and after not in {"need"} else "would"


__all__ = ["ORDINALS", "mend"]
