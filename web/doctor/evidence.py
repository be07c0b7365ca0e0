"""What the test call proved. Pure.

In: every message that Asterisk sent during it, and the files that appeared. Out: findings about the needed events, their
times, the filter and the recordings.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from pbx.messages import WANTED_APPLICATIONS, WANTED_VARIABLES, Headers
from web.doctor.finding import Finding, fail, ok, warn

CALL_EVENTS = ("Newchannel", "Newstate", "LocalBridge", "DialBegin", "DialState", "DialEnd", "Hangup")  # fmt: skip
QUEUE_EVENTS = ("QueueMemberAdded",)
RELOAD = "then: asterisk -rx 'manager reload'."
READ_LINE = "read = system,call,agent,dialplan,cdr"
MANY_NEEDLESS = 5


@dataclass(frozen=True, slots=True)
class Evidence:
    """What was seen. `refused`: Asterisk's words if it did not take the test call at all."""

    heard: tuple[Headers, ...]
    booted: bool = True
    """FullyBooted was heard, which Asterisk sends after each login with the right to read "system"."""
    refused: str = ""
    queue: str = ""
    recording_dir: Path | None = None
    recording_key: str = "SLOVO_RECORDING_DIR"
    """The setting that names this directory."""
    new_files: frozenset[str] = frozenset()

    @property
    def names(self) -> set[str]:
        """Names of the events."""
        return {str(m["Event"]) for m in self.heard if "Event" in m}


def judge(seen: Evidence) -> list[Finding]:
    """Return what the test call proved."""
    begun = not seen.refused and (seen.names & {"Newchannel", "Newexten", "OriginateResponse"})
    failed = any(
        m.get("Event") == "OriginateResponse" and m.get("Response") == "Failure" for m in seen.heard
    )
    if seen.refused or failed:
        why = f" ({seen.refused})" if seen.refused else ""
        return [
            fail(
                "ami-events",
                f"Asterisk cannot make the test call{why}.",
                "Does extensions.conf include slovo/extensions.conf (asterisk -rx 'dialplan show slovo-doctor')? "
                "Has the account the right to write originate?",
            )
        ]
    found = [_events(seen)]
    if begun:
        found += [_timestamps(seen), _filter(seen), _recording(seen)]
    return found


def _events(seen: Evidence) -> Finding:
    """The events that calls are made of."""
    missing = [name for name in CALL_EVENTS if name not in seen.names]
    if missing:
        nothing = len(missing) == len(CALL_EVENTS)
        what = "Asterisk made the test call, but " + (
            "no event of it arrived." if nothing else f"these events of it did not arrive: {', '.join(missing)}."
        )  # fmt: skip
        mend = (
            f"In manager.conf: {READ_LINE} ({'the right call is missing' if nothing else 'an eventfilter drops them'}), "
            "and no eventfilter but those of asterisk-conf; " + RELOAD
        )
        return fail("ami-events", what, mend)
    lacking = []
    if not seen.booted:
        lacking.append("system (Asterisk's start and end)")
    if seen.queue and not set(QUEUE_EVENTS) & seen.names:
        lacking.append("agent (queues)")
    if lacking:
        what = f"Events of these kinds do not arrive: {', '.join(lacking)}."
        return fail("ami-events", what, f"In manager.conf: {READ_LINE}, no filter against them; {RELOAD}")  # fmt: skip
    if "Cdr" not in seen.names:
        return warn(
            "ami-events",
            "Asterisk's own call records (Cdr) do not arrive: calls that Slovo did not see cannot be found.",
            f"Include cdr_manager.conf (enabled = yes), and in manager.conf {READ_LINE}; asterisk -rx 'core reload'.",
        )
    return ok("ami-events", "The test call was seen from beginning to end.")


def _timestamps(seen: Evidence) -> Finding:
    """`timestampevents`: when something happened, not when it arrived."""
    if any("Timestamp" in m for m in seen.heard if m.get("Event") == "Newchannel"):
        return ok("ami-timestamps", "Events carry their time.")
    return fail(
        "ami-timestamps",
        "Events do not say when they happened: after any delay calls get wrong times.",
        f"In manager.conf, [general]: timestampevents = yes; {RELOAD}",
    )


def _filter(seen: Evidence) -> Finding:
    """The filter lets through what names a recording, and drops the noise."""
    variables = [m.get("Variable") for m in seen.heard if m.get("Event") == "VarSet"]
    steps = [m.get("Application") for m in seen.heard if m.get("Event") == "Newexten"]
    missing = []
    if "MIXMONITOR_FILENAME" not in variables:
        missing.append("VarSet MIXMONITOR_FILENAME")
    if "MixMonitor" not in steps:
        missing.append("Newexten MixMonitor")
    if missing:
        return fail(
            "ami-filter",
            f"The names of recordings do not arrive ({', '.join(missing)}): no call could be heard.",
            f"In manager.conf: {READ_LINE}, and the eventfilter lines of asterisk-conf, no stricter ones; {RELOAD}",
        )
    needless = sum(v not in WANTED_VARIABLES for v in variables)
    needless += sum(s not in WANTED_APPLICATIONS for s in steps)
    if needless > MANY_NEEDLESS:
        return warn(
            "ami-filter",
            f"{needless} of {len(seen.heard)} messages of the test call were of no use.",
            f"Copy the eventfilter lines of asterisk-conf/manager.conf into the account's section; {RELOAD}",
        )
    return ok("ami-filter", "The filter lets through what is needed.")


def _recording(seen: Evidence) -> Finding:
    """The test call's recording is where Slovo looks for recordings."""
    named = next(
        (str(m.get("Value")) for m in seen.heard if m.get("Variable") == "MIXMONITOR_FILENAME"), ""
    )
    if seen.recording_dir is None:
        return warn(
            "recordings",
            "Not examined: where Asterisk's recordings are is not known or not readable.",
            "Mend recording-dir first.",
        )
    name = PurePosixPath(named).name
    if not name or name not in seen.new_files:
        what = f"Asterisk recorded {named or 'nothing'}, and no such file came into {seen.recording_dir}."  # fmt: skip
        mend = (
            f"{seen.recording_key} must be the directory SLOVO_RECORD_DIR of the dialplan as this machine sees it, and "
            "Asterisk's user must be able to write there."
        )
        return fail("recordings", what, mend)
    return ok("recordings", f"New recordings appear in {seen.recording_dir}.")
