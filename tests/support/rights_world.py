"""A small world for the matrix of rights: the same things for every way in which a client may stand to a person.

A client's name says how it stands: "Quorin Ownov", "Quorin Deptov" …; pages must never show a name that is hidden.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession
from support.clients import client
from support.web import Site
from support.web_seed import add_call

from calls.tables import Recording, Transcript, Utterance
from crm import departments
from crm.access import SYSTEM
from crm.tables import (
    Client,
    Comment,
    Deal,
    Funnel,
    Inquiry,
    PhoneHolding,
    Promise,
    RecordingMark,
    SharedClip,
    Stage,
    StoredFile,
    Task,
    User,
)
from web.services import utc_now


class Relation(StrEnum):
    """How a client stands to the person who asks."""

    OWN = "own"
    DEPT = "dept"
    """A colleague's, of the department below."""
    OTHER = "other"
    """Somebody's of another department."""
    NOBODY = "nobody"
    """Nobody is responsible, and a stranger made it."""
    BIN = "bin"
    """Own, in the bin, with all that belonged to it."""
    MERGED = "merged"
    """Own, merged into another own card."""
    CROSSED = "crossed"
    """A stranger's client, but the deal, the task, the inquiry and the call are the person's own."""


STEM = "Quorin"
PHONES = {Relation.OWN: "101", Relation.DEPT: "102", Relation.OTHER: "103", Relation.NOBODY: "",
          Relation.BIN: "101", Relation.MERGED: "101", Relation.CROSSED: "101"}  # fmt: skip


def name_of(relation: Relation) -> str:
    """The client's name."""
    return f"{STEM} {relation.title()}ov"


@dataclass
class World:
    """Ids of everything, by kind and relation."""

    ids: dict[str, dict[Relation, int]] = field(default_factory=dict)
    funnel_id: int = 0
    stage_id: int = 0
    versions: dict[str, int] = field(default_factory=dict)

    def put(self, kind: str, relation: Relation, row_id: int) -> None:
        self.ids.setdefault(kind, {})[relation] = row_id

    def of(self, kind: str, relation: Relation) -> int:
        return self.ids[kind][relation]


async def build(site: Site) -> World:
    """People in departments: sergey's is the other one; boris belongs below the askers; nophone is the stranger."""
    world, db = World(), site.services.db
    async with db.write() as session:
        mine = (await departments.add(session, SYSTEM, "Sales")).id
        below = (await departments.add(session, SYSTEM, "North", mine)).id
        other = (await departments.add(session, SYSTEM, "Service")).id
        for login, department in (
            ("anna", mine),
            ("mila", mine),
            ("boris", below),
            ("nophone", other),
        ):
            await session.execute(
                update(User).where(User.login == login).values(department_id=department)
            )
        stage = Stage(name="New", kind="open")
        funnel = Funnel(name="Sales", stages=[stage, Stage(name="Won", kind="won", place=1),
                                              Stage(name="Lost", kind="lost", place=2)])  # fmt: skip
        session.add(funnel)
        await session.flush()
        world.funnel_id, world.stage_id = funnel.id, stage.id
        stranger = PhoneHolding(user_id=site.people["nophone"], pbx="main", extension="103")
        session.add(stranger)
    for place, relation in enumerate(Relation):
        number = f"+7912000110{place}"
        world.put("client", relation, await client(db, name_of(relation), number))
        async with db.write() as session:
            await _belongings(session, world, relation, number)
    async with db.write() as session:
        away = {"deleted_at": utc_now(), "deleted_by_id": site.people["root"]}
        gone = world.of("client", Relation.BIN)
        await session.execute(update(Client).where(Client.id == gone).values(away))
        deal = world.of("deal", Relation.BIN)
        await session.execute(update(Deal).where(Deal.id == deal).values(away))
        merged = update(Client).where(Client.id == world.of("client", Relation.MERGED))
        await session.execute(merged.values(merged_into_id=world.of("client", Relation.OWN)))
    return world


async def _belongings(session: AsyncSession, world: World, relation: Relation, number: str) -> None:
    now, client_id = utc_now(), world.of("client", relation)
    deal = Deal(name=f"Deal {relation}", client_id=client_id, funnel_id=world.funnel_id,
                stage_id=world.stage_id, opened_at=now, stage_at=now, updated_at=now)  # fmt: skip
    phone = PHONES[relation]
    call = await add_call(session, f"7.{relation}", at=now - timedelta(hours=1), number=number,
                          extension=phone or "109", outcome="answered" if phone else "missed",
                          client_id=client_id, queue="")  # fmt: skip
    rows: dict[str, Any] = {
        "deal": deal,
        "file": StoredFile(client_id=client_id, name="bill.pdf", media_type="application/pdf",
                           size_bytes=1, sha256="0" * 64, at=now),
        "comment": Comment(client_id=client_id, text="A word", at=now),
        "task": Task(kind="todo", title="To do", client_id=client_id, opened_at=now),
        "inquiry": Inquiry(client_id=client_id, state="new", number=number, opened_at=now,
                           last_contact_at=now),
        "recording": Recording(call_id=call.id, source_key=f"{relation}.wav", state="ready",
                               path="none.ogg", created_at=now),
        "promise": Promise(call_id=call.id, client_id=client_id, quote="so", what="so", marked_at=now),
    }  # fmt: skip
    session.add_all(rows.values())
    await session.flush()
    for kind, row in rows.items():
        world.put(kind, relation, row.id)
    world.put("call", relation, call.id)
    world.put("heard_call", relation, call.id)
    await _notes_on(session, world, relation, rows["recording"].id)
    said = Transcript(call_id=call.id, recording_id=rows["recording"].id, origin="engine",
                      model="test-model", created_at=now)  # fmt: skip
    said.utterances = [
        Utterance(call_id=call.id, turn=0, side="client", start_s=0, end_s=1, text="a word")
    ]
    session.add(said)
    await session.flush()
    world.put("transcript", relation, said.id)
    world.put("utterance", relation, said.utterances[0].id)


async def _notes_on(
    session: AsyncSession, world: World, relation: Relation, recording_id: int
) -> None:
    """A mark and a shared clip of a recording."""
    now = utc_now()
    mark = RecordingMark(recording_id=recording_id, from_s=0, text="A word", at=now)
    clip = SharedClip(token_hash=f"{recording_id:064}", recording_id=recording_id, from_s=0, to_s=1,
                      expires_at=now + timedelta(days=1), created_at=now)  # fmt: skip
    session.add_all([mark, clip])
    await session.flush()
    world.put("mark", relation, mark.id)
    world.put("shared_clip", relation, clip.id)


async def belong_to(site: Site, world: World, login: str) -> None:
    """Make everything stand to this person as its relation says."""
    asker = site.people[login]
    holders = {Relation.DEPT: site.people["boris"], Relation.OTHER: site.people["nophone"],
               Relation.NOBODY: None}  # fmt: skip
    async with site.services.db.write() as session:
        for relation in Relation:
            holder = holders.get(relation, asker)
            stranger = site.people["nophone"]
            of_card = stranger if relation is Relation.CROSSED else holder
            changed: list[tuple[Any, str, int | None, str]] = [
                (Client, "responsible_id", of_card, "client"),
                (Client, "created_by_id", stranger, "client"),
                (Deal, "responsible_id", holder, "deal"),
                (Task, "assignee_id", holder, "task"),
                (Inquiry, "responsible_id", holder, "inquiry"),
                (Comment, "user_id", of_card, "comment"),
                (StoredFile, "user_id", of_card, "file"),
                (RecordingMark, "user_id", asker if relation is Relation.OWN else stranger, "mark"),
            ]
            for model, column, value, kind in changed:
                row = update(model).where(model.id == world.of(kind, relation))
                await session.execute(row.values({column: value}))
        phones = {"101": asker, "102": site.people["boris"]}
        for extension, holder in phones.items():
            held = update(PhoneHolding).where(PhoneHolding.extension == extension)
            await session.execute(held.values(user_id=holder, from_at=None, until_at=None))
