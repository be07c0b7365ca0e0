"""The newcomer's first minute: `slovo init` and `slovo demo`, as `make run` calls them."""

import asyncio
import json
import os
import re
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest

ROOT = Path(__file__).resolve().parents[2]
START_S = 60


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("SLOVO_")}
    return {**clean, "SLOVO_DATA_DIR": str(tmp_path / "data"), "SLOVO_HTTP_PORT": "0"}


async def slovo(env: dict[str, str], *arguments: str) -> str:
    """Run a command to its end; returns what it printed."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "web", *arguments, env=env, cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    printed, _ = await process.communicate()
    assert process.returncode in (0, 1 if arguments[0] == "search" else 0), arguments
    return printed.decode()


@asynccontextmanager
async def demo(env: dict[str, str]) -> AsyncIterator[tuple[str, dict[str, str]]]:
    """Run the demonstration inside the block; gives its address and the printed accounts."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "web",
        "demo",
        "--clients",
        "12",
        env={**env, "PYTHONUNBUFFERED": "1"},
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    assert process.stdout is not None
    try:
        async with asyncio.timeout(START_S):
            started = await _started(process.stdout)
        yield started
    finally:
        if process.returncode is None:
            process.terminate()
        assert await asyncio.wait_for(process.wait(), 30) == 0


async def _started(printed: asyncio.StreamReader) -> tuple[str, dict[str, str]]:
    accounts: dict[str, str] = {}
    while line := (await printed.readline()).decode():
        if account := re.match(r"  (\w+) +(\S+)  (\w+)", line):
            accounts[account[1]] = account[2]
        if found := re.search(r"http://\S+", line):
            return found[0], accounts
    pytest.fail("slovo demo ended before it was ready")


async def calls_of(env: dict[str, str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (await slovo(env, "calls", "--json")).splitlines()]


async def test_newcomer_logs_in_with_a_printed_account_and_sees_calls_coming_in(
    env: dict[str, str],
) -> None:
    await slovo(env, "init")
    async with demo(env) as (address, accounts):
        assert set(accounts) == {"anna", "boris", "vera", "gleb", "sofia", "chief"}
        async with httpx2.AsyncClient(headers={"Origin": address}) as client:
            account = {"login": "sofia", "password": accounts["sofia"]}
            assert (await client.post(f"{address}/login", data=account)).status_code == 303
            page = (await client.get(f"{address}/calls")).text
        assert 'data-testid="call-row"' in page
        history = len(await calls_of(env))
        async with asyncio.timeout(90):
            while len(await calls_of(env)) == history:
                await asyncio.sleep(1)


async def test_sample_words_are_found_and_say_that_no_engine_heard_them(
    env: dict[str, str],
) -> None:
    await slovo(env, "init")
    async with demo(env) as (address, accounts), asyncio.timeout(60):
        while not (hits := json.loads(await slovo(env, "search", "скидка", "--json"))):
            await asyncio.sleep(1)
        async with httpx2.AsyncClient(
            headers={"Origin": address, "Accept-Language": "en"}
        ) as client:
            account = {"login": "sofia", "password": accounts["sofia"]}
            await client.post(f"{address}/login", data=account)
            page = (await client.get(f"{address}/calls/{hits[0]['call']}")).text
    assert "скидку" in " ".join(hit["text"] for hit in hits)
    assert "sample" in page.lower()


async def test_second_start_keeps_accounts_clients_and_history(env: dict[str, str]) -> None:
    await slovo(env, "init")
    async with demo(env) as (_, first):
        before = {call["linkedid"] for call in await calls_of(env)}
    async with demo(env) as (_, second):
        after = {call["linkedid"] for call in await calls_of(env)}
    assert second == first
    assert before <= after


async def test_without_a_secret_key_no_account_is_promised(env: dict[str, str]) -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "web", "demo"),
        env=env,
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    printed, said = await process.communicate()
    assert process.returncode == 1
    assert printed == b""
    assert b"slovo init" in said
