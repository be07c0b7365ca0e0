"""What a client agreed to or refused: mailings, recording of talks. When, and how we know.

In: what somebody was told. Out: rows of `consents`, which are only added; the newest of each kind counts and stands on the
card itself (`Client.mailing_consent`, `recording_consent`), where filters find it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from crm import audit, changes, client_visibility
from crm.access import Action, Actor, Permission
from crm.errors import Invalid
from crm.notices import announce
from crm.tables import Client, Consent

KINDS = ("mailing", "recording")
_COLUMN = {"mailing": Client.mailing_consent, "recording": Client.recording_consent}
_CLOCKS_DIFFER = timedelta(minutes=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentField:
    """What a client said. `source`: how we know: a call, a form on the site, a paper."""

    kind: str
    given: bool
    given_at: datetime
    source: str


async def of_client(session: AsyncSession, client_id: int) -> list[Consent]:
    """All that the client ever said, the newest first."""
    query = select(Consent).where(Consent.client_id == client_id)
    query = query.order_by(Consent.given_at.desc(), Consent.id.desc())
    return list((await session.scalars(query)).all())


async def note(
    session: AsyncSession, actor: Actor, client_id: int, said: ConsentField, now: datetime
) -> Consent:
    """Write down what a client said. Something older than what is known changes the history only.

    Raises:
        Forbidden: the actor may not edit this client.
        NotFound: no such client, or one that the actor may not see.
        Invalid: no such kind, no source, or a time to come.
    """
    actor.require(Permission.CLIENTS_EDIT)
    await client_visibility.require(session, actor, client_id, Action.EDIT)
    source = " ".join(said.source.split())
    if said.kind not in KINDS:
        raise Invalid("consent", "choose what the client agreed to")
    if not 0 < len(source) <= 255:
        raise Invalid("consent_source", "say how we know it: a call, a form, a paper")
    if said.given_at > now + _CLOCKS_DIFFER:
        raise Invalid("given_at", "this day is still to come")
    row = Consent(
        client_id=client_id,
        kind=said.kind,
        given=said.given,
        given_at=said.given_at,
        source=source,
        noted_by_id=actor.user_id or None,
        noted_at=now,
    )
    before = await _newest(session, client_id, said.kind)
    session.add(row)
    await session.flush()
    newest = await _newest(session, client_id, said.kind)
    # Not through the card itself: its version would grow, and whoever edits it now would be asked about nothing.
    value = {_COLUMN[said.kind]: newest.given if newest else None}
    await session.execute(update(Client).where(Client.id == client_id).values(value))
    subject, field = changes.Subject("client", client_id, client_id), f"{said.kind}_consent"
    changes.record(session, actor, subject, {field: _words(before)}, {field: _words(newest)})
    detail, words = {"kind": said.kind, "given": said.given}, {"source": source}
    await audit.record(session, actor, "client.consent", "client", client_id, detail, words=words)
    announce(session, "client", client_id)
    return row


async def _newest(session: AsyncSession, client_id: int, kind: str) -> Consent | None:
    return next((row for row in await of_client(session, client_id) if row.kind == kind), None)


def _words(row: Consent | None) -> str:
    return "" if row is None else "yes" if row.given else "no"
