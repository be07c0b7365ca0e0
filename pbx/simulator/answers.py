"""What the simulator answers when it is asked: channels, bridges, queues, itself.

In: an action. Out: a response, and list items from the switch's state, as Asterisk 22 writes them.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from pbx.simulator.layout import event
from pbx.simulator.state import DEVICE_STATES, IN_USE, NOT_IN_USE, Bridge, Channel, Member, Queue

if TYPE_CHECKING:
    from pbx.simulator.session import Session

Fields = Mapping[str, str]
VERSION = "22.10.1"
COMMANDS = {
    "BlindTransfer": "Blind transfer channel(s) to the given destination  (Priv: call,all)",
    "BridgeInfo": "Get information about a bridge.  (Priv: system,reporting,all)",
    "BridgeList": "Get a list of bridges in the system.  (Priv: system,reporting,all)",
    "Challenge": "Generate Challenge for MD5 Auth.  (Priv: <none>)",
    "CoreSettings": "Show PBX core settings (version etc).  (Priv: system,reporting,all)",
    "CoreShowChannels": "List currently active channels.  (Priv: system,reporting,all)",
    "CoreStatus": "Show PBX core status variables.  (Priv: system,reporting,all)",
    "DeviceStateList": "List the current known device states.  (Priv: call,reporting,all)",
    "Events": "Control Event Flow.  (Priv: <none>)",
    "Hangup": "Hangup channel.  (Priv: system,call,all)",
    "ListCommands": "List available manager commands.  (Priv: <none>)",
    "Login": "Login Manager.  (Priv: <none>)",
    "Logoff": "Logoff Manager.  (Priv: <none>)",
    "MixMonitorMute": "Mute / unMute a Mixmonitor recording.  (Priv: system,call,all)",
    "Originate": "Originate a call.  (Priv: originate,all)",
    "Ping": "Keepalive command.  (Priv: <none>)",
    "QueueAdd": "Add interface to queue.  (Priv: agent,all)",
    "QueuePause": "Makes a queue member temporarily unavailable.  (Priv: agent,all)",
    "QueueRemove": "Remove interface from queue.  (Priv: agent,all)",
    "QueueStatus": "Show queue status.  (Priv: <none>)",
    "QueueSummary": "Show queue summary.  (Priv: <none>)",
    "Redirect": "Redirect (transfer) a call.  (Priv: call,all)",
    "Status": "List channel status.  (Priv: system,call,reporting,all)",
}
"""What ListCommands says, in Asterisk's words."""


def _ping(session: Session, fields: Fields) -> None:
    now = session.exchange.clock.now()
    session.answer(fields, "Success", Ping="Pong", Timestamp=f"{now:.6f}")


def _core_settings(session: Session, fields: Fields) -> None:
    session.answer(
        fields,
        "Success",
        AMIversion="11.0.0",
        AsteriskVersion=VERSION,
        SystemName="slovo-simulator",
        CoreMaxCalls=0,
        CoreMaxLoadAvg="0.000000",
        CoreRunUser="",
        CoreRunGroup="",
        CoreMaxFilehandles=0,
        CoreRealTimeEnabled="No",
        CoreCDRenabled="No",
        CoreHTTPenabled="No",
        SoundsSearchCustomDir="No",
    )


def _core_status(session: Session, fields: Fields) -> None:
    switch = session.exchange.switch
    started = time.gmtime(switch.started_at)
    day, clock = time.strftime("%Y-%m-%d", started), time.strftime("%H:%M:%S", started)
    session.answer(
        fields,
        "Success",
        CoreStartupDate=day,
        CoreStartupTime=clock,
        CoreReloadDate=day,
        CoreReloadTime=clock,
        CoreCurrentCalls=len(session.exchange.calls),
        CoreProcessedCalls=switch.processed,
    )


def _list_commands(session: Session, fields: Fields) -> None:
    session.answer(fields, "Success", **COMMANDS)


def _show_channels(session: Session, fields: Fields) -> None:
    switch = session.exchange.switch
    items = []
    for channel in switch.channels.values():
        lasted = time.strftime("%H:%M:%S", time.gmtime(switch.clock.now() - channel.created_at))
        more = {
            "Application": channel.application,
            "ApplicationData": channel.data,
            "Duration": lasted,
            "BridgeId": channel.bridge.uniqueid if channel.bridge else "",
        }
        items.append(_item("CoreShowChannel", fields, more, channel=channel))
    _list(session, fields, "Channels will follow", items, "CoreShowChannelsComplete")


def _status(session: Session, fields: Fields) -> None:
    wanted = fields.get("Channel", "")
    switch = session.exchange.switch
    if wanted and wanted not in switch.channels:
        session.answer(fields, "Error", Message="No such channel")
        return
    channels = [switch.channels[wanted]] if wanted else list(switch.channels.values())
    items = [
        _item("Status", fields, _status_of(channel, switch.clock.now()), channel=channel)
        for channel in channels
    ]
    more = {"Items": len(items)}
    _list(session, fields, "Channel status will follow", items, "StatusComplete", more)


def _status_of(channel: Channel, now: float) -> dict[str, object]:
    return {
        "Type": "PJSIP",
        "DNID": channel.dialled,
        "EffectiveConnectedLineNum": channel.connected_number,
        "EffectiveConnectedLineName": channel.connected_name,
        "TimeToHangup": 0,
        "BridgeID": channel.bridge.uniqueid if channel.bridge else "",
        "Application": channel.application,
        "Data": channel.data,
        "Nativeformats": "(slin16)",
        "Readformat": "slin16",
        "Readtrans": "",
        "Writeformat": "slin16",
        "Writetrans": "",
        "Callgroup": 0,
        "Pickupgroup": 0,
        "Seconds": int(now - channel.created_at),
    }


def _bridge_list(session: Session, fields: Fields) -> None:
    bridges = session.exchange.switch.bridges
    items = [_item("BridgeListItem", fields, {}, bridge=bridge) for bridge in bridges]
    _list(session, fields, "Bridge listing will follow", items, "BridgeListComplete")


def _bridge_info(session: Session, fields: Fields) -> None:
    wanted = fields.get("BridgeUniqueid", "")
    found = [item for item in session.exchange.switch.bridges if item.uniqueid == wanted]
    if not found:
        session.answer(fields, "Error", Message="Specified BridgeUniqueid not found")
        return
    items = [
        _item("BridgeInfoChannel", fields, {}, channel=channel) for channel in found[0].channels
    ]
    message = "Bridge channel listing will follow"
    _list(session, fields, message, items, "BridgeInfoComplete", bridge=found[0])


def _queue_status(session: Session, fields: Fields) -> None:
    items = []
    for queue in _wanted_queues(session, fields):
        items.append(_item("QueueParams", fields, _params(queue)))
        items += [
            _item("QueueMember", fields, _member(session, queue, member))
            for member in queue.members
        ]
        items += [
            _item("QueueEntry", fields, _entry(session, queue, channel))
            for channel in queue.waiting
        ]
    _list(session, fields, "Queue status will follow", items, "QueueStatusComplete")


def _queue_summary(session: Session, fields: Fields) -> None:
    items = []
    for queue in _wanted_queues(session, fields):
        here = [member for member in queue.members if not member.paused]
        free = [member for member in here if member.status == NOT_IN_USE]
        summary = {"Queue": queue.name, "LoggedIn": len(queue.members), "Available": len(free)}
        figures = {"Callers": len(queue.waiting), "HoldTime": 0, "TalkTime": 0}
        figures["LongestHoldTime"] = max(
            (_waited(session, who) for who in queue.waiting), default=0
        )
        items.append(_item("QueueSummary", fields, {**summary, **figures}))
    _list(session, fields, "Queue summary will follow", items, "QueueSummaryComplete")


def _device_states(session: Session, fields: Fields) -> None:
    switch = session.exchange.switch
    items = [
        _item(
            "DeviceStateChange",
            fields,
            {"Device": f"PJSIP/{phone}", "State": DEVICE_STATES[switch.in_use(phone)]},
        )
        for phone in switch.phones
    ]
    text = "Device State Changes will follow"
    _list(session, fields, text, items, "DeviceStateListComplete")


def _wanted_queues(session: Session, fields: Fields) -> list[Queue]:
    wanted = fields.get("Queue", "")
    queues = session.exchange.switch.queues.values()
    return [queue for queue in queues if wanted in ("", queue.name)]


def _params(queue: Queue) -> dict[str, object]:
    return {
        "Queue": queue.name,
        "Max": 0,
        "Strategy": "ringall" if queue.ring_all else "linear",
        "Calls": len(queue.waiting),
        "Holdtime": 0,
        "TalkTime": 0,
        "Completed": queue.completed,
        "Abandoned": queue.abandoned,
        "ServiceLevel": 0,
        "ServicelevelPerf": "0.0",
        "ServicelevelPerf2": "0.0",
        "Weight": 0,
    }


def _member(session: Session, queue: Queue, member: Member) -> dict[str, object]:
    fields = session.exchange.switch.member_fields(queue, member)
    fields["Name"], fields["Location"] = fields.pop("MemberName"), fields.pop("Interface")
    fields["InCall"] = int(member.status == IN_USE)
    del fields["Ringinuse"]
    return fields


def _entry(session: Session, queue: Queue, channel: Channel) -> dict[str, object]:
    return {
        "Queue": queue.name,
        "Position": queue.position(channel),
        "Channel": channel.name,
        "Uniqueid": channel.uniqueid,
        "CallerIDNum": channel.caller_number.strip("<>"),
        "CallerIDName": channel.caller_name.strip("<>"),
        "ConnectedLineNum": channel.connected_number.strip("<>"),
        "ConnectedLineName": channel.connected_name.strip("<>"),
        "Wait": _waited(session, channel),
        "Priority": 0,
    }


def _waited(session: Session, channel: Channel) -> int:
    return int(session.exchange.clock.now() - channel.created_at)


def _item(
    name: str,
    fields: Fields,
    more: Mapping[str, object],
    *,
    channel: Channel | None = None,
    bridge: Bridge | None = None,
) -> bytes:
    channels = {"": channel} if channel else {}
    tagged = {**more, "ActionID": fields.get("ActionID", "")}
    return event(name, channels=channels, bridge=bridge, fields=tagged)


def _list(  # noqa: PLR0913  # a list's answer has that many parts
    session: Session,
    fields: Fields,
    text: str,
    items: list[bytes],
    complete: str,
    more: Mapping[str, object] | None = None,
    bridge: Bridge | None = None,
) -> None:
    session.answer(fields, "Success", EventList="start", Message=text)
    for item in items:
        session.send(item)
    end = {"EventList": "Complete", "ListItems": len(items), **(more or {})}
    session.send(_item(complete, fields, end, bridge=bridge))


ANSWERS: dict[str, Callable[[Session, Fields], None]] = {
    "ping": _ping,
    "coresettings": _core_settings,
    "corestatus": _core_status,
    "listcommands": _list_commands,
    "coreshowchannels": _show_channels,
    "status": _status,
    "bridgelist": _bridge_list,
    "bridgeinfo": _bridge_info,
    "queuestatus": _queue_status,
    "queuesummary": _queue_summary,
    "devicestatelist": _device_states,
}
"""Action in lower case → its answer."""
