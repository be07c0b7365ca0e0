"""Refusals: whether a clause, or a set phrase, declines. Pure.

In: a clause as a `Case`; for phrases without a clause of their own, text. Out: yes or no.
"""

from __future__ import annotations

import re

from calls.promises.english.case import BOUND, Case
from calls.promises.english.clause import Mood, Who
from calls.promises.english.listed import listed
from calls.promises.english.phrases import THREATS
from calls.promises.model import ActionKind as Kind

PHRASES = re.compile(
    r" (?:out of the question|no can do|(?:i am|we are) afraid (?:not|that is not|no|"
    r"there is no)|not on your life|my hands are tied|our hands are tied|nothing "
    r"(?:more |else |further )?(?:(?:that )?(?:i|we) can do|to be done)|off the table|"
    r"(?:there is|there are|is|are|absolutely|sorry|afraid) no (?:way|chance|question "
    r"of|possibility|refunds?|discounts?|exceptions?|returns?|exchanges?|scope|room "
    r"(?:for|to|in|on)|wiggle room|leeway|flexibility|guarantees? (?:on|that|with|for)|"
    r"more discounts?)|no (?:way (?:am i|i am|we|are|can|will|that|i can|i will)|"
    r"chance (?:of|that|i|we))|no (?:refunds|discounts|exceptions|returns|exchanges)|"
    r"(?:i|we) (?:will |must |would |am going to |are going to |shall |do )?(?:have to "
    r"|have got to |need to )?(?:decline|refuse|say no|turn (?:you|that|it|this) down|"
    r"pass on (?:that|this|it)|reject|respectfully|draw the line)|(?:will have|have|"
    r"going) to (?:decline|refuse|say no|turn (?:you|that|it) down|pass on that|reject)"
    r"|(?:is|are|was|be|am|and|but|that|it|deposits?|fees?|tickets?|items?|goods|"
    r"orders?|fares?|bookings?|strictly) (?:strictly |simply |absolutely |completely |"
    r"totally |currently |unfortunately )*(?:non ?(?:refundable|negotiable|returnable|"
    r"transferable)|non (?:refundable|negotiable|returnable|transferable)|impossible|"
    r"unable)|not (?:possible|refundable|negotiable|returnable|doable|feasible|"
    r"permitted|allowed|on offer|available for (?:that|this)|eligible|entitled|"
    r"(?:actually |really )?something (?:that )?(?:we|i)|(?:an option|our policy|our "
    r"responsibility)|(?:how|the way) we|up for (?:discussion|negotiation)|on the "
    r"table|going to happen|happening|in a position to|prepared to|willing to|"
    r"authori[sz]ed to|covered|liable|responsible for|budging|interested in (?:paying|"
    r"signing|renewing|extending))|against (?:our |the |company |my )?(?:\w+ )?(?:policy|"
    r"rules)|as (?:low|far|high|much) as (?:i|we) can(?: go| do| offer)?|it is a "
    r"(?:hard |firm |flat |definite )?no(?= )|(?:best|lowest|furthest|most) (?:i|we) "
    r"can (?:do|go|offer)|price is (?:final|firm|non)|rule (?:that|it|this) out|do not "
    r"do (?:refunds|discounts|that|those|house|home|returns|exchanges|sundays|weekends|"
    r"deliveries)|(?:i|we) refuse|no longer (?:offer|do|repair|deliver|sell|ship|"
    r"accept|give|provide|take|support|service|cover|honour|honor)|forget (?:it|about "
    r"it) i am not|over my dead body|cannot be (?:refunded|returned)|more than (?:my|"
    r"our) job is worth|beyond (?:our|my) (?:control|authority|remit)|not (?:for|until|"
    r"before|without) .{0,30} no|that is (?:a|my) (?:hard |firm |flat )?no|the answer "
    r"is no|(?:will|would) rather not|not a chance|in no position) "
)
NOT_DECLINED = re.compile(
    r" (?:no (?:way of knowing|chance you could|question about)|not (?:available|"
    r"possible) (?:right now|at the moment) |if (?:it|that|this) is not possible|is it "
    r"(?:not )?(?:possible|impossible)|why (?:is|are)|impossible to (?:get through|"
    r"reach|hear|find|read|open|park)|nothing (?:else )?(?:i|we) can do for you today "
    r"is there|unable to (?:hear|log|find|get|open|access|see|reach|attend|start|"
    r"connect|download)) "
)
PERCEIVING = listed(
    "hear see find remember understand believe tell think log open read recall say know",
    "imagine wait stand help mean figure make afford decide recommend complain thank work",
    "sleep reach stop argue blame miss lose fault be reply pronounce spell quite access",
    "locate follow recognise recognize view download connect enter turn use feel look like",
    "worry want mind care hope guess suppose realise get have seem live cope walk eat drive",
    "drink breathe trace notice download identify pull bring",
)
"""Verbs whose denial is a state and declines nothing: "I can't hear you"."""
STATES = listed(
    "be know see forget need want like remember feel hear have get find miss lose hurt",
    "understand believe keep mind regret start work",
)
ACTED = re.compile(
    r" (?:get (?:anyone|someone|anybody|somebody|you (?:a|any|in|that)|(?:it|that|this|"
    r"them) (?:to you|there|out|done|fixed|delivered|repaired|across)|a (?:driver|van|"
    r"man|plumber)|them (?:to you|out)|the (?:part|price|parts|\w+ (?:out|to you))|to "
    r"you|out (?:to|there)|any(?:thing|one) )|make (?:an exception|exceptions|that "
    r"(?:promise|happen)|any (?:promises|exceptions|guarantees?)|it (?:any )?(?:cheaper|"
    r"(?:on|at|to|for|today|tomorrow|before|after|until|that|this|~)))|find you (?:a|"
    r"any)|have (?:it|that|them|someone|anyone|anybody|you|your \w+) (?:ready|out|done|"
    r"fixed|delivered|there|back|here|with)|have (?:a refund|your money|one free|"
    r"another)|see you (?:before|until|today|this|any)|tell you (?:when|exactly|for "
    r"(?:sure|certain)|that information)|say (?:when|for (?:sure|certain)|exactly when)"
    r"|help (?:you )?with (?:that|this|a refund|it)|bring (?:it|the|that|your)|drive|"
    r"use (?:that|the|your) (?:voucher|coupon|code)|turn (?:it|that|the \w+) around|"
    r"work (?:on|for|at) (?:a |that |sundays?|weekends|saturdays?)|stop (?:the|your) "
    r"(?:payment|charge)|pull the (?:date|order|booking) forward|bring (?:it|the \w+) "
    r"(?:forward|down)|go (?:any )?(?:lower|below|under|further|that low|higher)|stand "
    r"(?:by|behind|over)|recommend|be (?:held )?(?:responsible|liable|bound|paying|"
    r"able|giving|doing|offering|sending|refunding|accepting|coming|signing|there|"
    r"replacing|covering|making|taking|repairing|delivering|charging|having|going|"
    r"letting|issuing|renewing|driving|returning|calling|buying|part|done|changed|"
    r"extended|refunded|returned|exchanged|repaired|fixed|delivered|honou?red|waived|"
    r"reimbursed)) "
)
OFFERED_ACTS = listed(
    "do offer give refund deliver ship take accept provide fix repair cover allow match",
    "negotiate guarantee promise send service hold reserve issue exchange pay reimburse",
    "transfer come visit waive extend discount install collect replace support dispatch lend",
    "rent mend handle store insure honour honor compensate price release swap return post fit",
    "process approve arrange credit lower reduce drop budge work bend cancel move sign call",
    "transport go",
)
RIGHTS = frozenset({Kind.REFUND, Kind.REPLACEMENT, Kind.DISCOUNT, Kind.WAIVER, Kind.GUARANTEE})


def declined(case: Case) -> bool:
    """Whether a clause declines an act, or declines to promise one."""
    clause = case.clause
    if (
        clause.asked
        or clause.under not in {"", "because", "since", "cause", "so", "as"}
        or not clause.negated
    ):
        return False
    if re.search(
        r" not (?:only|just (?:that|the)|sure|certain|happy|a problem|an issue|worry|bad) ",
        case.text,
    ):
        return False
    if case.client and THREATS.search(case.text):
        return False
    if re.search(
        r" (?:see why not|help but|hesitate|go wrong|thank you enough|wait to|think so badly) ",
        case.text,
    ):
        return False
    if " would not be able to " in case.text and not case.client:
        return clause.who in BOUND | {Who.OURS}
    if clause.who in BOUND or (clause.who is Who.OURS and not case.client):
        return _own(case)
    return not case.client and _theirs(case)


def _own(case: Case) -> bool:
    """Judge the speaker's own denial."""
    clause = case.clause
    if clause.mood in {
        Mood.PAST,
        Mood.PERFECT,
        Mood.WOULD,
        Mood.MIGHT,
        Mood.ORDER,
        Mood.LET,
        Mood.MUST,
    }:
        return False
    if clause.mood is Mood.PRESENT:
        return _habitual(case)
    if (
        case.client
        and clause.verb == "be"
        and re.search(
            r" be (?:in|home|there|here|at|around|available|back|able to (?:hear|find|"
            r"see|log|get (?:in|on|through))|long|free|happy|surprised|ready|on|able "
            r"to be|needing|using|interested) ",
            case.rest + " ",
        )
    ):
        return bool(
            re.search(
                r" be (?:able to (?:come|make|pay|attend)|there (?:on|at|tomorrow|today|for))",
                case.rest,
            )
        )
    if clause.mood is Mood.COULD and not re.search(
        r" could not (?:possibly|do that|agree|accept|go|offer|promise|let|give|commit) ", case.text
    ):
        return False
    if clause.mood is Mood.FUTURE and clause.verb in STATES - {
        "be",
        "get",
        "have",
        "find",
        "keep",
        "start",
        "work",
    }:
        return False
    if clause.mood is Mood.FUTURE and clause.verb not in STATES:
        return _clients_own(case) if case.client else True
    if (
        re.search(
            r" can not (?:\w+ )?(?:say|tell you) (?:when|exactly|for (?:sure|certain)|"
            r"yet|what time|which day) ",
            case.whole,
        )
        and not case.client
    ):
        return True
    if clause.verb in PERCEIVING:
        return bool(ACTED.search(case.rest)) and not (
            case.client
            and re.match(r" (?:get|find|make|have|see|tell|say|use|be|drive|work) ", case.rest)
            and not re.search(
                r" (?:make (?:it|that)|driv\w+|be (?:paying|accepting|signing|coming|"
                r"having|doing|renewing|driving|returning|buying|there)) ",
                case.text,
            )
        )
    if case.client:
        return _clients_own(case)
    return True


def _clients_own(case: Case) -> bool:
    """A client's denial declines if it is an act towards the other side, no trouble of his own."""
    if re.search(
        r" (?:not (?:being|having any|getting (?:any|a|the|my|through|an)|receiving|"
        r"sure|complaining|calling (?:about|to)|finding|trying|asking|saying|blaming|"
        r"here|looking|feeling)|until (?:i get|i am|six|#)|turn on|switch|connect|"
        r"start (?:it|the)) ",
        case.text,
    ):
        return False
    return case.clause.mood in {Mood.FUTURE, Mood.CAN, Mood.WILLING, Mood.PROGRESSIVE, Mood.COULD}


def _habitual(case: Case) -> bool:
    """Judge "we don't do that", "I don't promise"."""
    clause = case.clause
    if clause.verb == "be":
        return False
    if clause.verb == "think":
        return (
            bool(
                re.search(
                    r" think (?:that )?(?:i|we|it|that|this) (?:can|will|is going to|"
                    r"is (?:possible|something|covered|refundable)|would be possible|"
                    r"are going to|am going to|could) ",
                    case.whole,
                )
            )
            and not case.client
        )
    if case.client:
        return clause.verb in {"agree", "accept", "consent", "promise"} or bool(
            re.search(r" (?:intend|plan|propose) to (?:pay|sign|accept|come|return)", case.text)
        )
    if clause.verb in {"do"} and re.search(r" do (?:not )?(?:it|mind)? $", case.text):
        return False
    return clause.verb in OFFERED_ACTS and not re.search(
        r" (?:work (?:here|there)|call (?:them|it)|take (?:long|up)|go (?:away|"
        r"anywhere)|move away|return (?:calls|my)) ",
        case.rest,
    )


def _theirs(case: Case) -> bool:
    """Judge an operator's denial about a thing or about what the client may do."""
    clause = case.clause
    if clause.mood in {
        Mood.PAST,
        Mood.PERFECT,
        Mood.WOULD,
        Mood.MIGHT,
        Mood.ORDER,
        Mood.MUST,
        Mood.COULD,
        Mood.SHOULD,
    }:
        return False
    if clause.who is Who.YOU:
        return (
            clause.mood is Mood.CAN
            and (
                case.kind in RIGHTS
                or clause.verb
                in {"cancel", "return", "change", "transfer", "claim", "use", "extend"}
            )
        ) or (
            clause.mood is Mood.FUTURE
            and clause.verb in {"get", "receive", "have", "be"}
            and case.kind in RIGHTS | {Kind.DELIVERY, Kind.VISIT}
        )
    if clause.mood is Mood.PRESENT and clause.verb in {
        "cover",
        "extend",
        "apply",
        "allow",
        "permit",
        "stretch",
    }:
        return True
    if clause.mood is Mood.PRESENT and clause.passive:
        return case.kind in RIGHTS or clause.verb in {
            "allow",
            "permit",
            "cover",
            "include",
            "offer",
            "refund",
            "discount",
            "authorise",
            "authorize",
        }
    if clause.mood in {Mood.CAN, Mood.FUTURE}:
        return (
            clause.passive
            or bool(
                re.search(
                    r" be (?:possible|ready|there|here|with you|able|an option|covered|"
                    r"delivered|at your|before|until) ",
                    case.rest,
                )
            )
            or clause.verb
            in {
                "arrive",
                "come",
                "ship",
                "deliver",
                "go",
                "leave",
                "happen",
                "cover",
                "make",
                "reach",
                "extend",
                "apply",
            }
        )
    return False
