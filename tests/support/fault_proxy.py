"""A bad line: a TCP proxy between Slovo and the AMI of Asterisk that can be cut, or fall silent, at any byte.

In: the address of the AMI. Out: an address for Slovo; every byte that Asterisk said on it is kept as a trace
(`slovo replay`). Blocking threads, so that it runs beside anything.
"""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from pbx.trace_record import TraceRecorder

RESET = struct.pack("ii", 1, 0)
"""SO_LINGER that makes close() send RST: what was on the way is lost."""


@dataclass
class _Pair:
    """One connection of Slovo and the one to Asterisk behind it."""

    near: socket.socket
    far: socket.socket
    cut_after: int | None = None
    """Bytes of the next chunk that still go through; None: all."""
    reset: bool = False

    def close(self) -> None:
        for one in (self.near, self.far):
            with contextlib.suppress(OSError):
                if self.reset:
                    one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
                else:
                    one.shutdown(socket.SHUT_RDWR)
            with contextlib.suppress(OSError):
                one.close()


@dataclass
class AmiProxy:
    """One bad line. Use as a context manager."""

    target: tuple[str, int]
    trace: Path
    """Where the bytes are kept: NAME.txt, NAME.part2.txt …"""
    connections: int = 0
    _pairs: list[_Pair] = field(default_factory=list)
    _away_until: float = 0.0
    _flows: threading.Event = field(default_factory=threading.Event)
    _listening: socket.socket = field(default_factory=socket.socket)

    def __enter__(self) -> AmiProxy:
        self._recorder = TraceRecorder(self.trace)
        self._listening.bind(("127.0.0.1", 0))
        self._listening.listen()
        self._flows.set()
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self._flows.set()
        self._end_all(reset=True)
        self._recorder.close()

    @property
    def address(self) -> tuple[str, int]:
        host, port = self._listening.getsockname()
        return host, port

    def cut(self, *, reset: bool, inside_after: int, away_s: float) -> None:
        """Cut it in the middle of what Asterisk says next.

        Args:
            reset: as a router that forgot us (RST), otherwise as an orderly end.
            inside_after: so many bytes of the next chunk still come through.
            away_s: how long nobody can connect again.
        """
        self._away_until = time.monotonic() + away_s
        for pair in list(self._pairs):
            pair.reset, pair.cut_after = reset, inside_after
        time.sleep(0.5)  # time for a chunk to come; a silent line is cut as it is
        self._end_all(reset=reset)

    def fall_silent(self, seconds: float) -> None:
        """Let nothing through, and tell nobody, for a while."""
        self._flows.clear()
        time.sleep(seconds)
        self._flows.set()

    def _end_all(self, *, reset: bool) -> None:
        pairs, self._pairs = self._pairs, []
        for pair in pairs:
            pair.reset = reset
            pair.close()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listening.accept()
            except OSError:
                return
            try:
                if time.monotonic() < self._away_until:
                    raise ConnectionRefusedError
                far = socket.create_connection(self.target, timeout=5)
            except OSError:
                near.close()
                continue
            far.settimeout(None)
            pair = _Pair(near, far)
            self._pairs.append(pair)
            self.connections += 1
            keep = self._recorder.connection()
            threading.Thread(target=self._down, args=(pair, keep), daemon=True).start()
            threading.Thread(target=self._up, args=(pair,), daemon=True).start()

    def _down(self, pair: _Pair, keep: Callable[[bytes], None]) -> None:
        with contextlib.suppress(OSError):
            while data := pair.far.recv(16_384):
                self._flows.wait()
                passed = data[: pair.cut_after]
                pair.near.sendall(passed)
                keep(passed)
                if pair.cut_after is not None:
                    break
        pair.close()

    def _up(self, pair: _Pair) -> None:
        with contextlib.suppress(OSError):
            while data := pair.near.recv(16_384):
                self._flows.wait()
                pair.far.sendall(data)
        pair.close()
