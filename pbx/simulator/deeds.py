"""What the simulator does when it is told to: originate, transfer, redirect, hang up, pause, log in and out.

In: an action. Out: a response in Asterisk's words, and a signal to the call that it concerns.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from pbx.simulator.call import Signal
from pbx.simulator.exchange import endpoint_of
from pbx.simulator.layout import event
from pbx.simulator.originate import Originate
from pbx.simulator.plan import Behaviour, Plan, Reaction
from pbx.simulator.state import NOT_IN_USE, Channel, Member

if TYPE_CHECKING:
    from pbx.simulator.session import Session

Fields = Mapping[str, str]


def _originate(session: Session, fields: Fields) -> None:
    extension = endpoint_of(fields.get("Channel", ""))
    if not fields.get("Channel"):
        session.answer(fields, "Error", Message="Channel not specified")
        return
    if not fields.get("Exten"):
        session.answer(fields, "Error", Message="Extension not specified")
        return
    at_once = fields.get("Async", "").lower() in ("true", "yes", "1")
    if at_once:
        session.answer(fields, "Success", Message="Originate successfully queued")
    request = _request(session, fields, extension)
    result: dict[str, str] = {}

    def respond(headers: dict[str, str]) -> None:
        result.update(headers)
        if at_once:
            _originate_response(session, fields, headers)
        elif headers["Response"] == "Success":
            session.answer(fields, "Success", Message="Originate successfully queued")
        else:
            session.answer(fields, "Error", Message="Originate failed")

    request.respond = respond
    if extension not in session.exchange.phones:
        respond(_no_such_phone(request))
        return
    session.exchange.originate(request, _click_to_call_plan(session, extension))


def _request(session: Session, fields: Fields, extension: str) -> Originate:
    name, number = _caller_id(fields.get("CallerID", ""))
    pairs = (item.partition("=") for item in fields.get("Variable", "").split(",") if item)
    timeout = fields.get("Timeout", "")
    return Originate(
        extension=extension,
        exten=fields["Exten"],
        context=fields.get("Context", "internal"),
        caller_number=number,
        caller_name=name,
        ring_s=int(timeout) / 1000 if timeout.isdigit() else 30.0,
        channel_id=fields.get("ChannelId", ""),
        variables={key: value for key, _, value in pairs},
    )


def _click_to_call_plan(session: Session, extension: str) -> Plan:
    """The operator who clicked picks up soon, unless the phone is in other hands; then the client does."""
    exchange = session.exchange
    plan = exchange.with_sample(Plan())
    phone = exchange.phones[extension]
    if phone.answer == "auto" and exchange.switch.in_use(extension) == NOT_IN_USE:
        plan.behaviours[extension] = Behaviour(Reaction.ANSWER, 1.5)
    return plan


def _originate_response(session: Session, fields: Fields, headers: Mapping[str, str]) -> None:
    tagged = {"ActionID": fields.get("ActionID", ""), **headers}
    stamp = session.exchange.clock.now()
    session.send_event(event("OriginateResponse", fields=tagged, stamp=stamp))


def _no_such_phone(request: Originate) -> dict[str, str]:
    return {
        "Response": "Failure",
        "Channel": f"PJSIP/{request.extension}",
        "Context": request.context,
        "Exten": request.exten,
        "Reason": "0",
        "Uniqueid": "<unknown>",
        "CallerIDNum": request.caller_number or "<unknown>",
        "CallerIDName": request.caller_name or "<unknown>",
    }


def _caller_id(text: str) -> tuple[str, str]:
    """Return name and number of `"Name" <number>`, or of a bare number."""
    found = re.fullmatch(r'\s*"?([^"<]*?)"?\s*<([^>]*)>\s*', text)
    return (found[1], found[2]) if found else ("", text.strip())


def _hangup(session: Session, fields: Fields) -> None:
    channel = _channel(session, fields)
    if channel is None:
        return
    session.answer(fields, "Success", Message="Channel Hungup")
    _signal(session, "hangup", channel)


def _redirect(session: Session, fields: Fields) -> None:
    channel = _channel(session, fields)
    if channel is None:
        return
    session.answer(fields, "Success", Message="Redirect successful")
    _signal(session, "redirect", channel, fields.get("Exten", ""))


def _blind_transfer(session: Session, fields: Fields) -> None:
    channel = _channel(session, fields)
    if channel is None:
        return
    if channel.bridge is None:
        session.answer(fields, "Error", Message="Transfer failed")
        return
    session.answer(fields, "Success", Message="Transfer succeeded")
    _signal(session, "transfer", channel, fields.get("Exten", ""))


def _channel(session: Session, fields: Fields) -> Channel | None:
    """Return the channel that an action names; answers itself if there is none."""
    name = fields.get("Channel", "")
    channel = session.exchange.switch.channels.get(name)
    if not name:
        session.answer(fields, "Error", Message="No channel specified")
    elif channel is None:
        session.answer(fields, "Error", Message="No such channel")
    return channel


def _signal(session: Session, kind: str, channel: Channel, value: str = "") -> None:
    call = session.exchange.call_of(channel)
    if call is not None:
        # Later, so that the answer is on its way before the first event, as in the real traces.
        asyncio.get_running_loop().call_soon(call.post, Signal(kind, channel, value))


def _queue_pause(session: Session, fields: Fields) -> None:
    paused = fields.get("Paused", "").lower() in ("true", "yes", "1")
    found = [
        (queue, member)
        for queue in session.exchange.switch.queues.values()
        for member in queue.members
        if fields.get("Queue") in (None, "", queue.name)
        and member.interface == fields.get("Interface")
    ]
    if not found:
        session.answer(fields, "Error", Message="Interface not found")
        return
    words = "paused" if paused else "unpaused"
    session.answer(fields, "Success", Message=f"Interface {words} successfully")
    for queue, member in found:
        session.exchange.switch.pause(queue, member, paused, fields.get("Reason", ""))


def _queue_add(session: Session, fields: Fields) -> None:
    switch = session.exchange.switch
    queue, interface = switch.queues.get(fields.get("Queue", "")), fields.get("Interface", "")
    if queue is None:
        session.answer(fields, "Error", Message="Unable to add interface to queue: No such queue")
        return
    if any(member.interface == interface for member in queue.members):
        session.answer(fields, "Error", Message="Unable to add interface: Already there")
        return
    session.answer(fields, "Success", Message="Added interface to queue")
    endpoint = interface.partition("/")[2]
    name = fields.get("MemberName") or interface
    switch.join(queue, Member(name=name, endpoint=endpoint, dynamic=True))


def _queue_remove(session: Session, fields: Fields) -> None:
    switch = session.exchange.switch
    queue, interface = switch.queues.get(fields.get("Queue", "")), fields.get("Interface", "")
    members = queue.members if queue is not None else []
    found = [member for member in members if member.interface == interface]
    if queue is None or not found:
        session.answer(fields, "Error", Message="Unable to remove interface: Not there")
    elif not found[0].dynamic:
        session.answer(fields, "Error", Message="Member not dynamic")
    else:
        session.answer(fields, "Success", Message="Removed interface from queue")
        switch.part(queue, found[0])


def _mix_monitor_mute(session: Session, fields: Fields) -> None:
    """Source: manager_mute_mixmonitor of app_mixmonitor (Asterisk 22)."""
    channel = session.exchange.switch.channels.get(fields.get("Channel", ""))
    state = fields.get("State", "")
    if channel is None:
        session.answer(fields, "Error", Message="No such channel")
    elif state not in ("0", "1") or fields.get("Direction") != "both":
        session.answer(fields, "Error", Message="Must specify a valid state and direction")
    else:
        call = next((one for one in session.exchange.calls if one.recorded is channel), None)
        if call is None or call.recording is None:
            session.answer(fields, "Error", Message="Cannot set mute flag")
            return
        call.recording.mute(muted=state == "1")
        session.answer(fields, "Success")


DEEDS: dict[str, Callable[[Session, Fields], None]] = {
    "originate": _originate,
    "hangup": _hangup,
    "redirect": _redirect,
    "blindtransfer": _blind_transfer,
    "mixmonitormute": _mix_monitor_mute,
    "queuepause": _queue_pause,
    "queueadd": _queue_add,
    "queueremove": _queue_remove,
}
"""Action in lower case → what it does."""
