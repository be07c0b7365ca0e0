"""The sentences that give the reason of an outcome. Pure.

In: a reason key and its arguments, as `calls.outcome` decides them. Out: one English sentence; translations use the same
keys and names (`web.pages.outcome_words`). Seconds are whole, lists "101, 102".
"""

from __future__ import annotations

from collections.abc import Mapping

REASONS = {
    "answered": "{by} answered after {after_s} s",
    "answered_after_others": "{others} did not pick up in {others_s} s, {by} answered after {after_s} s",
    "answered_after_declined": "{decliners} declined, {by} answered after {after_s} s",
    "answered_after_both": "{others} did not pick up in {others_s} s, {decliners} declined,"
    " {by} answered after {after_s} s",
    "answered_first": "{by} answered after {after_s} s, before {others}",
    "answered_pickup": "{by} picked up after {after_s} s while {others} rang",
    "answered_conference": "connected to a conference with others after {after_s} s",
    "answered_unseen": "{by} answered while the connection to the switch was lost",
    "abandoned_queue": "the caller gave up after {after_s} s in queue {queue}",
    "abandoned_ringing": "the calling side hung up after {after_s} s while {others} rang",
    "abandoned_offered": "the calling side hung up after {after_s} s, before {others} rang",
    "abandoned_answering": "the calling side hung up after {after_s} s, just as {others} picked up",
    "abandoned_menu": "the caller hung up after {after_s} s, before any phone was called",
    "missed_voicemail": "{others} did not pick up, the caller was put to voicemail",
    "missed_voicemail_only": "the caller was put to voicemail",
    "missed_queue": "nobody in queue {queue} picked up within {after_s} s",
    "missed_queue_rang": "nobody in queue {queue} picked up within {after_s} s: {others} rang",
    "missed_queue_full": "queue {queue} was full",
    "missed_queue_empty": "nobody was on duty in queue {queue}",
    "missed_ringing": "{others} did not pick up in {others_s} s",
    "missed_unconfirmed": "{others} picked up, but did not accept the call",
    "missed_unreachable": "{others} could not be reached",
    "missed_nobody": "no phone could be called",
    "missed_restart": "nobody had picked up when the switch was restarted",
    "unknown_end": "nobody had answered when it was last heard of, and its end was not seen",
    "unknown_unsettled": "nobody is known to have answered: a part of the call was not heard,"
    " and no record of the switch tells of it",
    "missed_end_unseen": "nobody had answered when the connection to the switch was lost",
    "busy": "{others} could not take the call: busy",
    "rejected": "{others} declined",
    "failed": "{others} could not be called: {cause}",
}
ENDINGS = {
    "restart": "the switch was restarted",
    "gap": "the end was not seen",
    "reaped": "the end was not seen",
    "untaken": "then the call was handed on to {handed_to}, and nobody took it there",
    "parked": "then the call was parked, and nobody fetched it",
}
"""What is added to the reason of an answered call that did not end as calls do, by the argument `end`."""


def reason_text(key: str, args: Mapping[str, str]) -> str:
    """Return the English sentence of a reason; an unknown key is shown as it is."""
    template = REASONS.get(key)
    told = template.format_map(_Shown(args)) if template else key
    ending = ENDINGS.get(args.get("end", ""))
    return f"{told}; {ending.format_map(_Shown(args))}" if ending else told


class _Shown(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "?"
