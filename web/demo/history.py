"""A few days of history: yesterday's sample calls, told to the dispatcher as if the PBX said them.

In: the sample calls of `pbx.samples` and the clients' numbers. Out: calls with recordings where a PBX leaves them, and a
missed call with its call-back. They go the way of every call: events, one transaction each, jobs for the worker.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import soundfile

from pbx import events as e
from pbx.events import Linkedid, Party, PbxName, Uniqueid
from pbx.samples import SampleCall
from pbx.samples import calls as sample_calls
from web.demo.clients import Caller

SUPPORT = "support"
LINE = "74951230004"
_OPERATORS = ("101", "102", "103")


def history(
    pbx: PbxName, callers: Sequence[Caller], now: datetime, recording_dir: Path
) -> Iterator[e.PbxEvent]:
    """Tell of one answered call per sample conversation, and of two clients who were not reached.

    Raises:
        OSError: the recording directory cannot be written.
    """
    recording_dir.mkdir(parents=True, exist_ok=True)
    for number, sample in enumerate(sample_calls()):
        began = now - timedelta(hours=3 + 5 * number, minutes=7 * number % 60)
        caller = callers[number % len(callers)]
        yield from _answered(_Told(pbx, began, caller.number), sample, number, recording_dir)
    for number, minutes in enumerate((95, 40)):
        began = now - timedelta(minutes=minutes)
        caller = callers[(number + 11) % len(callers)]
        yield from _abandoned(_Told(pbx, began, caller.number), 20 + 9 * number)


class _Told:
    """One call that is told: its key, its caller, and its clock."""

    def __init__(self, pbx: PbxName, began: datetime, caller: str) -> None:
        self.pbx = pbx
        self.began = began
        self.call = Linkedid(f"{began.timestamp():.0f}.{int(caller[-4:])}")
        self.caller = Party(number=caller)
        self.called = Party(number=LINE)

    def at(self, seconds: float) -> datetime:
        """A moment of this call."""
        return self.began + timedelta(seconds=seconds)

    def leg(self, extension: str) -> Uniqueid:
        """The leg of a phone."""
        return Uniqueid(f"{self.call}{extension}")

    def started(self) -> Iterator[e.PbxEvent]:
        """The client calls and comes into the queue."""
        pbx, call = self.pbx, self.call
        yield e.CallStarted(
            pbx=pbx,
            call=call,
            at=self.at(0),
            direction=e.Direction.IN,
            caller=self.caller,
            called=self.called,
            linkedids=(call,),
            trunk="trunk",
        )
        yield e.QueueEntered(pbx=pbx, call=call, at=self.at(0.2), queue=SUPPORT, position=1)

    def rings(self, extension: str, seconds: float) -> Iterator[e.PbxEvent]:
        """A phone rings."""
        leg, party = self.leg(extension), Party(extension=extension)
        pbx, call, at = self.pbx, self.call, self.at(seconds)
        yield e.LegOffered(pbx=pbx, call=call, at=at, leg=leg, party=party, queue=SUPPORT)
        yield e.LegRinging(pbx=pbx, call=call, at=at, leg=leg, party=party, queue=SUPPORT)

    def stops(self, extension: str, seconds: float, result: e.RingResult) -> e.PbxEvent:
        """A phone rings no more."""
        return e.LegStopped(
            pbx=self.pbx,
            call=self.call,
            at=self.at(seconds),
            leg=self.leg(extension),
            party=Party(extension=extension),
            result=result,
            rang=True,
        )

    def ended(self, seconds: float) -> Iterator[e.PbxEvent]:
        """The client hangs up."""
        yield e.CallEnded(
            pbx=self.pbx,
            call=self.call,
            at=self.at(seconds),
            ended_by=e.EndedBy.CALLER,
            cause=16,
        )


def _answered(
    told: _Told, sample: SampleCall, number: int, recording_dir: Path
) -> Iterator[e.PbxEvent]:
    extension = _OPERATORS[number % len(_OPERATORS)]
    wait_s, talk_s = 4.0 + number % 5, sample.length_s + 0.5
    pbx, call = told.pbx, told.call
    yield from told.started()
    yield from told.rings(extension, 0.5)
    yield told.stops(extension, wait_s, e.RingResult.ANSWERED)
    parties = (told.caller, Party(extension=extension))
    yield e.QueueLeft(pbx=pbx, call=call, at=told.at(wait_s), queue=SUPPORT, reason="answered")
    yield e.TalkStarted(
        pbx=pbx,
        call=call,
        at=told.at(wait_s),
        parties=parties,
        legs=(Uniqueid(call), told.leg(extension)),
    )
    yield _recorded(told, sample, wait_s, recording_dir)
    yield e.TalkEnded(pbx=pbx, call=call, at=told.at(wait_s + talk_s), parties=parties)
    yield from told.ended(wait_s + talk_s)


def _recorded(told: _Told, sample: SampleCall, wait_s: float, folder: Path) -> e.PbxEvent:
    """Leave the files as MixMonitor does on the client's leg: rx is what the client says."""
    stem = folder / f"history-{told.call}-{sample.name}"
    sound, rate_hz = soundfile.read(sample.path, dtype="int16", always_2d=True)
    paths = {kind: Path(f"{stem}{kind}.wav16") for kind in ("", "-rx", "-tx")}
    client, operator = sound[:, 0], sound[:, 1]
    mixed = (client.astype("int32") + operator).clip(-32768, 32767).astype("int16")
    for kind, samples in (("", mixed), ("-rx", client), ("-tx", operator)):
        soundfile.write(paths[kind], samples, rate_hz, format="WAV", subtype="PCM_16")
    return e.RecordingNamed(
        pbx=told.pbx,
        call=told.call,
        at=told.at(wait_s),
        leg=Uniqueid(told.call),
        party=told.caller,
        mixed=str(paths[""]),
        receive=str(paths["-rx"]),
        transmit=str(paths["-tx"]),
        bridged_only=True,
    )


def _abandoned(told: _Told, wait_s: float) -> Iterator[e.PbxEvent]:
    yield from told.started()
    for extension in _OPERATORS[:2]:
        yield from told.rings(extension, 0.5)
    for extension in _OPERATORS[:2]:
        yield told.stops(extension, wait_s, e.RingResult.GAVE_UP)
    yield e.QueueLeft(
        pbx=told.pbx, call=told.call, at=told.at(wait_s), queue=SUPPORT, reason="abandoned"
    )
    yield from told.ended(wait_s)
