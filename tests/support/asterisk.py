"""A real Asterisk 22 for the tests: a Debian sid tree of its own, built once and kept.

In: nothing but Debian's archive, whose address comes from this machine's apt sources. Out: a directory tree in which
`support.asterisk_server` starts Asterisk. `python -m support.asterisk prepare` builds it ahead.

Kept in SLOVO_TEST_CACHE (default: ~/.cache/slovo-tests) under the hash of its recipe, so a second run takes no time and
a changed recipe builds anew. SLOVO_TEST_DEBIAN_MIRROR names an archive where apt's own sources hold none of Debian;
SLOVO_TEST_DEBIAN_SUITE another suite than sid, and so another Asterisk ("bullseye" has 16).
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

PREPARE_TIMEOUT_S = 900


class AsteriskUnavailable(Exception):
    """This machine cannot run the test Asterisk; the text says why and what would help."""


@dataclass(frozen=True)
class Recipe:
    """What the tree is made of. A change of any value makes a new tree."""

    suite: str = "sid"
    packages: tuple[str, ...] = ("asterisk", "asterisk-core-sounds-en-wav")
    layout: int = 2
    """Raised when the steps below change."""

    def key(self, mode: str) -> str:
        text = json.dumps({**asdict(self), "mode": mode}, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:12]


def mode() -> str:
    """As root a plain chroot, otherwise user namespaces."""
    return "root" if os.geteuid() == 0 else "unshare"


def cache_dir() -> Path:
    """Return the directory that keeps trees, made if needed.

    The user of a namespace is another one for the file system: where the home directory is closed to others, the
    default is a directory of this user under /var/tmp.
    """
    named = os.environ.get("SLOVO_TEST_CACHE")
    path = Path(named) if named else Path.home() / ".cache" / "slovo-tests"
    if not named and mode() == "unshare" and not _open_to_others(Path.home()):
        path = Path(f"/var/tmp/slovo-tests-{os.geteuid()}")
    path.mkdir(parents=True, exist_ok=True)
    if path.stat().st_uid != os.geteuid():
        raise AsteriskUnavailable(f"{path} belongs to somebody else; set SLOVO_TEST_CACHE")
    return path.resolve()


def prepare(recipe: Recipe | None = None) -> Path:
    """Return the tree, built now if it is not there yet. One process builds, others wait for it.

    Raises:
        AsteriskUnavailable: a program is missing, there is no Debian archive, or building failed.
    """
    recipe = recipe or Recipe(os.environ.get("SLOVO_TEST_DEBIAN_SUITE", "sid"))
    tree = cache_dir() / f"asterisk-{recipe.key(mode())}"
    if tree.is_dir():
        return tree
    missing = [name for name in _programs() if shutil.which(name, path=_path()) is None]
    if missing:
        raise AsteriskUnavailable(f"not installed: {', '.join(missing)} (apt-get install them)")
    with _locked(tree.with_suffix(".lock")):
        if not tree.is_dir():
            _build(recipe, tree)
    return tree


def _programs() -> list[str]:
    return ["mmdebstrap", "apt-get", "chroot"] + (["newuidmap"] if mode() == "unshare" else [])


def _path() -> str:
    return os.environ.get("PATH", "") + ":/usr/sbin:/sbin"


def _open_to_others(path: Path) -> bool:
    return all(p.stat().st_mode & 0o001 for p in (path, *path.parents))


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _build(recipe: Recipe, tree: Path) -> None:
    """Build beside the tree's place and move it there whole."""
    part = tree.with_suffix(".part")
    remove_tree(part)
    command = [
        "mmdebstrap",
        "--variant=apt",
        f"--mode={mode()}",
        '--aptopt=Apt::Install-Recommends "false"',
        *(f"--aptopt={line}" for line in _apt_options()),
        f"--include={','.join(recipe.packages)}",
        # Where each server keeps its own files; the invoking user makes them, Asterisk writes into them.
        '--customize-hook=install -d -m 1777 "$1/srv/slovo"',
        # Debian closes its configuration to others; in a user namespace we are another.
        '--customize-hook=chmod -R a+rX "$1/etc/asterisk"',
        recipe.suite,
        str(part),
        f"deb {debian_archive()} {recipe.suite} main",
    ]
    result = _run(command)
    if result.returncode:
        remove_tree(part)
        raise AsteriskUnavailable(f"mmdebstrap failed: {result.stdout[-1500:]}")
    part.rename(tree)


def remove_tree(path: Path) -> None:
    """Remove a tree, or a part of one, whoever owns its files."""
    if not path.exists():
        return
    if mode() == "root":
        shutil.rmtree(path)
    else:
        _run(["mmdebstrap", "--unshare-helper", "rm", "-rf", str(path)])
        shutil.rmtree(path, ignore_errors=True)


def _run(command: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        text=True,
        timeout=PREPARE_TIMEOUT_S,
        check=False,
        env={**os.environ, "PATH": _path()},
    )


def _apt_options() -> list[str]:
    """Return this machine's own ways to the archive (proxy, frozen mirrors); a new tree knows none of them."""
    wanted = ("Acquire::Check-Valid-Until ", "Acquire::http::Proxy ", "Acquire::https::Proxy ")
    dump = _run(["apt-config", "dump"]).stdout.splitlines()
    return [line.rstrip(";") for line in dump if line.startswith(wanted)]


def debian_archive() -> str:
    """Return the address of the Debian archive that apt on this machine uses.

    Raises:
        AsteriskUnavailable: apt knows none, as on other distributions.
    """
    named = os.environ.get("SLOVO_TEST_DEBIAN_MIRROR")
    if named:
        return named
    fields = "$(REPO_URI)|$(RELEASE)|$(COMPONENT)"
    targets = _run(["apt-get", "indextargets", "--format", fields, "Identifier: Packages"])
    for line in targets.stdout.splitlines():
        uri, _, rest = line.partition("|")
        release, _, component = rest.partition("|")
        if component == "main" and "-" not in release and uri.rstrip("/").endswith("/debian"):
            return uri
    raise AsteriskUnavailable("apt knows no Debian archive; set SLOVO_TEST_DEBIAN_MIRROR")


def main(arguments: list[str]) -> int:
    """`python -m support.asterisk prepare`."""
    if arguments != ["prepare"]:
        print("usage: python -m support.asterisk prepare", file=sys.stderr)
        return 2
    try:
        print(f"Test Asterisk: {prepare()}")
    except AsteriskUnavailable as error:
        print(f"No test Asterisk: {error}", file=sys.stderr)
        return 1 if os.environ.get("CI") == "true" else 0
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
