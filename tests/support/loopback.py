"""A loopback network of one's own for each test Asterisk: 127.A.B.0/24.

In: nothing. Out: addresses on which no other Asterisk, and no other test run, listens: its SIP and AMI ports are the
standard ones, and telephones are told apart by their address.
"""

from __future__ import annotations

import fcntl
import random
import socket
from dataclasses import dataclass
from pathlib import Path
from typing import IO

SIP_PORT = 5060
AMI_PORT = 5038


@dataclass(frozen=True)
class LoopbackNet:
    """One claimed network; it is ours while `lock` is open."""

    prefix: str
    lock: IO[str]

    @property
    def pbx(self) -> str:
        return f"{self.prefix}.1"

    @property
    def trunk(self) -> str:
        return f"{self.prefix}.10"

    def phone(self, extension: str) -> str:
        """Address of the phone 101 to 250."""
        return f"{self.prefix}.{extension}"


def claim(locks: Path) -> LoopbackNet:
    """Claim a network that nobody listens on; locks of dead processes count for nothing.

    Raises:
        OSError: no free one was found in a hundred tries.
    """
    locks.mkdir(exist_ok=True)
    for _ in range(100):
        prefix = f"127.{random.randint(16, 250)}.{random.randint(1, 250)}"
        lock = (locks / prefix).open("w")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            _try_ports(f"{prefix}.1")
        except OSError:
            lock.close()
            continue
        return LoopbackNet(prefix, lock)
    raise OSError("no free loopback network in a hundred tries")


def _try_ports(address: str) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sip:
        sip.bind((address, SIP_PORT))
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as ami:
        ami.bind((address, AMI_PORT))
