"""`slovo listen`: what happens on the PBX, as it happens; and its raw bytes for a trace.

In: the settings of the PBX. Out: one line per call event on standard output, and with `--record` files that `slovo replay`
reads. It stores nothing in the database and may run beside a serving Slovo.
"""

from __future__ import annotations

import asyncio
import json
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from pbx.events import (
    CallEvent,
    DeviceChanged,
    LinkLost,
    LinkRestored,
    MemberChanged,
    PbxEvent,
    PbxName,
)
from pbx.listener import Listener
from pbx.listener_parts import LinkState
from pbx.trace_record import TraceRecorder
from pbx.tracker import CallTracker
from web.cli.explain import sentence
from web.cli.pbx_option import one_pbx
from web.listening import endpoints_of
from web.settings import load


def listen(
    record: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Keep the raw bytes as FILE.txt and FILE.times.tsv."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object per event.")] = False,
    seconds: Annotated[
        float | None, typer.Option(min=0.1, help="Stop after so many seconds.")
    ] = None,
    pbx: Annotated[
        str | None, typer.Option(metavar="NAME", help="Which PBX, where there are several.")
    ] = None,
) -> None:
    """Print call events of a PBX as they come, or record them. Ctrl-C ends it.

    Exit code 1: Asterisk refused the login, or FILE exists already or cannot be written.
    """
    installation = load()
    settings = one_pbx(installation, pbx)
    settings.secret()
    recorder = TraceRecorder(record) if record else None
    try:
        tracker = CallTracker(
            PbxName(settings.name), endpoints_of(settings, installation.own_numbers)
        )
        show = _print_json if as_json else _print_line
        listener = Listener(settings, tracker, show, recorder=recorder)
        refused = asyncio.run(_listen(listener, seconds))
    except KeyboardInterrupt:
        refused = False
    finally:
        if recorder is not None:
            recorder.close()
    if recorder is not None:
        stopped = f"recording stopped: {recorder.failed}" if recorder.failed else ""
        typer.echo(stopped or f"recorded {recorder.path}", err=True)
    if refused or (recorder is not None and recorder.failed):
        raise typer.Exit(1)


async def _listen(listener: Listener, seconds: float | None) -> bool:
    """Print until the time is over; True if the login was refused for good."""
    try:
        async with asyncio.timeout(seconds):
            await listener.run()
    except TimeoutError:
        await listener.close()
    return listener.link_state is LinkState.REFUSED


def _print_line(event: PbxEvent) -> None:
    at = event.at.astimezone().strftime("%H:%M:%S.%f")[:-3] if event.at else "--:--:--"
    call = f"{event.call:18}" if isinstance(event, CallEvent) else f"{event.pbx:18}"
    typer.echo(f"{at}  {call}  {_words(event)}")


def _words(event: PbxEvent) -> str:
    match event:
        case CallEvent():
            return sentence(event)
        case LinkRestored(version=version, blind_since=since):
            gap = f", blind since {since.astimezone():%H:%M:%S}" if since else ""
            return f"connected, AMI {version}{gap}"
        case LinkLost(why=why, login_refused=refused):
            return f"login refused, no more attempts: {why}" if refused else f"no connection: {why}"
        case MemberChanged(member=member, present=present):
            does = "leaves" if not present else "pauses in" if member.paused else "is ready in"
            return f"{member.extension} {does} queue {member.queue}"
        case DeviceChanged(extension=extension, state=state):
            return f"phone {extension}: {state}"
        case _:
            return type(event).__name__


def _print_json(event: PbxEvent) -> None:
    shown = {"event": type(event).__name__, **asdict(event)}
    typer.echo(json.dumps(shown, ensure_ascii=False, default=_plain))


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else str(value)
