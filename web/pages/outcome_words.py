"""Why a call ended as it did, in the language of the page and with the names of people.

In: the call's reason key and arguments, as `calls.outcome` decided them. Out: one sentence.
"""

from __future__ import annotations

from calls.outcome import reason_text
from calls.tables import Call
from web.format import pretty_number
from web.i18n import gettext
from web.pages.phone_names import PhoneNames


def N_(message: str) -> str:
    """Mark a text for translation without translating it yet."""
    return message


REASON_WORDS = {
    "answered": N_("{by} answered after {after_s} s"),
    "answered_after_others": N_(
        "{others} did not pick up in {others_s} s, {by} answered after {after_s} s"
    ),
    "answered_after_declined": N_("{decliners} declined, {by} answered after {after_s} s"),
    "answered_after_both": N_(
        "{others} did not pick up in {others_s} s, {decliners} declined,"
        " {by} answered after {after_s} s"
    ),
    "answered_first": N_("{by} answered after {after_s} s, before {others}"),
    "answered_pickup": N_("{by} picked up after {after_s} s while {others} rang"),
    "answered_conference": N_("connected to a conference with others after {after_s} s"),
    "answered_unseen": N_("{by} answered while the connection to the switch was lost"),
    "abandoned_queue": N_("the caller gave up after {after_s} s in queue {queue}"),
    "abandoned_ringing": N_("the calling side hung up after {after_s} s while {others} rang"),
    "abandoned_offered": N_("the calling side hung up after {after_s} s, before {others} rang"),
    "abandoned_answering": N_(
        "the calling side hung up after {after_s} s, just as {others} picked up"
    ),
    "abandoned_menu": N_("the caller hung up after {after_s} s, before any phone was called"),
    "missed_voicemail": N_("{others} did not pick up, the caller was put to voicemail"),
    "missed_voicemail_only": N_("the caller was put to voicemail"),
    "missed_queue": N_("nobody in queue {queue} picked up within {after_s} s"),
    "missed_queue_rang": N_("nobody in queue {queue} picked up within {after_s} s: {others} rang"),
    "missed_queue_full": N_("queue {queue} was full"),
    "missed_queue_empty": N_("nobody was on duty in queue {queue}"),
    "missed_ringing": N_("{others} did not pick up in {others_s} s"),
    "missed_unconfirmed": N_("{others} picked up, but did not accept the call"),
    "missed_unreachable": N_("{others} could not be reached"),
    "missed_nobody": N_("no phone could be called"),
    "missed_restart": N_("nobody had picked up when the switch was restarted"),
    "unknown_end": N_("nobody had answered when it was last heard of, and its end was not seen"),
    "unknown_unsettled": N_(
        "nobody is known to have answered: a part of the call was not heard,"
        " and no record of the switch tells of it"
    ),
    "missed_end_unseen": N_("nobody had answered when the connection to the switch was lost"),
    "busy": N_("{others} could not take the call: busy"),
    "rejected": N_("{others} declined"),
    "failed": N_("{others} could not be called: {cause}"),
}
"""The sentences of `calls.outcome.REASONS`, for translation; a test keeps both the same."""


ENDING_WORDS = {
    "restart": N_("the switch was restarted"),
    "gap": N_("the end was not seen"),
    "reaped": N_("the end was not seen"),
    "untaken": N_("then the call was handed on to {handed_to}, and nobody took it there"),
    "parked": N_("then the call was parked, and nobody fetched it"),
}
"""The additions of `calls.outcome.ENDINGS`."""


def reason_words(call: Call, names: PhoneNames) -> str:
    """The reason of the outcome as a sentence; "" while the call lasts."""
    if not call.reason_key:
        return ""
    args = {name: str(value) for name, value in call.reason_args.items()}
    for name in ("by", "others", "decliners", "handed_to"):
        if name in args:
            labels = [label.strip() for label in args[name].split(",")]
            at = call.answered_at or call.started_at
            args[name] = ", ".join(pretty_number(names.of(call.pbx, label, at)) for label in labels)
    words = REASON_WORDS.get(call.reason_key)
    if words is None:
        return reason_text(call.reason_key, args)
    try:
        told = gettext(words).format_map(args)
    except (KeyError, ValueError):  # an argument that this sentence needs was not kept
        return reason_text(call.reason_key, args)
    ending = ENDING_WORDS.get(args.get("end", ""))
    return f"{told}; {gettext(ending).format_map(args)}" if ending else told
