"""`slovo replay`: the calls of recorded AMI traffic, and why each became what it became.

In: files of consecutive AMI connections of one PBX. Out: a table, or one JSON object per call and line. No database, no
network: the same tracker, fold and decision as in a running system.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from calls.record_json import iso
from calls.replay import Replay, ReplayedCall, call_json
from crm.screen_pop import PopShown, PopTracker
from pbx import events
from pbx.errors import TraceUnreadable
from pbx.events import CallEvent, Party
from pbx.numbers import INTERNAL, Endpoints
from pbx.trace import read_trace

PRESENT_TENSE = {
    events.CallStarted: "call from {caller} to {called} ({direction})",
    events.CallUpdated: "now known: from {caller} to {called} ({direction})",
    events.LegOffered: "{party} is called",
    events.LegRinging: "{party} rings",
    events.LegStopped: "{party}: {result}",
    events.TalkStarted: "{parties} talk",
    events.TalkEnded: "{parties} talk no longer",
    events.HoldStarted: "{party} holds the call",
    events.HoldEnded: "{party} takes the call back from hold",
    events.QueueEntered: "the caller waits in queue {queue}",
    events.QueueLeft: "the caller left queue {queue}: {reason}",
    events.QueueRefused: "queue {queue} does not take the caller: {reason}",
    events.Transferred: "{source} hands the call on to {target} ({kind})",
    events.VoicemailEntered: "the caller is put to voicemail {mailbox}",
    events.RecordingNamed: "recorded to {mixed}",
    events.CallsMerged: "call {absorbed} turned out to be part of this one",
    events.CallEnded: "the call ended, by {ended_by}, cause {cause}",
}
"""What `--explain` says of each event; names in braces are fields of the event."""


def replay(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE…", help="Consecutive AMI connections of one PBX.")
    ],
    internal: Annotated[
        str, typer.Option(metavar="REGEX", help="Endpoint names and numbers that are ours.")
    ] = INTERNAL.pattern,
    trunk: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="An endpoint that is never ours.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object per call.")] = False,
    explain: Annotated[bool, typer.Option("--explain", help="Add what was decided, when.")] = False,
) -> None:
    """Print the calls of recorded AMI traffic."""
    try:
        pattern = re.compile(internal)
    except re.error as error:
        raise typer.BadParameter(
            f"no regular expression: {error}", param_hint="--internal"
        ) from error
    run = Replay(Endpoints(internal=pattern, trunks=tuple(trunk or ())))
    try:
        for path in files:
            for _ in run.connection(read_trace(path)):
                pass
    except TraceUnreadable as error:
        print(error, file=sys.stderr)
        raise typer.Exit(1) from error
    _warn(run)
    for call in run.calls.values():
        shown = call_json(call.record, call.decision, pops_of(call))
        if explain and as_json:
            shown["explained"] = [{"at": at, "what": what} for at, what in explained(call)]
        if as_json:
            print(json.dumps(shown, ensure_ascii=False))
        else:
            _print_readable(call, shown, explain=explain)


def _warn(run: Replay) -> None:
    malformed = run.tracker.counters.malformed
    if malformed:
        print(
            f"{malformed} malformed messages left out, last: {run.tracker.last_malformed}",
            file=sys.stderr,
        )


def pops_of(call: ReplayedCall) -> list[dict[str, Any]]:
    """Return the screen pops of a call, one per phone: shown when it first rang, withdrawn when it last stopped."""
    tracker, pops = PopTracker(), dict[str, dict[str, Any]]()
    for event in call.events:
        for pop in tracker.feed(event):
            if isinstance(pop, PopShown):
                empty = {
                    "to": pop.extension,
                    "shown_at": iso(pop.at),
                    "withdrawn_at": None,
                    "why": None,
                }
                pops.setdefault(pop.extension, empty)
            else:
                by = {"answered_by": pop.answered_by.label} if pop.answered_by else {}
                pops[pop.extension] |= {"withdrawn_at": iso(pop.at), "why": pop.why.value} | by
    return list(pops.values())


def explained(call: ReplayedCall) -> Iterator[tuple[str | None, str]]:
    """Yield (time, sentence) for each event of a call, and its decision last."""
    for event in call.events:
        yield iso(event.at), sentence(event)
    yield None, f"{call.decision.outcome.value}: {call.decision.reason}"


def sentence(event: CallEvent) -> str:
    """Say what an event tells, in English."""
    fields = {name: _shown(getattr(event, name)) for name in event.__dataclass_fields__}
    return PRESENT_TENSE[type(event)].format_map(fields)


def _shown(value: object) -> str:
    if isinstance(value, Party):
        return value.label or "somebody"
    if isinstance(value, tuple):
        return " and ".join(_shown(item) for item in value)
    return str(value)


def _print_readable(call: ReplayedCall, shown: dict[str, Any], *, explain: bool) -> None:
    began = (shown["started_at"] or "").replace("T", " ").removesuffix("Z")
    arrow = {"in": "->", "out": "=>", "internal": "--"}[shown["direction"]]
    flags = " consultation" if shown["consultation"] else ""
    flags += " voicemail" if shown["voicemail"] else ""
    flags += " call-back" if shown["needs_callback"] else ""
    caller, called = shown["caller"] or "hidden", shown["called"] or "?"
    print(
        f"{began:23}  {caller:>12} {arrow} {called:<12}  {shown['outcome']:<9}  {shown['reason']}{flags}"
    )
    for transfer in shown["transfers"]:
        print(
            f"{'':25}{transfer['kind']}: {transfer['from'] or '?'} -> {transfer['to'] or 'nobody'}"
        )
    if explain:
        for at, what in explained(call):
            print(f"  {(at or '')[11:].removesuffix('Z'):12}  {what}")
