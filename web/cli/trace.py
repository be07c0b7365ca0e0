"""`slovo trace`: recorded AMI traffic made fit to be shown to others."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from pbx.errors import TraceUnreadable
from pbx.redact import Redacted, redact
from pbx.trace import read_trace

app = typer.Typer(
    add_completion=False,
    help="Make recorded AMI traffic fit to be shown to others.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@app.callback()
def traces() -> None:
    """Make recorded AMI traffic fit to be shown to others."""


@app.command("redact")
def redact_trace(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="Recorded with `slovo listen --record`.")
    ],
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", metavar="FILE", help="Write there instead of standard output."
        ),
    ] = None,
) -> None:
    """Replace telephone numbers, names, addresses and free texts, each by the same stand-in everywhere.

    A replay of the result gives the same calls. Extensions, times, ids, names of queues and contexts stay.
    Read the result before you send it.
    """
    for _ in read_trace(file):  # a file that is no trace is refused here, in words
        pass
    redacted = redact(file.read_bytes())
    if output is None:
        sys.stdout.buffer.write(redacted.data)
    else:
        _write(file, output, redacted)
    _tell(redacted)


def _write(file: Path, output: Path, redacted: Redacted) -> None:
    """Write the trace and, where the old one has one, the table of its times."""
    if output.resolve() == file.resolve():
        raise typer.BadParameter("would overwrite the trace itself", param_hint="--output")
    times = file.with_suffix(".times.tsv")
    try:
        output.write_bytes(redacted.data)
        if times.exists():
            rows = [_moved(row, redacted) for row in times.read_text("utf-8").splitlines()]
            output.with_suffix(".times.tsv").write_text("\n".join(rows) + "\n", "utf-8")
    except OSError as error:
        raise TraceUnreadable(str(output), f"cannot be written: {error.strerror}") from error


def _moved(row: str, redacted: Redacted) -> str:
    cells = row.split("\t")
    if row.startswith("#") or len(cells) < 3:
        return row
    return "\t".join([cells[0], str(redacted.place(int(cells[1]))), *cells[2:]])


def _tell(redacted: Redacted) -> None:
    print(
        f"replaced: {redacted.numbers} telephone numbers, {redacted.names} names", file=sys.stderr
    )
    for old, new in redacted.endpoints.items():
        print(
            f"  {old} is now {new} (for --trunk and --internal of `slovo replay`)", file=sys.stderr
        )
    print("read the result before you send it to anybody", file=sys.stderr)
