"""The HTTP server's own socket, and errors of parallel parts as one line."""

import asyncio
import socket

import httpx2
import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from crm.errors import SettingInvalid
from web.cli import own_error_in
from web.server import listening_socket, serve


async def test_pages_are_served_until_they_are_stopped() -> None:
    app = Starlette(routes=[Route("/", lambda request: PlainTextResponse("here"))])
    stop, ports = asyncio.Event(), asyncio.Queue[int]()
    serving = asyncio.create_task(serve(app, "127.0.0.1", 0, stop, ports.put_nowait))
    port = await asyncio.wait_for(ports.get(), 10)
    async with httpx2.AsyncClient() as client:
        assert (await client.get(f"http://127.0.0.1:{port}/")).text == "here"
    stop.set()
    await asyncio.wait_for(serving, 10)
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.1", port)


def test_port_that_is_taken_is_named_with_the_setting() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(SettingInvalid, match=f"SLOVO_HTTP_PORT.*{port}"):
            listening_socket("127.0.0.1", port)


def test_own_error_is_found_among_the_errors_of_parallel_tasks() -> None:
    own = SettingInvalid("SLOVO_HTTP_PORT", "taken")
    assert own_error_in(ExceptionGroup("tasks", [ExceptionGroup("inner", [own])])) is own
    assert own_error_in(ExceptionGroup("tasks", [ValueError("a fault of ours")])) is None


async def test_endless_headers_are_cut_off_before_they_fill_the_memory() -> None:
    app = Starlette(routes=[Route("/", lambda request: PlainTextResponse("here"))])
    stop, ports = asyncio.Event(), asyncio.Queue[int]()
    serving = asyncio.create_task(serve(app, "127.0.0.1", 0, stop, ports.put_nowait))
    reader, writer = await asyncio.open_connection("127.0.0.1", await ports.get())
    writer.write(b"GET / HTTP/1.1\r\nHost: here\r\n")
    with pytest.raises((ConnectionError, EOFError)):
        await _send_headers(reader, writer, megabytes=10)
    writer.transport.abort()
    stop.set()
    await asyncio.wait_for(serving, 10)


async def _send_headers(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, megabytes: int
) -> None:
    for number in range(megabytes * 16):
        writer.write(b"X-%d: %b\r\n" % (number, b"a" * 65_536))
        await writer.drain()
    await reader.readuntil(b"here")
