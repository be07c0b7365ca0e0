"""`slovo replay`: the calls of recorded AMI traffic, and why each became what it became.

In: files of consecutive AMI connections of one PBX. Out: a table, or one JSON object per call and line. No database, no
network: the same tracker, fold and decision as in a running system.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from calls.record_json import iso
from calls.replay import Replay, ReplayedCall, call_json
from crm.screen_pop import PopShown, PopTracker
from pbx.errors import TraceUnreadable
from pbx.numbers import INTERNAL, Endpoints
from pbx.trace import read_trace
from web.cli.explain import explained


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
    explain: Annotated[
        bool, typer.Option("--explain", help="Add which message was taken for what, in order.")
    ] = False,
) -> None:
    """Print the calls of recorded AMI traffic."""
    try:
        pattern = re.compile(internal)
    except re.error as error:
        raise typer.BadParameter(
            f"no regular expression: {error}", param_hint="--internal"
        ) from error
    run = Replay(Endpoints(internal=pattern, trunks=tuple(trunk or ())), explain=explain)
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
            shown["explain"] = [step.as_json() for step in explained(call)]
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
        for step in explained(call):
            print(step.as_line())
