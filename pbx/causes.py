"""Hang-up causes and dial results, turned into what happened to a phone that was offered a call. Pure.

Source: ITU-T Q.850 and `include/asterisk/causes.h` (Asterisk 13 to 22); which SIP answer gives which cause was seen in
traces of Asterisk 22 (603 -> 21 with DialStatus NOANSWER, 486 -> 17, 480 -> 19, 404 -> 1, 503 -> 34).
"""

from __future__ import annotations

from pbx.events import RingResult

CAUSE_TEXT = {
    0: "no reason given",
    1: "unallocated number",
    2: "no route to the network",
    3: "no route to the destination",
    16: "normal clearing",
    17: "user busy",
    18: "no user responding",
    19: "no answer from the user",
    20: "subscriber absent",
    21: "call rejected",
    22: "number changed",
    26: "answered elsewhere",
    27: "destination out of order",
    28: "invalid number",
    31: "normal, unspecified",
    34: "no circuit available",
    38: "network out of order",
    41: "temporary failure",
    42: "switch congested",
    58: "bearer capability not available",
    127: "interworking",
}

BUSY = 17
REJECTED = 21
ANSWERED_ELSEWHERE = 26
_WRONG_NUMBER = frozenset({1, 2, 3, 22, 28})
_NETWORK = frozenset({27, 34, 38, 41, 42, 44, 58})
_ABSENT = frozenset({18, 19, 20})
_FAILED_STATUS = frozenset({"CONGESTION", "CHANUNAVAIL", "INVALIDARGS"})


def refusal(status: str, cause: int, *, rang: bool, outside: bool) -> RingResult:
    """Return what became of a leg that nobody took, from its DialStatus and hang-up cause.

    Args:
        status: DialStatus of DialEnd, "" if none came.
        cause: Q.850 cause that the far end gave, 0 if it gave none (then the switch stopped ringing it).
        rang: whether it really rang. Many phones send 486 for the reject key, so busy after ringing is a refusal.
        outside: whether it is a number behind a trunk: there a missing circuit is a failure, and not a phone that is off.
    """
    if cause == REJECTED:
        return RingResult.DECLINED
    if cause == BUSY or status == "BUSY":
        return RingResult.DECLINED if rang else RingResult.BUSY
    if cause in _WRONG_NUMBER:
        return RingResult.FAILED
    if cause in _NETWORK or status in _FAILED_STATUS:
        return RingResult.FAILED if outside else RingResult.UNAVAILABLE
    if rang:
        return RingResult.TIMEOUT
    return RingResult.UNAVAILABLE if cause in _ABSENT or not cause else RingResult.TIMEOUT
