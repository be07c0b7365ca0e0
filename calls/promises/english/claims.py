"""Claims: somebody of the other side is said to have promised. Pure.

In: tokens and who speaks. Out: where the report stands ("you said", "i was assured") and where what was
promised begins and ends.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from calls.promises.english.wordlists import DETERMINERS, RELATIVES, STAFF, THIRD_PARTIES
from calls.promises.english.words import Said

STRONG = (
    r"(?:promised|assured|guaranteed|swore(?: blind)?|pledged|vowed|sworn|undertook|"
    r"gave (?:me|us) (?:your|his|her|their) word|committed to|quoted|offered|gave "
    r"(?:me|us) (?:a |an )?(?:\w+ )?(?:price|quote|date|slot|deadline|guarantee|rate|"
    r"estimate|figure|assurance|promise|time)|led (?:me|us) to believe|reassured|"
    r"agreed to(?! disagree))"
)
WEAK = (
    r"(?:said|told|mentioned|agreed|confirmed|advised|stated|insisted|claimed|"
    r"indicated|informed|wrote|says|emailed|texted|explained|reckoned|thought|"
    r"suggested|made out|announced|maintained|let on|let slip|were adamant|was adamant|"
    r"was certain|declared|specified|signed off|gave (?:me|us) to understand)"
)
PEOPLE = "(?:" + "|".join(sorted(RELATIVES | {"colleague", "assistant", "secretary"})) + ")"
ADVERB = (
    r"(?:(?:also|just|already|definitely|clearly|specifically|actually|all|both|"
    r"explicitly|even|only|personally|repeatedly|once|then|originally|guys|people|lot|"
    r"earlier|last \w+|previously|yourself|yourselves|folks|had|have|has|categorically|"
    r"initially|always|absolutely|solemnly|faithfully|on \w+day|yesterday|kindly|"
    r"definitively|literally|really|twice|kept|keep|on the \w+|in your (?:email|letter|"
    r"text)|distinctly|firmly|already|over the phone|on the phone) )*"
)
ACTIVE = re.compile(
    rf" (?P<who>you|they|he|she)(?: who| that)? {ADVERB}(?P<verb>{STRONG}|{WEAK}|did "
    rf"promise|did say|did tell|did agree|did guarantee|did quote|did assure|did "
    rf"mention|did confirm|promise|guarantee|promising|saying|telling)(?= )(?P<to>(?: "
    rf"to)? (?:me|us|him|her|(?:my|our|your) {PEOPLE})(?= ))?"
)
PASSIVE = re.compile(
    rf" (?P<who>i|we|my \w+|our \w+) (?:was|were|am|are|have been|had been|got|was "
    rf"being|were being) {ADVERB}(?P<verb>promised|assured|told|quoted|offered|"
    rf"guaranteed|advised|informed|led to believe|given (?:a |an |your |the )?(?:\w+ )?(?:word|"
    rf"guarantee|price|quote|date|slot|time|deadline|assurance|promise|estimate)|"
    rf"reassured|sworn|under the (?:impression|understanding))(?= )"
)
STAFFED = re.compile(
    rf" (?P<who>(?:your|the|that|this|someone|somebody|one of (?:your|the)|a|another|"
    rf"some|whoever|everyone|both)(?: \w+){{0,6}}?) {ADVERB}(?P<verb>{STRONG}|{WEAK}|"
    rf"says|stated|states|promises|guarantees)(?= )(?P<to>(?: to)? (?:me|us|him|her|"
    rf"(?:my|our|your) {PEOPLE})(?= ))?"
)
NAMED = re.compile(
    rf" (?P<who>[a-z]+) (?:(?:from|in|at|on) (?:\w+ ){{1,2}})?{ADVERB}(?P<verb>{STRONG}|"
    rf"said|told|confirmed)(?= )(?P<to> (?:me|us)(?= ))"
)
DENIED_QUESTION = re.compile(
    r" did not (?P<who>you|they|he|she|your \w+) (?:\w+ ){0,2}?(?P<verb>say|tell (?:me|"
    r"us)|promise|agree|guarantee|assure|mention|confirm|quote|offer)(?= )"
)
SUPPOSED = re.compile(
    r" (?P<who>\w+(?: \w+){0,4}?) (?:was|were) (?:all |also |definitely |apparently |"
    r"actually |originally )*(?:supposed|meant|due|going|scheduled|to have been)(?= "
    r"(?:to|for|by|on|at|today|out|back|in|here|~|between|before) )"
)
AGREED = re.compile(
    r" (?:we|you and i|i) (?:had |have |already |had already |clearly |both |all )*(?:agreed|"
    r"had a deal|shook (?:hands )?on|settled on|had an agreement|fixed a price)(?= )| "
    r"(?:the (?:deal|agreement|arrangement) (?:was|we had)|what we agreed|(?:as|what "
    r"was|was|were) (?:agreed|promised)|the agreed|my agreed|your promise|you made a "
    r"promise|the promised|my promised|that promise|you gave (?:me|us|my \w+) your "
    r"word|had your word|i (?:have|had) your word|per (?:our|the) agreement|i (?:have|"
    r"had|got) (?:it|that|this) in writing|verbal agreement|my understanding (?:\w+ ){0,5}?was|"
    r"promised (?:refund|call ?back|discount|delivery|visit|replacement|repair|"
    r"document|engineer|payment|credit))(?= )"
)
FUTURE_IN_PAST = re.compile(
    r" (?:would|will|going to|was coming|were coming|coming|sending|is on|could "
    r"(?:have|get|be|return|exchange|cancel|pay|do|bring|swap|send|come|knock|keep|"
    r"claim|collect|change)|should (?:be|have|get|arrive|hear)|be (?:able|refunded|"
    r"here|there)|to (?:expect|wait for a call)|no (?:charge|fee|extra|cost|interest|"
    r"deposit|penalty|hidden|delivery)|not (?:be|have to|cost|charge|going)|free|for "
    r"nothing|included|covered|guaranteed|locked|fixed|waived|on the house|(?:i|we|you)"
    r" can (?:have|get|return|cancel|claim|swap|exchange)|you (?:will|guarantee|refund|"
    r"deliver|match|replace)|was being|were being|is being|on its way|the same price|"
    r"same price|it was mine|sorted|might)(?= )"
)
BARE_TERM = re.compile(
    r"^(?: (?:that|it was|it is|about|around|like|a|an|another|the|only|up to|at most|"
    r"maximum|max|just|for|at))* (?:#\S+|by|within|in (?:a|#)|mon\w*day|tuesday|"
    r"wednesday|thursday|friday|saturday|sunday|today|tomorrow|next|this (?:morning|"
    r"afternoon|week|evening)|end of|first thing|on (?:mon|tues|wednes|thurs|fri|satur|"
    r"sun|the @)\w*|half (?:price|off)|full refund|refund|discount|couple|no later|"
    r"lifetime|@\d+|money back|before|between|under|less than|noon|as soon|same day|"
    r"next day|guarantee|warranty|week|replacement|call ?back|(?:a|an|the) (?:\w+ ){1,3}(?:for|"
    r"at|by|on) (?:#|mon|tues|wednes|thurs|fri|satur|sun|the @))"
)
NOT_PROMISED = re.compile(
    r"^(?: (?:that|you|it|we|i|they|he|she))* (?:would|will|was|were) (?:(?:rather|"
    r"really|just|also) )*(?:like|prefer|rather|need|want|love|be interested|think "
    r"about|consider|have to|looking|calling|wondering|thinking|a |an |not sure|unsure|"
    r"having|wanting|considering)\b"
)
ORDERED = re.compile(
    r"^ (?:to (?!be |me |us |expect|have (?:it|them|the|someone))|how|what|where|why|"
    r"which|about|your|his|her|not to|you (?:have|had|need|want|were|are|live|work)|it "
    r"is|hello|yes|no |sorry|goodbye|thanks|so)(?= )"
)
NOT_CLAIMED = re.compile(
    r" (?:if|unless|whether|until|when|once|because|since|nobody|never|not|no one|none|"
    r"did|does|do|would|could|can|will|what|where|how|who|which|had|like|as soon as|i "
    r"thought|wish|please|in case|so if)(?: \w+)?$"
)
ASKED_BACK = re.compile(r"(?:^| )(?:did|do|have) not$")
SELF = re.compile(r"^(?:i|we|my|our|myself|nobody|no one|none)\b")


@dataclass(frozen=True, slots=True)
class Report:
    """A report of an earlier promise: tokens `start` to `end` name it, what was promised follows."""

    start: int
    end: int
    own: bool = False
    """Somebody promised who is not of the other side: no claim, but what follows is no promise of the speaker either."""


def reports(said: Said, side: str) -> list[Report]:
    """Find where the other side's promises are reported, in order."""
    text = said.text()
    found = [
        *(_told(text, match, side) for match in ACTIVE.finditer(text)),
        *(
            _place(text, match.start(), match.end())
            for match in DENIED_QUESTION.finditer(text)
            if _speaks_of_promise(text[match.end() :])
        ),
        *(_passive(text, match) for match in PASSIVE.finditer(text)),
        *(_staffed(text, match, side) for match in STAFFED.finditer(text)),
        *(_staffed(text, match, side) for match in NAMED.finditer(text) if _is_name(text, match)),
        *(_supposed(text, match, side) for match in SUPPOSED.finditer(text)),
        *(_place(text, match.start(), match.end()) for match in AGREED.finditer(text)),
        *(_own(text, match) for match in OWN.finditer(text)),
        _afterwards(text, side),
    ]
    own = {report.end for report in found if report is not None and report.own}
    told = [
        report for report in found if report is not None and (report.own or report.end not in own)
    ]
    return sorted(
        (report for report in told),
        key=lambda report: (report.own, report.start),
    )


AFTERWARDS = re.compile(
    r" (?:you|they|your \w+|the (?:guy|lady|girl|man|woman|person)(?: on the phone)?) "
    r"(?:said|promised|told (?:me|us)|assured (?:me|us)) $"
)
PROMISED_BEFORE = re.compile(r"^ (?:he|she|they|it|you|someone|somebody|i|we|the \w+) would ")


def _afterwards(text: str, side: str) -> Report | None:
    """A report that comes last: "he'd call me back on monday, your manager said"; all before it was promised."""
    told = AFTERWARDS.search(text)
    if side == "operator" or told is None or not PROMISED_BEFORE.match(text):
        return None
    return None if NOT_PROMISED.match(text) else Report(0, 0)


OWN = re.compile(
    r" (?:i|we) (?:had |have |already |just |did |also )*(?:said|told (?:you|him|her|"
    r"them|your \w+)|mentioned|promised|thought|explained|was hoping|assumed|figured|"
    r"wished)(?= )"
)


def _own(text: str, match: re.Match[str]) -> Report:
    return _place(text, match.start(), match.end(), own=True)


def _place(text: str, start: int, end: int, *, own: bool = False) -> Report:
    """The tokens of a span of characters."""
    return Report(text[: start + 1].count(" ") - 1, text[:end].count(" "), own)


def _told(text: str, match: re.Match[str], side: str) -> Report | None:
    who = match["who"]
    if who != "you" and (side == "operator" or not _is_staff_pronoun(text, match)):
        return _place(text, match.start(), match.end(), own=True)
    if match["verb"] in {"promise", "guarantee", "promising", "saying", "telling"} and not _pressed(
        text, match
    ):
        return None
    return _judged(text, match)


def _pressed(text: str, match: re.Match[str]) -> bool:
    """Whether "you promise" is a claim in the present: "you keep promising", "you guarantee five years on your site"."""
    if match["verb"] not in {"promising", "saying", "telling"}:
        return False
    before = text[: match.start() + 1]
    return (
        " keep " in match[0] or re.search(r" (?:remember|recall|heard|keep) $", before) is not None
    )


def _is_staff_pronoun(text: str, match: re.Match[str]) -> bool:
    """Whether a client's "they", "he" or "she" are the other side's people."""
    before = set(text[: match.start() + 1].split())
    third = before & (THIRD_PARTIES | (RELATIVES - {"colleague", "boss"}))
    addressed = (match["to"] or "").split()[-1:]
    if addressed and addressed[0] not in {"me", "us"}:
        return False
    return not third and not (
        match["who"] in {"he", "she"} and re.search(r" my \w+ ", text[: match.start() + 1])
    )


def _judged(text: str, match: re.Match[str]) -> Report | None:
    """Accept a report if what follows, or the verb itself, speaks of a promise."""
    before = text[: match.start() + 1].rstrip()
    negated = NOT_CLAIMED.search(before)
    relative = re.search(r" (?:what|which|than what|like|when|where)$", before) and re.search(
        STRONG, match["verb"]
    )
    if negated and not ASKED_BACK.search(before) and not relative:
        return None
    verb, after = match["verb"], text[match.end() :]
    if re.search(r" (?:never|not) ", match[0]):
        return None
    if NOT_PROMISED.match(after):
        return None
    strong = re.match(
        rf"{STRONG}$|did (?:promise|guarantee|quote|assure)|given|sworn|led|guarantees|"
        rf"promises|promising",
        verb,
    )
    if strong:
        return (
            None
            if re.match(r" (?:help|to help|a (?:coffee|tea|seat)|you|your)\b", after)
            and "offer" in verb
            else _place(text, match.start(), match.end())
        )
    clause = (
        re.split(
            r" (?:but|and now|and then i|because|yet|and (?:it|nobody|nothing|i|we|no "
            r"one|there|still|that)) ",
            after,
            maxsplit=1,
        )[0]
        + " "
    )
    if ORDERED.match(after) and not re.match(
        r" (?:you (?:were|are|had) (?:going|sending|coming)|so would|your \w+(?: \w+){0,2} "
        r"(?:would|will|was coming|were coming))",
        after,
    ):
        return None
    if re.match(r" (?:on|in) (?:the )?(?:news|radio|tv|telly|paper|papers|internet)", after):
        return None
    if BARE_TERM.match(clause) or FUTURE_IN_PAST.search(clause):
        return _place(text, match.start(), match.end())
    return None


def _speaks_of_promise(after: str) -> bool:
    return bool(BARE_TERM.match(after) or FUTURE_IN_PAST.search(after)) and not NOT_PROMISED.match(
        after
    )


def _passive(text: str, match: re.Match[str]) -> Report | None:
    if re.match(
        r" by (?:my|the (?:bank|council|police|doctor|hospital|manufacturer|government|"
        r"insurer|insurance)|a friend)",
        text[match.end() :],
    ):
        return _place(text, match.start(), match.end(), own=True)
    return _judged(text, match)


def _staffed(text: str, match: re.Match[str], side: str) -> Report | None:
    who = match["who"].split()
    words = set(who)
    named = set(who[: who.index("who")]) if "who" in who[1:] else words
    if SELF.match(match["who"]) or named & {
        "i",
        "we",
        "you",
        "he",
        "she",
        "they",
        "will",
        "would",
        "is",
        "was",
        "and",
        "but",
        "what",
        "my",
        "our",
        "nobody",
    }:
        return None
    if words & {"other", "rival", "previous", "competing", "different"} and words & {
        "shop",
        "company",
        "firm",
        "place",
        "store",
        "garage",
        "dealer",
    }:
        return _place(text, match.start(), match.end(), own=True)
    yours = who[0] == "your" or "your" in words
    if not yours and words & (THIRD_PARTIES | (RELATIVES - STAFF - {"colleague", "boss"})):
        return _place(text, match.start(), match.end(), own=True)
    if yours and words & {"friend", "neighbour", "bank", "insurance", "insurer", "landlord"}:
        return None
    addressed = (match["to"] or "").split()[-1:]
    if addressed and addressed[0] not in {"me", "us"} and not yours:
        return None
    if side == "operator" and not yours:
        return None
    return _judged(text, match)


def _is_name(text: str, match: re.Match[str]) -> bool:
    """Whether the one word before the verb stands alone: "denise promised", not "your husband promised"."""
    before = text[: match.start() + 1].split()[-1:]
    known = STAFF | RELATIVES | THIRD_PARTIES | DETERMINERS
    return match["who"] not in known and not (before and before[0] in DETERMINERS | {"other"})


def _supposed(text: str, match: re.Match[str], side: str) -> Report | None:
    """Accept "was supposed to" of the other side, and of oneself where one was to receive."""
    who, after = match["who"].split(), text[match.end() :]
    own = who[-1] in {"i", "we"} or bool(
        set(who) & {"my", "our"}
        and not set(who)
        & {
            "refund",
            "order",
            "delivery",
            "parcel",
            "boiler",
            "money",
            "car",
            "discount",
            "price",
            "deposit",
        }
    )
    receiving = re.match(
        r" (?:to )?(?:be (?:called|refunded|getting|contacted|charged|given|sent|paid|"
        r"compensated|reimbursed|credited|seen)|get|have (?:had|been|got|received|a|my|"
        r"it)|receive|hear)\b",
        after,
    )
    going = " going " in match[0][-8:]
    if re.search(r" (?:if|what|how|who|when) \w*$", text[: match.start() + 1] + who[0]) or who[
        0
    ] in {"what", "who", "if", "how", "when"}:
        return None
    if set(who) & (THIRD_PARTIES | RELATIVES - STAFF - {"colleague"}):
        return None
    if own:
        return _place(text, match.start(), match.end()) if receiving and not going else None
    if (
        going
        and who[-1] not in {"you", "they", "someone", "somebody", "he", "she"}
        and "your" not in who
    ):
        return None
    if side == "operator" and not set(who) & {"you", "your"}:
        return None
    return _place(text, match.start(), match.end())
