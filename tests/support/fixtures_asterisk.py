"""The fixtures of the real Asterisk: `asterisk` (one for all tests of a run), `phones`, `ami`.

Tests that use them carry the marker `asterisk`. Where none can be made they are skipped with the reason; with CI=true
they fail, for there it must be there.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator

import pytest
from support.ami_tap import AmiTap
from support.asterisk import AsteriskUnavailable
from support.asterisk_server import AsteriskServer
from support.sipp import Phones


@pytest.fixture(scope="session")
def asterisk() -> Iterator[AsteriskServer]:
    """A running Asterisk 22 with our configuration."""
    try:
        missing = [name for name in ("sipp", "ffmpeg") if not shutil.which(name)]
        if missing:
            raise AsteriskUnavailable(f"not installed: {', '.join(missing)}")
        server = AsteriskServer()
        server.__enter__()
    except AsteriskUnavailable as error:
        if os.environ.get("CI") == "true":
            pytest.fail(f"no test Asterisk: {error}", pytrace=False)
        pytest.skip(f"no test Asterisk: {error}")
    try:
        yield server
    finally:
        server.stop()


@pytest.fixture
def phones(asterisk: AsteriskServer) -> Iterator[Phones]:
    """The telephones of one test; afterwards no call is left."""
    with Phones(asterisk) as phones:
        yield phones


@pytest.fixture
def ami(asterisk: AsteriskServer) -> Iterator[AmiTap]:
    """What the account `slovo` sees, with the rights and filters of asterisk-conf/manager.conf."""
    with AmiTap(asterisk.ami, "slovo", asterisk.secret) as tap:
        yield tap
