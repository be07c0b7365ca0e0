"""Rigs for the HTTP API: a program with a token of its own."""

from __future__ import annotations

from collections.abc import Iterable

import httpx2
from support.web import ORIGIN, Site

from crm import agents, api_tokens
from crm.api_tokens import SCOPES


async def program(
    site: Site, login: str, scopes: Iterable[str] = tuple(SCOPES)
) -> httpx2.AsyncClient:
    """A program that acts as this person, with these scopes. It sends no cookie and no Origin, as programs do."""
    async with site.services.db.write() as session:
        user = await agents.by_login(session, login)
        actor = await agents.actor_for(session, user)
        token = await api_tokens.add(session, actor, "test", scopes)
    client = httpx2.AsyncClient(
        transport=httpx2.ASGITransport(app=site.app, client=("127.0.0.1", 50001)),
        base_url=ORIGIN,
        headers={"authorization": f"Bearer {token.secret}"},
    )
    return await site.stack.enter_async_context(client)
