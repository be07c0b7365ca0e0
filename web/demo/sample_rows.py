"""The invented client base in the database: written past the ORM, thousands of rows at a time.

In: how many clients there shall be. Out: rows marked as sample. What a person would have typed goes the same way into the
same tables; what Slovo computes (search index, figures, last contacts) is computed by Slovo itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from calls.columns import Base
from calls.db import Database
from crm import client_figures, last_contact, tags
from crm.finding import index
from crm.finding.terms import folded
from crm.tables import (
    Client,
    ClientEmail,
    ClientNumber,
    ClientPersonal,
    ClientTag,
    Comment,
    Consent,
    Membership,
    PersonalDate,
    Task,
)
from web.demo.sample_base import SampleClient, sample_clients
from web.demo.sample_company import Company, Pairs, Rows, company_of, insert_rows, insert_samples
from web.demo.sample_sales import sell
from web.demo.sample_talks import talk

STEP = 1000


async def fill(db: Database, wanted: int, *, now: datetime, pbx: str, lang: str) -> int:
    """Make sample clients until there are `wanted`; returns how many were made.

    Args:
        db: the database.
        wanted: how many sample clients there shall be.
        now: the time that everything happened before.
        pbx: name of the PBX of their calls.
        lang: "ru" or "en".
    """
    async with db.read() as session:
        there = await session.scalar(
            select(func.count()).select_from(Client).where(Client.sample.is_(True))
        )
    made, firm = there or 0, None
    while made < wanted:
        count = min(STEP, wanted - made)
        async with db.write() as session:
            company = await company_of(session, now, pbx, lang)
            new = list(sample_clients(count, lang, first=made))
            firm = await _write(session, company, new, firm)
        made += count
    return max(0, wanted - (there or 0))


async def _write(
    session: AsyncSession, company: Company, new: Sequence[SampleClient], firm: int | None
) -> int | None:
    """Write these clients with all that belongs to them; returns the last organisation's id."""
    ids = await insert_samples(session, Client, [_client(company, one) for one in new])
    pairs = list(zip(ids, new, strict=True))
    for table, rows in _belongings(company, pairs).items():
        await insert_rows(session, table, rows)
    places = []
    for client_id, one in pairs:
        firm = client_id if one.kind == "organisation" else firm
        if one.works_at_last_firm and firm is not None:
            places.append(
                {"person_id": client_id, "organisation_id": firm, "position": one.position}
            )
    await insert_rows(session, Membership, places)
    await _tag(session, company, pairs)
    await sell(session, company, pairs)
    await talk(session, company, pairs)
    await last_contact.renew(session, ids)
    await client_figures.renew(session, ids, company.now)
    await index.renew_many(session, ids)
    return firm


def _client(company: Company, one: SampleClient) -> dict[str, Any]:
    at = company.now - timedelta(days=one.ago)
    return {
        "kind": one.kind,
        "name": one.name,
        "search_name": folded(one.name),
        "legal_name": one.legal_name,
        "inn": one.inn,
        "address": one.address,
        "source": one.source,
        "mailing_consent": one.mailing,
        "responsible_id": company.owner_of(one),
        "sample": True,
        "created_at": at,
        "updated_at": at,
    }


def _belongings(company: Company, pairs: Pairs) -> dict[type[Base], Rows]:
    found: dict[type[Base], Rows] = {
        table: []
        for table in (
            ClientNumber,
            ClientEmail,
            ClientPersonal,
            PersonalDate,
            Consent,
            Comment,
            Task,
        )
    }
    for client_id, one in pairs:
        whose, owner = {"client_id": client_id}, company.owner_of(one)
        found[ClientNumber] += [
            {**whose, "raw": e164, "e164": e164, "last10": e164[-10:], "label": label}
            for e164, label in one.numbers
        ]
        if one.email:
            found[ClientEmail].append(
                {**whose, "address": one.email, "folded": one.email, "label": ""}
            )
        if one.born_on is not None:
            born = one.born_on
            found[ClientPersonal].append({**whose, "born_on": born})
            found[PersonalDate].append(
                {
                    **whose,
                    "name": "birthday",
                    "day": born.day,
                    "month": born.month,
                    "year": born.year,
                }
            )
        if one.mailing is not None:
            at = company.now - timedelta(days=one.ago)
            found[Consent].append(
                {**whose, "kind": "mailing", "given": one.mailing, "given_at": at, "noted_at": at,
                 "source": one.source, "noted_by_id": owner}
            )  # fmt: skip
        found[Comment] += [
            {**whose, "user_id": owner, "text": text, "sample": True,
             "at": company.now - timedelta(days=ago)}
            for ago, text in one.comments
        ]  # fmt: skip
        found[Task] += [_task(company, client_id, owner, *task) for task in one.tasks]
    return found


def _task(  # noqa: PLR0913 (what a task is)
    company: Company, client_id: int, owner: int | None, ago: float, title: str, done: bool
) -> dict[str, Any]:
    due = company.now - timedelta(days=ago)
    return {
        "kind": "todo",
        "state": "done" if done else "open",
        "title": title,
        "client_id": client_id,
        "assignee_id": owner,
        "created_by_id": owner,
        "opened_at": min(due, company.now) - timedelta(days=1),
        "due_at": due,
        "closed_at": due if done else None,
        "closed_by_id": owner if done else None,
        "sample": True,
    }


async def _tag(session: AsyncSession, company: Company, pairs: Pairs) -> None:
    for name in sorted({name for _, one in pairs for name in one.tags} - company.tag_ids.keys()):
        company.tag_ids[name] = (await tags.named(session, name)).id
    rows = [
        {"client_id": client_id, "tag_id": company.tag_ids[name]}
        for client_id, one in pairs
        for name in one.tags
    ]
    await insert_rows(session, ClientTag, rows)
