"""Lines of `cdr-csv/Master.csv` as values by column name. Pure.

In: a line of the file. Out: its columns, whichever of cdr_csv's shapes it has: 16 columns, more with `loguniqueid`,
`loguserfield` and `newcdrcolumns` (peeraccount, linkedid, sequence) in cdr.conf.
"""

from __future__ import annotations

import csv

from calls.cdr.row import UNIQUEID
from calls.errors import CdrUnreadable

BASE = (
    "accountcode", "src", "dst", "dcontext", "clid", "channel", "dstchannel", "lastapp", "lastdata",
    "start", "answer", "end", "duration", "billsec", "disposition", "amaflags",
)  # fmt: skip
NEW = ("peeraccount", "linkedid", "sequence")


def values_of(line: str) -> dict[str, object]:
    """Return the columns of one whole line.

    Raises:
        CdrUnreadable: it is none of the shapes.
    """
    try:
        fields = next(csv.reader([line], strict=True))
    except (csv.Error, StopIteration) as error:
        raise CdrUnreadable(f"no line of Master.csv: {line[:80]!r}") from error
    extra = len(fields) - len(BASE)
    if not 0 <= extra <= 5:
        raise CdrUnreadable(f"{len(fields)} columns, Master.csv has 16 to 21: {line[:80]!r}")
    return dict(zip((*BASE, *_extra_columns(fields, extra)), fields, strict=True))


def _extra_columns(fields: list[str], extra: int) -> tuple[str, ...]:
    new = NEW if extra >= len(NEW) else ()
    between = extra - len(new)
    if between == 2:
        return ("uniqueid", "userfield", *new)
    if between == 1:
        one = "uniqueid" if UNIQUEID.fullmatch(fields[len(BASE)]) else "userfield"
        return (one, *new)
    return new
