"""What the search box and the filters look into: words, parts of words and folded texts of clients.

In: ids of clients whose card, company, addresses, deals or custom values changed. Out: rows of `search_words`,
`search_grams`, `client_words` and `client_texts`, in the transaction of the change itself.

Whoever changes what a client can be found by calls `renew` with the client's id, after the change and before the commit;
whoever writes many clients at once calls `renew_many`. Telephone numbers and tags are looked up in their own tables: a
change of these alone needs no call.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from sqlalchemy import Select, and_, delete, exists, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from calls.columns import Base
from calls.db import Database, upsert
from crm.client_visibility import LISTED
from crm.finding.grams import grams_of
from crm.finding.terms import folded, words_of
from crm.tables import (
    Client,
    ClientEmail,
    ClientText,
    ClientWord,
    CustomField,
    CustomValue,
    Deal,
    Membership,
    SearchGram,
    SearchWord,
)

CHUNK = 500
"""Clients of one step; SQLite takes at most 32 766 values in a statement."""
TEXT_LENGTH = 2000
"""Longer texts are cut for filters."""
MOST_WORDS = 200
"""Of one field of one client: nobody looks for the rest."""
TEXT_FIELDS = ("address", "legal_address", "legal_name", "notes", "position")
"""What is kept folded for filters."""
_WORD_KINDS = ("text", "list", "many", "link")

T = TypeVar("T")
_Words = dict[int, set[tuple[str, str]]]
_Texts = dict[int, dict[str, str]]
_Found = tuple[int, str, str]
"""(client, field, text)."""


async def renew(session: AsyncSession, client_ids: Iterable[int]) -> None:
    """Bring the index up to date with these clients; of an organisation with its contact persons as well.

    Args:
        session: the write session of the change.
        client_ids: whose; ids of cards that are gone are fine.
    """
    await session.flush()
    given = list(dict.fromkeys(client_ids))
    staff: list[int] = []
    for ids in _chunks(given):
        # Their company's name is a word of theirs.
        of_firms = select(Membership.person_id).where(Membership.organisation_id.in_(ids))
        staff += await session.scalars(of_firms)
    await renew_many(session, dict.fromkeys([*given, *staff]))


async def renew_many(session: AsyncSession, client_ids: Iterable[int]) -> None:
    """As `renew` for many clients at once, in few statements. Give contact persons of changed organisations as well.

    Args:
        session: the write session of the change; everything is flushed or was written past it.
        client_ids: whose.
    """
    for ids in _chunks(list(client_ids)):
        words, texts = await _gather(session, ids)
        await _keep_words(session, ids, words)
        await _keep_texts(session, ids, texts)


async def index_missing(db: Database, limit: int = 20_000) -> int:
    """Index clients that have a name or an address but no words: those of a time before the index.

    Returns:
        How many were looked at.
    """
    done, after = 0, 0
    while done < limit:
        async with db.write() as session:
            ids = list(await session.scalars(_without_words(after)))
            if not ids:
                break
            await renew_many(session, ids)
        done, after = done + len(ids), ids[-1]
    return done


def _without_words(after: int) -> Select[int]:
    has_email = exists().where(ClientEmail.client_id == Client.id)
    indexed = exists().where(ClientWord.client_id == Client.id)
    return (
        select(Client.id)
        .where(LISTED, Client.id > after, ~indexed, or_(Client.search_name != "", has_email))
        .order_by(Client.id)
        .limit(CHUNK)
    )


async def _gather(session: AsyncSession, ids: Sequence[int]) -> tuple[_Words, _Texts]:
    """Everything that these clients are found by, as it stands in the tables now."""
    words: _Words = defaultdict(set)
    texts: _Texts = defaultdict(dict)
    for client_id, field, text in [
        *await _cards(session, ids, texts),
        *await _places(session, ids, texts),
        *await _deals_and_values(session, ids),
    ]:
        words[client_id].update((word, field) for word in words_of(text)[:MOST_WORDS])
    return words, texts


async def _cards(session: AsyncSession, ids: Sequence[int], texts: _Texts) -> list[_Found]:
    columns = [Client.id, Client.name, Client.inn, Client.ogrn, Client.kpp]
    kept = [Client.legal_name, Client.address, Client.legal_address, Client.notes]
    found: list[_Found] = []
    for row in await session.execute(select(*columns, *kept).where(Client.id.in_(ids))):
        found.append((row.id, "name", f"{row.name} {row.legal_name}"))
        found.append((row.id, "inn", f"{row.inn} {row.ogrn} {row.kpp}"))
        for column in kept:
            texts[row.id][column.key] = _text(getattr(row, column.key))
    emails = select(ClientEmail.client_id, ClientEmail.folded).where(ClientEmail.client_id.in_(ids))
    found += [(client_id, "email", text) for client_id, text in await session.execute(emails)]
    return found


async def _places(session: AsyncSession, ids: Sequence[int], texts: _Texts) -> list[_Found]:
    firm = aliased(Client)
    query = (
        select(
            Membership.person_id,
            Membership.position,
            firm.name,
            firm.deleted_at,
            firm.merged_into_id,
        )
        .join(firm, firm.id == Membership.organisation_id)
        .where(Membership.person_id.in_(ids))
        .order_by(Membership.id)
    )
    found: list[_Found] = []
    for person_id, position, name, deleted_at, merged_into_id in await session.execute(query):
        if deleted_at is None and merged_into_id is None:
            found.append((person_id, "company", name))
            before = texts[person_id].get("position", "")
            texts[person_id]["position"] = _text(f"{before} {position}")
    return found


async def _deals_and_values(session: AsyncSession, ids: Sequence[int]) -> list[_Found]:
    deals = select(Deal.client_id, Deal.name, Deal.deleted_at).where(Deal.client_id.in_(ids))
    found: list[_Found] = [
        (client_id, "deal", name)
        for client_id, name, deleted_at in await session.execute(deals)
        if client_id is not None and deleted_at is None
    ]
    kinds = select(CustomField.id).where(CustomField.kind.in_(_WORD_KINDS))
    fields = set(await session.scalars(kinds))
    values = select(CustomValue.client_id, CustomValue.field_id, CustomValue.text)
    found += [
        (client_id, "custom", text)
        for client_id, field_id, text in await session.execute(
            values.where(CustomValue.client_id.in_(ids))
        )
        if client_id is not None and field_id in fields
    ]
    return found


async def _keep_words(session: AsyncSession, ids: Sequence[int], words: _Words) -> None:
    wanted = sorted({word for found in words.values() for word, _ in found})
    known = await _word_ids(session, wanted)
    there: dict[int, set[tuple[int, str]]] = defaultdict(set)
    rows = select(ClientWord.client_id, ClientWord.word_id, ClientWord.field)
    for client_id, word_id, field in await session.execute(
        rows.where(ClientWord.client_id.in_(ids))
    ):
        there[client_id].add((word_id, field))
    new = []
    for client_id in ids:
        having = {(known[word], field) for word, field in words.get(client_id, ())}
        new += [
            {"client_id": client_id, "word_id": word_id, "field": field}
            for word_id, field in sorted(having - there[client_id])
        ]
        await _drop_words(session, client_id, there[client_id] - having)
    await _add(session, ClientWord, new, ["client_id", "word_id", "field"])


async def _drop_words(
    session: AsyncSession, client_id: int, gone: Iterable[tuple[int, str]]
) -> None:
    by_field: dict[str, list[int]] = defaultdict(list)
    for word_id, field in gone:
        by_field[field].append(word_id)
    for field, word_ids in by_field.items():
        mine = and_(ClientWord.client_id == client_id, ClientWord.field == field)
        await session.execute(delete(ClientWord).where(mine, ClientWord.word_id.in_(word_ids)))


async def _word_ids(session: AsyncSession, words: Sequence[str]) -> Mapping[str, int]:
    """Ids of these words; new ones are added with their parts. Sorted, so that two writers never wait for each other."""
    known = await _known(session, words)
    new = [word for word in words if word not in known]
    for some in _chunks(new, 2000):
        await upsert(
            session, SearchWord, [{"word": word} for word in some], ["word"], replace=False
        )
    if new:
        added = await _known(session, new)
        # A word that another writer added meanwhile has its parts from there, or gets the same ones from here.
        grams = sorted((gram, added[word]) for word in new for gram in grams_of(word))
        for some_grams in _chunks(grams, 5000):
            rows = [{"gram": gram, "word_id": word_id} for gram, word_id in some_grams]
            await upsert(session, SearchGram, rows, ["gram", "word_id"], replace=False)
        known = {**known, **added}
    return known


async def _known(session: AsyncSession, words: Sequence[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for some in _chunks(words, 5000):
        query = select(SearchWord.word, SearchWord.id).where(SearchWord.word.in_(some))
        found.update((word, word_id) for word, word_id in await session.execute(query))
    return found


async def _keep_texts(session: AsyncSession, ids: Sequence[int], texts: _Texts) -> None:
    there: dict[tuple[int, str], str] = {}
    rows = select(ClientText.client_id, ClientText.field, ClientText.folded)
    for client_id, field, text in await session.execute(rows.where(ClientText.client_id.in_(ids))):
        there[client_id, field] = text
    wanted = {
        (client_id, field): text
        for client_id, found in texts.items()
        for field, text in found.items()
        if text
    }
    for client_id, field in there.keys() - wanted.keys():
        gone = and_(ClientText.client_id == client_id, ClientText.field == field)
        await session.execute(delete(ClientText).where(gone))
    new = [
        {"client_id": client_id, "field": field, "folded": text}
        for (client_id, field), text in wanted.items()
        if there.get((client_id, field)) != text
    ]
    await _add(session, ClientText, new, ["field", "client_id"])


async def _add(
    session: AsyncSession, table: type[Base], rows: list[dict[str, Any]], key: Sequence[str]
) -> None:
    # Two transactions may renew the same client at once: what one of them wrote is right for the other.
    for some in _chunks(rows, 5000):
        await upsert(session, table, some, key, replace=table is ClientText)


def _text(text: str) -> str:
    return folded(text)[:TEXT_LENGTH]


def _chunks(things: Sequence[T], size: int = CHUNK) -> Iterator[Sequence[T]]:
    for start in range(0, len(things), size):
        yield things[start : start + size]
