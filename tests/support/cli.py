"""The command `slovo` in tests: run in this process, in a directory and with an environment of its own."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import structlog
from typer.testing import CliRunner

from web.cli import app

Run = Callable[..., "Ran"]


class Ran:
    """What a command said, and its exit code."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err


@pytest.fixture
def slovo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    """Run `slovo ARGUMENT…`; `stdin` is what is typed. The data directory is `tmp_path / "data"`."""
    for name in list(os.environ):
        if name.startswith("SLOVO_"):
            monkeypatch.delenv(name)
    # Commands set these; so the test's end puts them back.
    for name in ("SLOVO_CONFIG", "SLOVO_DATA_DIR"):
        monkeypatch.setenv(name, "")
    monkeypatch.chdir(tmp_path)
    handlers, level = logging.root.handlers[:], logging.root.level

    def run(*arguments: str, stdin: str = "") -> Ran:
        done = CliRunner().invoke(app, list(arguments), input=stdin, catch_exceptions=False)
        return Ran(done.exit_code, done.stdout, done.stderr)

    yield run
    logging.root.handlers, logging.root.level = handlers, level
    structlog.reset_defaults()
