"""People's states in words.

In: a `PersonState` and who is at the other end. Out: a label and the sentence why, in the language of the moment.
"""

from __future__ import annotations

from zoneinfo import ZoneInfo

from crm.agent_states import PersonState, State
from web.format import clock_time
from web.i18n import current_locale
from web.i18n import gettext as _


def label_of(state: State) -> str:
    """One or two words for a state."""
    return {
        State.TALKING: _("talking"),
        State.RINGING: _("ringing"),
        State.BUSY: _("on the phone"),
        State.WRAP_UP: _("wrap-up"),
        State.PAUSED: _("paused"),
        State.AWAY: _("away"),
        State.OFFLINE: _("phone is off"),
        State.UNKNOWN: _("not known"),
        State.AVAILABLE: _("available"),
        State.NO_PHONE: _("at no phone"),
    }[state]


def reason_words(reason: str) -> str:
    """A reason for a pause: those of the default settings in the reader's language, all others as they are."""
    known = {
        "lunch": _("lunch"),
        "break": _("break"),
        "training": _("training"),
        "paperwork": _("paperwork"),
    }
    return known.get(reason, reason)


def why(one: PersonState, who: str, zone: ZoneInfo) -> str:
    """The sentence that says why.

    Args:
        one: the state.
        who: name or number at the other end of the call; "" if there is none or it is hidden.
        zone: for times.
    """
    said = _sentence(one, who or _("hidden number"), zone)
    if one.blind_at is not None:
        at = clock_time(one.blind_at, zone, current_locale())
        return _("%(said)s; last known at %(time)s, when the connection to the PBX was lost") % {
            "said": said,
            "time": at,
        }
    return said


def _sentence(one: PersonState, who: str, zone: ZoneInfo) -> str:
    values = {
        "phone": one.phone,
        "who": who,
        "reason": reason_words(one.reason),
        # To the second: a wrap-up is short.
        "time": f"{one.until.astimezone(zone):%H:%M:%S}" if one.until else "",
    }
    if one.why in ("paused", "away") and not one.reason:
        return _REASONLESS[one.why]() % values
    return _SENTENCES[one.why]() % values


_REASONLESS = {
    "paused": lambda: _("paused in all queues"),
    "away": lambda: _("away from the desk"),
}
_SENTENCES = {
    "talking": lambda: _("talks with %(who)s on %(phone)s"),
    "ringing": lambda: _("%(phone)s rings: %(who)s"),
    "calling": lambda: _("calls %(who)s from %(phone)s"),
    "device_ringing": lambda: _("%(phone)s rings; which call it is is not known"),
    "device_in_use": lambda: _("%(phone)s is in use, without a talk that Slovo knows"),
    "device_busy": lambda: _("%(phone)s is in use, without a talk that Slovo knows"),
    "wrap_up": lambda: _("after a talk on %(phone)s, until %(time)s"),
    "wrap_up_queue": lambda: _(
        "after a talk on %(phone)s; the queue gives no call before %(time)s"
    ),
    "paused": lambda: _("paused in all queues: %(reason)s"),
    "away": lambda: _("away from the desk: %(reason)s"),
    "offline": lambda: _("phone %(phone)s is not connected to the PBX"),
    "unknown": lambda: _("the PBX has told nothing of phone %(phone)s yet"),
    "available": lambda: _("free on %(phone)s"),
    "available_no_queue": lambda: _("free on %(phone)s, in no queue"),
    "no_phone": lambda: _("sits at no phone"),
}
