"""The command's root: its table, its speed, its errors."""

import subprocess
import sys

import pytest
from support.cli import Run

from web.cli import COMMANDS, LazyGroup, app


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_of_the_table_exists_and_has_help(slovo: Run, name: str) -> None:
    ran = slovo(name, "--help")
    assert ran.code == 0
    assert "Usage" in ran.out


def test_help_imports_nothing_heavy() -> None:
    heavy = [
        "vosk",
        "numpy",
        "starlette",
        "sqlalchemy",
        "pydantic",
        "structlog",
        "panoramisk",
        "uvicorn",
        "alembic",
    ]
    program = (
        "import sys; from web.cli import app\n"
        "try:\n    app(['--help'])\nexcept SystemExit as end:\n    assert end.code == 0\n"
        f"print('LOADED', [name for name in {heavy!r} if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.endswith("LOADED []\n")
    for name in COMMANDS:
        assert name in done.stdout


def test_unknown_command_and_option_are_usage_errors(slovo: Run) -> None:
    assert slovo("nonsense").code == 2
    assert slovo("--nonsense").code == 2
    assert slovo("--log-level", "loud", "settings").code == 2


def test_own_error_shows_its_traceback_only_for_debugging(
    slovo: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SLOVO_HTTP_PORT", "x")
    assert slovo("settings").code == 1
    monkeypatch.setenv("SLOVO_DEBUG", "1")
    with pytest.raises(Exception, match="SLOVO_HTTP_PORT"):
        slovo("settings")


def test_root_is_the_lazy_group() -> None:
    assert app.info.cls is LazyGroup


def test_logs_go_to_standard_error_and_json_stays_alone() -> None:
    program = (
        "import structlog, sys; from web.cli.logs import set_up_logs\n"
        "set_up_logs('info'); structlog.get_logger().info('it_happened', number=7)\n"
        "import logging; logging.getLogger('other').warning('theirs'); print('{}')"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout == "{}\n"
    assert "it_happened" in done.stderr
    assert "number=7" in done.stderr
    assert "theirs" in done.stderr
