"""One running test Asterisk: Debian's own configuration, ours from `asterisk-conf/` included, and a few test lines.

In: the tree of `support.asterisk`. Out: `AsteriskServer` with addresses, AMI accounts, recordings and a command line.
Each server has its own configuration, state and loopback network, so several run side by side, and beside a real one.
"""

from __future__ import annotations

import os
import secrets
import shutil
import socket
import subprocess
import time
from pathlib import Path

from support.asterisk import AsteriskUnavailable, cache_dir, mode, prepare, remove_tree
from support.loopback import AMI_PORT, SIP_PORT, LoopbackNet, claim
from support.real_time import hurry

OUR_CONF = Path(__file__).resolve().parents[2] / "asterisk-conf"
START_TIMEOUT_S = 60.0
PHONES = {"101": "Anna", "102": "Boris", "103": "Vera"}
OFFLINE_PHONE = "104"
ANNOUNCEMENT = "beep"
"""What callers of 74951230006 are told before 101 rings: a sound that every Asterisk has."""
# Debian's package loads them all; in a test they would listen on all addresses of the machine.
STRANGERS = ("chan_iax2", "chan_ooh323", "chan_unistim", "chan_mgcp", "chan_skinny", "pbx_dundi")


class AsteriskServer:
    """A running Asterisk. Use as a context manager."""

    def __init__(self, *, conf: Path = OUR_CONF) -> None:
        self._tree = prepare()
        self._conf = conf
        self.net: LoopbackNet = claim(cache_dir() / "networks")
        self.secret = secrets.token_hex(12)
        self.inside = Path("/srv/slovo") / f"{self.net.prefix}-{os.getpid()}"
        """Where the server's files are, as Asterisk names them."""
        self.root = self._tree / self.inside.relative_to("/")
        """The same directory, as we name it."""
        self.start_log = ""
        """What Asterisk said until it was up."""
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def ami(self) -> tuple[str, int]:
        return self.net.pbx, AMI_PORT

    @property
    def sip(self) -> str:
        return f"{self.net.pbx}:{SIP_PORT}"

    @property
    def recordings(self) -> Path:
        """SLOVO_RECORDING_DIR: where the recordings are, seen from here."""
        return self.root / "monitor"

    @property
    def log(self) -> str:
        """Warnings and errors of this server so far."""
        (file,) = (self.root / "log").glob("messages*")  # "messages" up to Asterisk 18
        return file.read_text(errors="replace")

    def here(self, path_on_pbx: str) -> Path:
        """Return our path of a file that Asterisk names."""
        return self._tree / path_on_pbx.lstrip("/")

    def __enter__(self) -> AsteriskServer:
        try:
            self._configure()
            self._start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def cli(self, command: str) -> str:
        """Run a command on Asterisk's console, as `asterisk -rx` does."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as console:
            console.settimeout(20)
            console.connect(str(self.root / "run" / "asterisk.ctl"))
            console.recv(4096)  # who we are connected to
            console.sendall(f"cli quit after {command}\0".encode())
            chunks = iter(lambda: console.recv(65536), b"")
            text = b"".join(chunks).decode(errors="replace")
        return "\n".join(line.lstrip("\0\x7f\x85") for line in text.splitlines())

    def set_global(self, name: str, value: str) -> None:
        """Set a global variable of the dialplan, for instance SLOVO_RECORD_FORMAT."""
        self.cli(f"dialplan set global {name} {value}")

    def channels(self) -> list[str]:
        """Names of the channels that exist."""
        lines = self.cli("core show channels concise").splitlines()
        return [line.split("!")[0] for line in lines if "!" in line]

    def hang_up_all(self, timeout_s: float = 10) -> None:
        """End every call and wait until none is left."""
        deadline = time.monotonic() + timeout_s
        while self.channels():
            if time.monotonic() > deadline:
                raise TimeoutError(f"still there: {self.channels()}")
            self.cli("channel request hangup all")
            time.sleep(0.1)

    def _configure(self) -> None:
        etc = self.root / "etc"
        shutil.copytree(self._tree / "etc" / "asterisk", etc)
        shutil.copytree(self._conf, etc / "slovo", ignore=shutil.ignore_patterns("*.md"))
        for name in ("lib", "spool", "run", "log", "log/cdr-csv", "cache", "monitor"):
            (self.root / name).mkdir(parents=True)
        for ours in sorted(self._conf.glob("*.conf")):
            with (etc / ours.name).open("a") as file:
                file.write(f"\n#include slovo/{ours.name}\n{self._test_lines(ours.stem)}")
        with (etc / "asterisk.conf").open("a") as file:
            file.write(self._directories())
        self._open_for_asterisk()

    def _open_for_asterisk(self) -> None:
        """In a user namespace Asterisk is another user: let it read and write."""
        for path in (self.root, *self.root.rglob("*")):
            path.chmod(0o777 if path.is_dir() else 0o666)

    def _directories(self) -> str:
        at = self.inside
        return (
            f"\n[directories]\nastetcdir = {at}/etc\nastdbdir = {at}/lib\nastspooldir = {at}/spool\n"
            f"astrundir = {at}/run\nastlogdir = {at}/log\nastcachedir = {at}/cache\n"
            "[files]\nastctlpermissions = 0666\n"
        )

    def _test_lines(self, name: str) -> str:
        """Return what a test adds under one include line, as an administrator would."""
        match name:
            case "manager":
                everything = "read = all\nwrite = all\n"
                return (
                    f"[general](+)\nbindaddr = {self.net.pbx}\n[slovo](+)\nsecret = {self.secret}\n"
                    f"[everything]\nsecret = {self.secret}\n{everything}"
                )
            case "modules":
                return "[modules](+)\n" + "".join(f"noload = {m}.so\n" for m in STRANGERS)
            case "pjsip":
                return self._pjsip()
            case "queues":
                members = "".join(
                    f"member => PJSIP/{n},0,{PHONES[n]},PJSIP/{n}\n" for n in ("101", "102")
                )
                return f"[support](+)\n{members}[sales](+)\ntimeout = 3\n{members}"
            case "voicemail":
                return "[slovo](+)\n102 => 4711,Boris\n"
            case "extensions":
                return (
                    f"[globals](+)\nSLOVO_RECORD_DIR = {self.inside}/monitor\nSLOVO_RING_S = 6\n"
                    "[slovo-numbers](+)\n"
                    "exten => 74951230001,1,Goto(slovo-to-phone,101,1)\n"
                    "exten => 74951230002,1,Goto(slovo-to-phone,102,1)\n"
                    "exten => 74951230003,1,Goto(slovo-to-group,600,1)\n"
                    "exten => 74951230004,1,Goto(slovo-to-queue,610,1)\n"
                    "exten => 74951230005,1,Goto(slovo-to-queue,611,1)\n"
                    f"exten => 74951230006,1,Gosub(slovo-notice,s,1({ANNOUNCEMENT}))\n"
                    " same => n,Goto(slovo-to-phone,101,1)\n"
                    "exten => 74951230009,1,Goto(slovo-to-phone,104,1)\n"
                )
            case _:
                return ""

    def _pjsip(self) -> str:
        common = (
            f"media_address = {self.net.pbx}\nbind_rtp_to_media_address = yes\n"
            "rewrite_contact = no\nforce_rport = no\n"
        )
        text = f"[slovo-udp](+)\nbind = {self.sip}\n"
        for number, name in {**PHONES, OFFLINE_PHONE: "Gleb"}.items():
            address = self.net.phone(number)
            text += f'[{number}](slovo-phone)\naors = {number}\ncallerid = "{name}" <{number}>\n'
            text += f"{common}[{number}](slovo-phone-aor)\nqualify_frequency = 0\n"
            if number != OFFLINE_PHONE:
                text += f"contact = sip:{number}@{address}:5060\n"
            text += f"[{number}-id]\ntype = identify\nendpoint = {number}\nmatch = {address}\n"
        address = self.net.trunk
        return (
            f"{text}[trunk](slovo-trunk)\naors = trunk\n{common}[trunk](slovo-trunk-aor)\n"
            f"qualify_frequency = 0\ncontact = sip:{address}:5060\n"
            f"[trunk-id]\ntype = identify\nendpoint = trunk\nmatch = {address}\n"
        )

    def _start(self) -> None:
        with (self.root / "log" / "console").open("wb") as console:
            self._process = subprocess.Popen(
                self._command(), stdin=subprocess.DEVNULL, stdout=console, stderr=console
            )
        hurry(self._process.pid)
        deadline = time.monotonic() + START_TIMEOUT_S
        while not self._is_up():
            if self._process.poll() is not None or time.monotonic() > deadline:
                console_text = (self.root / "log" / "console").read_text(errors="replace")
                raise AsteriskUnavailable(f"Asterisk did not start: {console_text[-1500:]}")
            time.sleep(0.1)
        self.start_log = self.log

    def _command(self) -> list[str]:
        asterisk = ["asterisk", "-f", "-C", f"{self.inside}/etc/asterisk.conf"]
        if mode() == "root":
            return [shutil.which("chroot") or "/usr/sbin/chroot", str(self._tree), *asterisk]
        script = (
            'cd "$1"; shift; for d in null zero random urandom; do '
            'touch dev/$d; mount --bind /dev/$d dev/$d; done; exec /usr/sbin/chroot . "$@"'
        )
        return ["mmdebstrap", "--unshare-helper", "sh", "-c", script, "sh", str(self._tree), *asterisk]  # fmt: skip

    def _is_up(self) -> bool:
        try:
            return "fully booted" in self.cli("core waitfullybooted").lower()
        except OSError:
            return False

    def stop(self) -> None:
        """Stop Asterisk and remove its files. Idempotent."""
        process, self._process = self._process, None
        if process and process.poll() is None:
            try:
                self.cli("core stop now")
            except OSError:
                process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(10)
        remove_tree(self.root)
        self.net.lock.close()
