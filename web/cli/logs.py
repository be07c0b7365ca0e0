"""Logs of every process: structlog and the standard library's loggers, one line per event on standard error.

In: events of any part. Out: lines without personal data: of a telephone number the last four digits are left, and
tracebacks show no values of variables.
"""

from __future__ import annotations

import logging
import re
import sys

import structlog
import typer
from structlog.typing import EventDict, Processor

LEVELS = {
    "debug": logging.DEBUG,
    "info": logging.INFO,
    "warning": logging.WARNING,
    "error": logging.ERROR,
}
NOISY = (
    "asyncio",
    "aiosqlite",
    "sqlalchemy.engine",
    "alembic",
    "panoramisk",
    "pymorphy3",
    "httpx2",
    "httpcore2",
)
"""Loggers of others, whose everyday lines are of use to their authors only."""


_NUMBER = re.compile(r"(?<![A-Za-z0-9.])\+?\d{6,11}(\d{4})(?![0-9]|\.[0-9])")
"""Ten to fifteen digits; Asterisk's ids ("1795315726.25") and parts of longer words are none."""


_STEERING = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]")


def hide_numbers(_logger: object, _method: str, event: EventDict) -> EventDict:
    """Leave the last four digits of every telephone number: errors of others quote what they were given."""
    for key, value in event.items():
        if isinstance(value, str):
            event[key] = _NUMBER.sub(r"…\1", value)
    return event


def show_controls(_logger: object, _method: str, event: EventDict) -> EventDict:
    """Spell out what would steer a terminal (escapes, turned writing): addresses and logins come from strangers."""
    for key, value in event.items():
        if isinstance(value, str):
            event[key] = _STEERING.sub(lambda found: ascii(found.group())[1:-1], value)
    return event


def set_up_logs(level: str) -> None:
    """Send all logs of at least this level to standard error.

    Args:
        level: "debug", "info", "warning" or "error".

    Raises:
        typer.BadParameter: another word.
    """
    if level.lower() not in LEVELS:
        raise typer.BadParameter(f"{level!r} is none of {', '.join(LEVELS)}")
    threshold = LEVELS[level.lower()]
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(threshold),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                hide_numbers,
                show_controls,
                structlog.dev.ConsoleRenderer(
                    colors=sys.stderr.isatty(),
                    # The usual one prints the variables of every frame where rich is installed.
                    exception_formatter=structlog.dev.plain_traceback,
                ),
            ],
        )
    )
    logging.root.handlers = [handler]
    logging.root.setLevel(threshold)
    for name in NOISY:
        logging.getLogger(name).setLevel(max(threshold, logging.WARNING))
