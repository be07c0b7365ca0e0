"""Forgets a client: names, numbers, notes, files, history, and what was said; what the books need stays nameless.

In: an administrator, a client whom nothing holds, and the client's name typed again. Out: everything that names the client
is deleted; deals with their sums, payments and steps, and the calls as mere events (when, how long, how it ended) stay,
with a mask for a name. Cards that were merged into this one are forgotten with it. It cannot be undone.

What stays by necessity: the PBX's own files and records, names of its recordings in `recording_files` (without them they
would be taken in anew), backups, and the rows of the audit log, which hold ids and hashes.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import String, Table, cast, delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from calls.columns import Base
from calls.tables import Call, CallLeg, CallTransfer, Recording
from crm import audit, client_rows, client_visibility, erasure, erasure_traces, legal_holds
from crm.access import Action, Actor, Permission
from crm.erasure import Gone, Order
from crm.erasure_reach import Rows, blank, remove, rows_about
from crm.errors import Invalid
from crm.file_store import place_of
from crm.finding import index
from crm.notices import announce
from crm.tables import (
    AuditEntry,
    AuditWords,
    CallLink,
    Client,
    ClientNumber,
    ClientWord,
    Erasure,
    Import,
    ImportRow,
    Inquiry,
    Notification,
    SearchGram,
    SearchWord,
    StoredFile,
    Task,
    WebhookDelivery,
)

STAYS = frozenset({"call_links", "client_figures", "clients", "deals", "disputes", "promises", "tasks",
                   "inquiries"})  # fmt: skip
"""Tables whose rows about a client stay, without words; the rows of all others are deleted."""
_LEAST_TERM = 4
"""Shorter names are looked for nowhere else: they are in too many other words."""
_AT_ONCE = 500


async def forget(
    session: AsyncSession, actor: Actor, client_id: int, typed: str, reason: str
) -> Erasure:
    """Forget a client for good. `erasure.finish` must be called after the commit.

    Args:
        session: a write session.
        actor: who.
        client_id: whom.
        typed: the client's name as on the card, or a number of theirs where there is no name.
        reason: why, without the name.

    Raises:
        Forbidden: the actor may not.
        NotFound: there is no such client, or one that the actor may not see.
        Held: something holds the client or one of their calls; nothing was deleted.
        Invalid: another name was typed, or no reason was given.
    """
    actor.require(Permission.DATA_ERASE)
    await client_visibility.require(session, actor, client_id, Action.DELETE)
    ids = await _with_merged(session, client_id)
    terms = await _terms(session, ids)
    if " ".join(typed.split()).lower() not in {term.lower() for term in terms}:
        raise Invalid("forget_typed", "type the name exactly as it stands on the card")
    if not reason.strip():
        raise Invalid("erase_reason", "say why it is deleted, without the words themselves")
    for one in ids:
        await legal_holds.require_client_free(session, one)
    gone = Gone()
    await _forget_calls(session, ids, terms, gone)
    await _forget_card(session, ids, gone)
    await _sweep(session, terms)
    if gone.texts:
        await erasure_traces.forget_said(session, gone.texts, by_person=True)
    row = await erasure.log(
        session, actor, "client", client_id, Order(what="client", reason=reason), gone
    )
    announce(session, "client", client_id)
    return row


async def _with_merged(session: AsyncSession, client_id: int) -> list[int]:
    ids, fresh = [client_id], [client_id]
    while fresh:
        merged = await session.scalars(select(Client.id).where(Client.merged_into_id.in_(fresh)))
        fresh = [one for one in merged.all() if one not in ids]
        ids += fresh
    return ids


async def _terms(session: AsyncSession, ids: Collection[int]) -> set[str]:
    """Names and numbers of the cards: what is typed again, and what is looked for elsewhere."""
    names = await session.scalars(select(Client.name).where(Client.id.in_(ids)))
    terms = {" ".join(name.split()) for name in names.all()}
    numbers = select(ClientNumber.raw, ClientNumber.e164).where(ClientNumber.client_id.in_(ids))
    for raw, e164 in await session.execute(numbers):
        terms |= {raw, e164 or ""}
    return {term for term in terms if len(term) >= 2}


async def _forget_calls(
    session: AsyncSession, ids: Collection[int], terms: Collection[str], gone: Gone
) -> None:
    linked = select(CallLink.call_id).where(CallLink.client_id.in_(ids))
    foreign = select(CallLink.call_id).where(CallLink.client_id.not_in(ids))
    of_number = Call.remote_e164.in_([term for term in terms if term.startswith("+")])
    query = select(Call.id).where(or_(Call.id.in_(linked), of_number & Call.id.not_in(foreign)))
    call_ids = list((await session.scalars(query)).all())
    gone.files += await erasure_traces.drop_packs(session, call_ids)
    for call_id in call_ids:
        await erasure.forget_sound(session, call_id, gone)
        await erasure.forget_words(session, call_id, gone)
        await _nameless_call(session, call_id, terms)
    gone.count({"calls": len(call_ids)})


async def _nameless_call(session: AsyncSession, call_id: int, terms: Collection[str]) -> None:
    call = await session.get_one(Call, call_id, populate_existing=True)
    numbers = {*terms, call.remote_number, call.remote_e164 or ""} - {""}
    for key, names in (
        (_table(Call).c.id, ("caller", "called", "answered_by", "final_handler")),
        (_table(CallLeg).c.call_id, ("number",)),
        (_table(CallTransfer).c.call_id, ("source", "target")),
    ):
        for name in names:
            of = update(key.table).where(key == call_id, key.table.c[name].in_(numbers))
            await session.execute(of.values({name: ""}))
    values: dict[str, Any] = {"remote_number": "", "remote_e164": None, "caller_name": "", "detail": {},
              "reason_args": {}, "reason_key": "", "caller_hidden": True}  # fmt: skip
    await session.execute(update(Call).where(Call.id == call_id).values(values))
    recordings = await session.scalars(select(Recording).where(Recording.call_id == call_id))
    for recording in recordings.all():
        recording.source_key, recording.source = f"forgotten-{recording.id}", {}


async def _forget_card(session: AsyncSession, ids: Collection[int], gone: Gone) -> None:
    rows = await rows_about(session, "clients", ids)
    gone.files += await _files(session, rows)
    gone.files += await _uploads(session, ids)
    words = await session.scalars(select(ClientWord.word_id).where(ClientWord.client_id.in_(ids)))
    word_ids = set(words.all())
    gone.count(await erasure_traces.forget(session, rows))
    await _forget_audit_words(session, rows)
    gone.count(await blank(session, rows))
    gone.count(await remove(session, "stored_files", rows.get("stored_files", ())))
    for reference in client_rows.all_references():
        if reference.table.name not in STAYS:
            await session.execute(delete(reference.table).where(reference.column.in_(ids)))
            gone.count({reference.table.name: 0})
    await _nameless(session, rows, ids)
    await index.renew(session, ids)
    await _drop_words(session, word_ids)


async def _nameless(session: AsyncSession, rows: Rows, ids: Collection[int]) -> None:
    """Short texts that name somebody, in rows that stay."""
    now = datetime.now(UTC)
    card = {"name": "", "search_name": "", "inn": "", "kpp": "", "ogrn": "", "deleted_at": now,
            "responsible_id": None, "mailing_consent": None, "recording_consent": None}  # fmt: skip
    table = _table(Client)
    await session.execute(
        update(table).where(table.c.id.in_(ids)).values(card | {"version": table.c.version + 1})
    )
    for some in _chunks(rows.get("tasks", ())):
        held = update(_table(Task)).where(_table(Task).c.id.in_(some))
        of_open = held.where(_table(Task).c.state == "open")
        await session.execute(of_open.values(state="cancelled", closed_at=now))
        await session.execute(held.values(number="", e164=None, subject_key="forgotten"))
    for some in _chunks(rows.get("inquiries", ())):
        held = update(_table(Inquiry)).where(_table(Inquiry).c.id.in_(some))
        await session.execute(held.values(number=""))


async def _files(session: AsyncSession, rows: Rows) -> list[dict[str, str]]:
    """Bytes of files of the client and their deals that no other client has as well."""
    ids = set(rows.get("stored_files", ()))
    mine = await session.scalars(select(StoredFile.sha256).where(StoredFile.id.in_(ids)))
    hashes = set(mine.all())
    others = select(StoredFile.sha256).where(
        StoredFile.sha256.in_(hashes), StoredFile.id.not_in(ids)
    )
    hashes -= set((await session.scalars(others)).all())
    return [{"path": place_of(one), "sha256": one} for one in sorted(hashes)]


async def _uploads(session: AsyncSession, ids: Collection[int]) -> list[dict[str, str]]:
    """Files that were imported and had a row of the client: they go as a whole, the import stays."""
    of = select(ImportRow.import_id).where(ImportRow.client_id.in_(ids))
    made = select(Client.import_id).where(Client.id.in_(ids), Client.import_id.is_not(None))
    query = select(Import).where(or_(Import.id.in_(of), Import.id.in_(made)), Import.path != "")
    files = []
    for row in (await session.scalars(query)).all():
        files.append({"path": row.path, "sha256": ""})
        row.path = ""
    await session.flush()
    return files


async def _forget_audit_words(session: AsyncSession, rows: Rows) -> None:
    for name, ids in rows.items():
        for some in _chunks(ids):
            found = await session.scalars(
                select(AuditEntry.id).where(
                    AuditEntry.subject_kind == erasure_traces.one_of(name),
                    AuditEntry.subject_id.in_([str(one) for one in some]),
                )
            )
            await audit.forget_words(session, found.all())


async def _drop_words(session: AsyncSession, word_ids: Collection[int]) -> None:
    """Words of the search box that only this client had."""
    still = await session.scalars(
        select(ClientWord.word_id).where(ClientWord.word_id.in_(word_ids))
    )
    for some in _chunks(set(word_ids) - set(still.all())):
        await session.execute(delete(SearchGram).where(SearchGram.word_id.in_(some)))
        await session.execute(delete(SearchWord).where(SearchWord.id.in_(some)))


async def _sweep(session: AsyncSession, terms: Collection[str]) -> None:
    """Notices, deliveries and logged searches that name the client, whatever they are about."""
    for term in terms:
        if len(term) < _LEAST_TERM:
            continue
        forms = (term, term.encode("ascii", "backslashreplace").decode())
        for model, column in (
            (Notification, Notification.detail),
            (WebhookDelivery, WebhookDelivery.payload),
            (AuditWords, AuditWords.words),
        ):
            shown = cast(column, String)
            named = or_(*(shown.contains(form, autoescape=True) for form in forms))
            await session.execute(delete(model).where(named))


def _table(model: type[Base]) -> Table:
    return Base.metadata.tables[model.__tablename__]


def _chunks(ids: Collection[int]) -> list[list[int]]:
    ordered = sorted(ids)
    return [ordered[at : at + _AT_ONCE] for at in range(0, len(ordered), _AT_ONCE)]
