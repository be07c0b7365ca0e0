"""Fixtures that several test files share: see the modules of `support`."""

pytest_plugins = [
    "support.cli",
    "support.databases",
    "support.web",
    "support.browser",
    "support.fixtures_asterisk",
]
