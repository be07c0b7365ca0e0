"""The option `--pbx NAME`: which of the PBXs a command means."""

from __future__ import annotations

from collections.abc import Sequence

import typer

from pbx.settings import PbxSettings
from web.settings import Settings


def named_pbxs(settings: Settings, names: Sequence[str]) -> tuple[PbxSettings, ...]:
    """The PBXs with these names, in the order of the settings; all of them if none is named.

    Raises:
        typer.BadParameter: there is no PBX of that name; says which there are.
    """
    unknown = [name for name in names if name not in settings.pbx_names]
    if unknown:
        there = ", ".join(settings.pbx_names)
        raise typer.BadParameter(f"no PBX is named {unknown[0]!r}; there are: {there}")
    return tuple(pbx for pbx in settings.pbxs if not names or pbx.name in names)


def one_pbx(settings: Settings, name: str | None) -> PbxSettings:
    """The PBX with this name; without a name the only one.

    Raises:
        typer.BadParameter: there is no such PBX, or there are several and none was named.
    """
    found = named_pbxs(settings, [name] if name else [])
    if len(found) > 1:
        raise typer.BadParameter(f"say which with --pbx: {', '.join(settings.pbx_names)}")
    return found[0]
