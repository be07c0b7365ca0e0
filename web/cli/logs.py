"""Logs of every process: structlog and the standard library's loggers, one line per event on standard error."""

from __future__ import annotations

import logging
import sys

import structlog
import typer
from structlog.typing import Processor

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
    "httpx2",
    "httpcore2",
)
"""Loggers of others, whose everyday lines are of use to their authors only."""


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
                structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty()),
            ],
        )
    )
    logging.root.handlers = [handler]
    logging.root.setLevel(threshold)
    for name in NOISY:
        logging.getLogger(name).setLevel(max(threshold, logging.WARNING))
