"""Which calls the files of a directory are: files of one call put together, the others with the reason. Pure.

In: paths and what their names tell. Out: `Plan`: one `OldCall` for each call, and each file that cannot be used with why.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from calls.recordings.import_names import Named, NamePattern, NameRefused
from calls.recordings.names import is_sound
from pbx.events import Direction
from pbx.numbers import Endpoints


@dataclass(frozen=True, slots=True)
class Refused:
    """A file that is not imported."""

    file: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OldCall:
    """One call of the directory. `files`: "mixed", or "receive" and "transmit" (as in `Recording.source`) → path."""

    named: Named
    direction: Direction
    files: Mapping[str, str]
    client_side: str = "receive"

    @property
    def key(self) -> str:
        """What makes importing it twice one call: all that its name tells."""
        if self.named.uniqueid:
            return self.named.uniqueid
        return hashlib.sha256("\n".join(("recording", *self.named.call)).encode()).hexdigest()

    @property
    def remote(self) -> str:
        """The outside party's number, "" for internal calls and withheld numbers."""
        if self.direction is Direction.INTERNAL:
            return ""
        return self.named.caller if self.direction is Direction.IN else self.named.called

    @property
    def source(self) -> dict[str, Any]:
        """As `Recording.source`."""
        return {
            "mixed": self.files.get("mixed", ""),
            "receive": self.files.get("receive", ""),
            "transmit": self.files.get("transmit", ""),
            "recorded_party": self.named.caller,
            "bridged_only": False,
            "client_side": self.client_side,
            "imported": True,
        }


@dataclass(slots=True)
class Plan:
    """What an import would do."""

    calls: list[OldCall] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    files: int = 0


def plan_of(paths: Iterable[str], pattern: NamePattern, endpoints: Endpoints) -> Plan:
    """Sort the files of a directory into calls.

    Args:
        paths: relative to the directory, with slashes.
        pattern: of their names.
        endpoints: which numbers are the company's own phones.
    """
    plan = Plan()
    groups: dict[tuple[str, ...], dict[str, str]] = {}
    named: dict[tuple[str, ...], Named] = {}
    for path in sorted(paths):
        plan.files += 1
        try:
            one = _read(path, pattern)
        except NameRefused as error:
            plan.refused.append(Refused(_shown(path), str(error)))
            continue
        files = groups.setdefault(one.call, {})
        if one.side in files:
            why = f"the same call and side as {files[one.side]}"
            plan.refused.append(Refused(path, why))
            continue
        files[one.side] = path
        named.setdefault(one.call, one)
    for call, files in groups.items():
        _add(plan, named[call], files, endpoints)
    plan.refused.sort(key=lambda one: one.file)
    return plan


def _shown(path: str) -> str:
    """The path as it can be written; bytes of it that are no text (surrogates in Python) become question marks."""
    return path.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _read(path: str, pattern: NamePattern) -> Named:
    if _shown(path) != path:
        raise NameRefused("its name is no text in UTF-8")
    if not is_sound(path):
        hidden = path.rpartition("/")[2].startswith(".")
        raise NameRefused("a hidden file" if hidden else "no sound file by its name")
    one = pattern.read(path)
    if not (one.caller or one.called or one.uniqueid):
        raise NameRefused("it names neither who called nor who was called")
    return one


def _add(plan: Plan, named: Named, files: Mapping[str, str], endpoints: Endpoints) -> None:
    direction = direction_of(named, endpoints)
    try:
        sides, client_side = _sides(files, direction)
    except NameRefused as error:
        plan.refused += [Refused(path, str(error)) for path in files.values()]
        return
    plan.calls.append(
        OldCall(named=named, direction=direction, files=sides, client_side=client_side)
    )


def direction_of(named: Named, endpoints: Endpoints) -> Direction:
    """Which way a call went: one that a phone of ours began goes out, or stays inside."""
    if not endpoints.is_internal(named.caller):
        return Direction.IN
    return Direction.INTERNAL if endpoints.is_internal(named.called) else Direction.OUT


def _sides(files: Mapping[str, str], direction: Direction) -> tuple[dict[str, str], str]:
    """Files as the source names them, and which of both sides is the client's.

    The recorded leg is the calling one: of a call that went out, it is the operator's.
    """
    client_side = "transmit" if direction is Direction.OUT else "receive"
    operator_side = "receive" if direction is Direction.OUT else "transmit"
    if set(files) == {""}:
        return {"mixed": files[""]}, client_side
    meant = {"client": client_side, "operator": operator_side}
    found: dict[str, str] = {}
    for side, path in files.items():
        name = meant.get(side, side) or "mixed"
        if name in found:
            raise NameRefused(f"the same side as {found[name]}")
        found[name] = path
    if not {"receive", "transmit"} <= set(found):
        raise NameRefused("the file of the other side is not there")
    return found, client_side
