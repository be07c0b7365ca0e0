"""`slovo doctor`: examine the installation, say what is wrong and how to mend it."""

from __future__ import annotations

import json
import shutil
import textwrap

import typer

from web.doctor import Finding, State, examine

MARKS = {State.OK: "ok  ", State.WARN: "warn", State.FAIL: "FAIL"}


def doctor(
    as_json: bool = typer.Option(
        False, "--json", help="Print a list of {check, state, what, mend, pbx}."
    ),
) -> None:
    """Check settings, database, disk, speech model, recordings and each Asterisk (by a test call that rings no phone).

    Exit code 0: everything works, perhaps with warnings. 1: something must be mended.
    """
    found = examine()
    if as_json:
        typer.echo(json.dumps([finding.as_json() for finding in found], ensure_ascii=False))
    else:
        width = min(shutil.get_terminal_size().columns, 110)
        shown = ""
        for finding in found:
            if finding.pbx != shown:
                shown = finding.pbx
                typer.echo(f"\nPBX {shown}")
            typer.echo(_text(finding, width))
    if any(finding.state is State.FAIL for finding in found):
        raise typer.Exit(1)


def _text(finding: Finding, width: int) -> str:
    """One finding on one or more lines, how to mend it under what is wrong."""
    head = f"{MARKS[finding.state]}  {finding.check:<15} "
    lines = textwrap.wrap(finding.what, width, initial_indent=head, subsequent_indent=" " * 22)
    if finding.mend:
        lines += textwrap.wrap(
            finding.mend, width, initial_indent=" " * 22 + "→ ", subsequent_indent=" " * 24
        )
    return "\n".join(lines)
