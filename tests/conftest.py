"""Fixtures that several test files share: see the modules of `support`."""

import pytest

IN_REAL_TIME = {"asterisk", "chromium", "vosk"}
"""Marks of tests that wait for telephones, pages or the speech engine more than they compute."""

pytest_plugins = [
    "support.cli",
    "support.databases",
    "support.web",
    "support.browser",
    "support.fixtures_asterisk",
]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """In parallel runs, keep what happens in real time on one worker, one after the other."""
    for item in items:
        if not IN_REAL_TIME.isdisjoint(mark.name for mark in item.iter_markers()):
            item.add_marker(pytest.mark.xdist_group("real-time"))
