"""Telephones and callers at a test Asterisk: sipp, driven by fragments of scenarios in `support/sip/`.

In: a running `AsteriskServer`. Out: `Phones`, with which a test says who picks up when and who calls whom, and
`speech_call`, a whole recorded conversation with speech on both sides.

Learned: a phone that is called while no sipp listens leaves an INVITE that Asterisk repeats for 32 s, so every phone
that a test may ring stays up until the test ends. Two phones that echo what they hear keep it going round for ever, so
nobody echoes here: who has no speech sends nothing. Each sipp gets a media port of its own.
"""

from __future__ import annotations

import itertools
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from support.asterisk_server import AsteriskServer
from support.real_time import hurry

FRAGMENTS = Path(__file__).parent / "sip"
READY_TIMEOUT_S = 5.0
FOREVER_MS = 120_000
_media_ports = itertools.cycle(range(30_000, 38_000, 4))


@dataclass(frozen=True)
class Codec:
    """A codec as SDP and sipp name it, and as ffmpeg writes its raw bytes."""

    payload: int
    rtpmap: str
    ffmpeg: tuple[str, ...]
    suffix: str


G722 = Codec(9, "G722/8000", ("-ar", "16000", "-c:a", "g722", "-f", "g722"), "g722")
"""16 kHz; its RTP clock says 8000 for historical reasons (RFC 3551, 4.5.2)."""
ALAW = Codec(8, "PCMA/8000", ("-ar", "8000", "-c:a", "pcm_alaw", "-f", "alaw"), "al")


@dataclass(frozen=True)
class Speech:
    """Something to say, once, in one codec. None as `file`: silence, not even packets."""

    codec: Codec = G722
    file: Path | None = None


SILENT = Speech()


def encode(sound: Path, codec: Codec, folder: Path) -> Speech:
    """Make any sound file into raw packets' worth of a codec."""
    target = folder / f"{sound.stem}-{next(_media_ports)}.{codec.suffix}"
    subprocess.run(
        ["ffmpeg", "-nostdin", "-v", "error", "-y", "-i", sound, "-ac", "1", *codec.ffmpeg, target],
        check=True,
        timeout=60,
    )
    return Speech(codec, target)


@dataclass
class Sipp:
    """One running sipp."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path

    def wait(self, timeout_s: float = 40) -> None:
        """Wait until its part is played to the end.

        Raises:
            AssertionError: it went otherwise than the scenario says.
        """
        code = self.process.wait(timeout_s)
        if code != 0:
            raise AssertionError(f"{self.name} ended with {code}: {self.errors()}")

    def errors(self) -> str:
        return self.log.read_text(errors="replace")[-2000:] if self.log.exists() else ""

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(10)


@dataclass
class Phones:
    """The phones and callers of one test. Use as a context manager: at its end all calls and phones are gone."""

    server: AsteriskServer
    work: Path = field(default_factory=lambda: Path(tempfile.mkdtemp(prefix="slovo-sipp-")))
    _running: list[Sipp] = field(default_factory=list)
    _ports: dict[str, int] = field(default_factory=dict)

    def __enter__(self) -> Phones:
        return self

    def __exit__(self, *_: object) -> None:
        try:
            self.server.hang_up_all()
        finally:
            for sipp in self._running:
                sipp.stop()
            shutil.rmtree(self.work, ignore_errors=True)

    def answers(self, who: str, *, after_s: float = 1.0, speech: Speech = SILENT) -> Sipp:
        """The phone (or "trunk": the world outside) rings, is picked up, stays until the other side hangs up."""
        return self._phone(who, ["ring", "answer", "stay"], after_s, speech)

    def answers_and_hangs_up(
        self, who: str, *, after_s: float = 1.0, talk_s: float = 2.0, speech: Speech = SILENT
    ) -> Sipp:
        """The phone rings, is picked up, and hangs up after `talk_s` seconds."""
        return self._phone(who, ["ring", "answer", "hang_up"], after_s, speech, TALK_MS=_ms(talk_s))

    def transfers(
        self, who: str, target: str, *, after_s: float = 1.0, talk_s: float = 2.0
    ) -> Sipp:
        """The phone rings, is picked up, and hands the call on blindly (REFER)."""
        values = {"TALK_MS": _ms(talk_s), "TARGET": target, "PBX": self.server.net.pbx}
        return self._phone(who, ["ring", "answer", "refer"], after_s, SILENT, **values)

    def rings(self, who: str) -> Sipp:
        """The phone rings and nobody picks it up."""
        return self._phone(who, ["ring", "answer", "stay"], FOREVER_MS / 1000, SILENT)

    def refuses(self, who: str, status: str = "486 Busy Here", *, after_s: float = 1.0) -> Sipp:
        """The phone rings and somebody presses Decline."""
        return self._phone(who, ["ring", "refuse"], after_s, SILENT, STATUS=status)

    def calls(
        self, to: str, *, number: str = "79161234567", talk_s: float = 2.0, by: str = "trunk",
        speech: Speech = SILENT, name: str = "",
    ) -> Sipp:  # fmt: skip
        """Somebody calls, talks for `talk_s` seconds after the answer and hangs up, if the other side does not first.

        Args:
            to: the dialled number.
            number: the caller's number.
            by: "trunk", or the extension whose phone dials.
            name: the caller's name; "" for none.
        """
        return self._caller("call_and_talk", to, number, by, speech, name=name, TALK_MS=_ms(talk_s))

    def gives_up(
        self, to: str, *, number: str = "79161234567", after_s: float = 2.0, by: str = "trunk"
    ) -> Sipp:
        """Somebody calls, hears it ring for `after_s` seconds and hangs up."""
        return self._caller("call_and_give_up", to, number, by, SILENT, WAIT_MS=_ms(after_s))

    def is_refused(self, to: str, *, number: str = "79161234567", by: str = "trunk") -> Sipp:
        """Somebody calls and the switch ends the call without an answer."""
        return self._caller("call_and_be_refused", to, number, by, SILENT)

    def _phone(
        self, who: str, parts: Sequence[str], after_s: float, speech: Speech, **values: str
    ) -> Sipp:
        address = self._address(who)
        scenario = self._scenario(f"{who}-phone", parts, speech, RING_MS=_ms(after_s), **values)
        sipp = self._start(scenario, address, 5060, ["-m", "1000"])
        _wait_until_bound(address, 5060, sipp)
        return sipp

    def _caller(
        self,
        part: str,
        to: str,
        number: str,
        by: str,
        speech: Speech,
        name: str = "",
        **values: str,
    ) -> Sipp:
        address = self._address(by)
        port = self._ports[address] = self._ports.get(address, 5060) + 1
        who = by if by != "trunk" else number
        caller = (f'"{name}" ' if name else "") + f"<sip:{who}@{address}>"
        options = ["-m", "1", "-key", "to", to, "-key", "from", caller, self.server.sip]
        return self._start(self._scenario(f"{by}-{port}", [part], speech, **values), address, port, options)  # fmt: skip

    def _address(self, who: str) -> str:
        return self.server.net.trunk if who == "trunk" else self.server.net.phone(who)

    def _scenario(self, name: str, parts: Sequence[str], speech: Speech, **values: str) -> Path:
        audio = ""
        codec = speech.codec
        if speech.file:
            stream = f"{speech.file},1,{codec.payload},{codec.rtpmap}"
            audio = f'<nop><action><exec rtp_stream="{stream}"/></action></nop>'
        text = "\n".join((FRAGMENTS / f"{part}.xml").read_text() for part in parts)
        values |= {"PAYLOAD": str(codec.payload), "RTPMAP": codec.rtpmap, "AUDIO": audio}
        for key, value in values.items():
            text = text.replace(f"@{key}@", value)
        path = self.work / f"{name}-{next(_media_ports)}.xml"
        head = '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE scenario SYSTEM "sipp.dtd">\n'
        path.write_text(f'{head}<scenario name="{name}">\n{text}\n<label id="9"/>\n<nop/>\n</scenario>\n')  # fmt: skip
        return path

    def _start(self, scenario: Path, address: str, port: int, options: list[str]) -> Sipp:
        log = scenario.with_suffix(".log")
        command = [
            *("sipp", "-sf", str(scenario), "-i", address, "-mi", address, "-p", str(port)),
            *("-mp", str(next(_media_ports)), "-nostdin", "-nd", "-timeout", "150"),
            *("-recv_timeout", "60000", "-default_behaviors", "all,-abortunexp"),
            *("-trace_err", "-error_file", str(log)),
            *options,
        ]
        process = subprocess.Popen(
            command,
            cwd=self.work,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "TERM": "dumb"},
        )
        hurry(process.pid)
        sipp = Sipp(scenario.stem, process, log)
        self._running.append(sipp)
        return sipp


def _ms(seconds: float) -> str:
    return str(round(seconds * 1000))


def _wait_until_bound(address: str, port: int, sipp: Sipp) -> None:
    """Wait until sipp has its socket: a call that comes earlier is a stale INVITE later."""
    octets = bytes(int(part) for part in address.split("."))
    wanted = f"{octets[::-1].hex().upper()}:{port:04X}"
    deadline = time.monotonic() + READY_TIMEOUT_S
    while wanted not in Path("/proc/net/udp").read_text():
        if sipp.process.poll() is not None or time.monotonic() > deadline:
            raise AssertionError(f"{sipp.name} does not listen on {address}: {sipp.errors()}")
        time.sleep(0.02)


@dataclass(frozen=True)
class RecordingPaths:
    """The three files of one recorded call, as we name them."""

    mixed: Path
    receive: Path
    """What the recorded leg says: the client's voice on an incoming call."""
    transmit: Path
    """What it hears: the operator's."""


def speech_call(
    phones: Phones, client: Path | None, operator: Path | None, *, to: str = "74951230001",
    number: str = "79161234567", extension: str = "101", codec: Codec = G722, talk_s: float,
    ring_s: float = 1.0,
) -> RecordingPaths:  # fmt: skip
    """Play a whole incoming conversation with speech and return its recording.

    Args:
        phones: the phones of the test; `extension` must not run yet.
        client, operator: sound files (any rate) that start when the call is answered; None says nothing.
        to: the dialled number, which must lead to `extension`.
        codec: of both legs; G722 for 16 kHz, together with `server.set_global("SLOVO_RECORD_FORMAT", "wav16")`.
        talk_s: seconds from the answer until the client hangs up.
        ring_s: seconds that the phone rings.
    """
    before = set(phones.server.recordings.iterdir())
    says, hears = (
        encode(sound, codec, phones.work) if sound else replace(SILENT, codec=codec)
        for sound in (client, operator)
    )
    phones.answers(extension, after_s=ring_s, speech=hears)
    phones.calls(to, number=number, talk_s=talk_s, speech=says).wait(talk_s + ring_s + 30)
    phones.server.hang_up_all()
    return recording_of(set(phones.server.recordings.iterdir()) - before)


def recording_of(files: set[Path]) -> RecordingPaths:
    """Tell the three files of one call apart by their names.

    Raises:
        AssertionError: these are not exactly the three files of one call.
    """
    sides = {path.stem.rpartition("-")[2]: path for path in files}
    mixed = [path for key, path in sides.items() if key not in ("rx", "tx")]
    if len(files) != 3 or len(mixed) != 1:
        raise AssertionError(f"not the files of one call: {sorted(p.name for p in files)}")
    return RecordingPaths(mixed[0], sides["rx"], sides["tx"])
