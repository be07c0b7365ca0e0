"""Dialplan applications that matter to a call: MixMonitor writes recordings, VoiceMail is no person. Pure.

In: Newexten and VarSet. Out: `RecordingNamed`, `VoicemailEntered` and `AnnouncementPlayed`.

Source: Asterisk 22. MixMonitorStart names no file; VarSet MIXMONITOR_FILENAME names the mixed one, and the r() and t()
files stand only in the application data of Newexten (trace `rec-direct`).
"""

from __future__ import annotations

import re

from pbx import queues
from pbx.ami_events import NewExten, VariableSet
from pbx.call_state import LiveCall
from pbx.channel import Channel
from pbx.events import AnnouncementPlayed, Party, PhoneUnreachable, RecordingNamed, VoicemailEntered
from pbx.messages import VOICEMAIL_APPLICATIONS
from pbx.switchboard import Switchboard

_RECEIVE = re.compile(r"r\(([^)]*)\)")
_TRANSMIT = re.compile(r"t\(([^)]*)\)")
_ARGUMENT = re.compile(r"\([^)]*\)")


def on_new_exten(board: Switchboard, event: NewExten) -> None:
    """A channel starts MixMonitor or voicemail."""
    channel = board.see(event.channel)
    if channel is None or channel.call is None:
        return
    if event.application in VOICEMAIL_APPLICATIONS:
        _voicemail(board, channel, event.data.partition(",")[0].partition("@")[0])
        return
    if event.application == "Dial":
        channel.wanted_dial = event.data.partition(",")[0]
        return
    if event.application == "Queue":
        channel.wanted_queue = event.data.partition(",")[0]
        return
    file, _, rest = event.data.partition(",")
    options = rest.partition(",")[0]  # behind them comes a command, which may hold anything
    receive, transmit = _RECEIVE.search(options), _TRANSMIT.search(options)
    channel.recording_options = (
        file,
        receive.group(1) if receive else "",
        transmit.group(1) if transmit else "",
        "b" in _ARGUMENT.sub("", options),
    )


TEST_CALL_CONTEXT = "slovo-doctor"
"""Where `slovo doctor` lets Asterisk call itself, with a recording (asterisk-conf/extensions.conf): no call of anybody."""


def _unreachable(board: Switchboard, channel: Channel) -> None:
    """Dial() found no way to call anybody: no event tells of a phone that is not registered."""
    wanted, channel.wanted_dial = channel.wanted_dial, ""
    for device in wanted.split("&") if wanted else []:
        extension = board.ties.device(device)
        if extension and channel.call is not None:
            board.emit(PhoneUnreachable, channel.call, party=Party(extension=extension))


def _voicemail(board: Switchboard, channel: Channel, mailbox: str) -> None:
    call = channel.call
    if call is None or call.voicemail:
        return
    if not _hears_for_the_caller(call, channel):
        board.note(call, "voicemail, but not for the caller")
    else:
        call.voicemail = True
        board.emit(VoicemailEntered, call, mailbox=mailbox)


def _hears_for_the_caller(call: LiveCall, channel: Channel) -> bool:
    """Whether what this channel hears is for the caller, and not for an operator who consults somebody meanwhile."""
    caller = call.caller_channel
    if caller is None or channel is caller:
        return True
    if not channel.technical:
        return not channel.extension
    dialled = channel if channel.dialler is not None else channel.other_half or channel
    return dialled.root() is caller


def on_variable(board: Switchboard, event: VariableSet) -> None:
    """A variable tells the file of a recording, or that voicemail ended."""
    channel = board.known(event.channel)
    call = channel.call if channel else None
    if channel is None or call is None or event.channel.context == TEST_CALL_CONTEXT:
        return
    if event.variable == "VMSTATUS":
        _voicemail(board, channel, "")
    elif event.variable == "DIALSTATUS" and event.value == "CHANUNAVAIL":
        _unreachable(board, channel)
    elif event.variable == "QUEUESTATUS":
        queues.on_status(board, channel, event.value)
    elif event.variable == "SLOVO_ANNOUNCED" and event.value:
        board.emit(AnnouncementPlayed, call, name=event.value)
    elif event.variable == "MIXMONITOR_FILENAME":
        _record(board, call, channel, event.value)


def _record(board: Switchboard, call: LiveCall, channel: Channel, file: str) -> None:
    named, receive, transmit, bridged_only = channel.recording_options
    if not _stem(file).endswith(_stem(named)) or bool(named) is not bool(file):
        # Another MixMonitor: started by AMI, by a feature code or by a queue. Nothing tells its options.
        receive, transmit, bridged_only = "", "", False
    else:
        channel.recording_options = ("", "", "", False)  # they are this one's, and no later one's
    key = file or receive or transmit
    if not key or key in call.recorded:
        return
    call.recorded.add(key)
    board.emit(
        RecordingNamed,
        call,
        leg=channel.uniqueid,
        party=call.party_of(channel),
        mixed=file,
        receive=receive,
        transmit=transmit,
        bridged_only=bridged_only,
    )


def _stem(file: str) -> str:
    """The name without folder and suffix: Asterisk writes `x.wav49` to `x.WAV`."""
    name = file.rpartition("/")[2]
    return name.rpartition(".")[0] or name
