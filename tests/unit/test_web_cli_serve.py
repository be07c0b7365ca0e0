import pytest
from support.cli import Run


@pytest.mark.parametrize("part", ["web", "listen", "work"])
def test_part_alone_on_sqlite_is_refused_with_what_to_do(slovo: Run, part: str) -> None:
    assert slovo("init").code == 0
    refused = slovo("serve", "--only", part)
    assert refused.code == 1
    assert "SLOVO_DATABASE_URL" in refused.err
    assert "postgresql://" in refused.err
