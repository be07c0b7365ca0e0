"""Click-to-call: the CRM lets a phone ring, and when its owner picks up, Asterisk dials the client.

In: the values of an Originate. Out: the events of the operator's leg, its OriginateResponse, then an outgoing call.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from pbx.simulator.call import Signal
from pbx.simulator.state import UNKNOWN, UP, Channel
from pbx.simulator.thread import Thread

ANSWERED, NO_ANSWER, FAILED = "4", "3", "0"
"""OriginateResponse's Reason."""


@dataclass(slots=True, kw_only=True)
class Originate:
    """What an Originate asks for."""

    extension: str
    exten: str
    context: str = "internal"
    caller_number: str = ""
    caller_name: str = ""
    ring_s: float = 30.0
    channel_id: str = ""
    variables: dict[str, str] = field(default_factory=dict)
    respond: Callable[[dict[str, str]], None] = lambda fields: None
    """Takes Response, Channel, Reason and Uniqueid when the first leg is decided."""
    decided: asyncio.Event = field(default_factory=asyncio.Event)


async def originate(call: Thread, request: Originate) -> None:
    """Live through the whole call, whose `runner` is the operator's leg."""
    leg = call.runner
    try:
        answered = await _first_leg(call, request, leg)
    finally:
        request.decided.set()
    if not answered:
        await call.tidy()
        return
    leg.exten, leg.context = request.exten, request.context
    await call.run(request.exten)


async def _first_leg(call: Thread, request: Originate, leg: Channel) -> bool:
    switch = call.switch
    for name, value in request.variables.items():
        switch.set_variable(leg, name, value)
    switch.execute(leg, "AppDial2", "(Outgoing Line)")
    if request.caller_number:
        switch.set_caller(leg, request.caller_number, request.caller_name)
        switch.set_connected(leg, request.caller_number, request.caller_name or UNKNOWN)
    switch.dial_event("DialBegin", None, leg, DialString=request.extension)
    call.ring(leg, None)
    deadline = call.clock.now() + request.ring_s
    while True:
        signal = await call.next(deadline)
        if signal is None:
            _respond(request, leg, NO_ANSWER)
            switch.hang_up(leg, 19)
            return False
        if signal.kind == "answer":
            call.stop_timers()
            switch.set_state(leg, UP)
            switch.dial_event("DialEnd", None, leg, DialStatus="ANSWER")
            _respond(request, leg, ANSWERED)
            return True
        if signal.kind in ("refuse", "hangup"):
            _refused(call, request, signal)
            return False


def _refused(call: Thread, request: Originate, signal: Signal) -> None:
    cause = int(signal.value or 16)
    call.switch.emit("HangupRequest", signal.channel, {"Cause": cause})
    call.switch.dial_event("DialEnd", None, signal.channel, DialStatus="NOANSWER")
    _respond(request, signal.channel, FAILED)
    call.switch.hang_up(signal.channel, cause)


def _respond(request: Originate, leg: Channel, reason: str) -> None:
    good = reason == ANSWERED
    request.respond(
        {
            "Response": "Success" if good else "Failure",
            "Channel": leg.name if good else f"PJSIP/{request.extension}",
            "Context": request.context,
            "Exten": request.exten,
            "Reason": reason,
            "Uniqueid": leg.uniqueid if good else UNKNOWN,
            "CallerIDNum": leg.caller_number,
            "CallerIDName": leg.caller_name,
        }
    )
