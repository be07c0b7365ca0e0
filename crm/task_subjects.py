"""What a task is about: client, deal, call, inquiry, comment; checked, and put into a new task.

In: ids that somebody named. Out: fields with the client filled in from the deal, call or inquiry; a refusal of what the
person may not see. `Links` is what a task's page leads back to, without what its reader may not see.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from calls.errors import CallNotFound
from calls.tables import Call
from crm import call_visibility, client_visibility, comments, deal_visibility, inquiries
from crm.access import Actor
from crm.errors import NotFound
from crm.tables import CallLink, Client, Deal, Inquiry, Task
from crm.task_rules import TaskFields


@dataclass(frozen=True, slots=True, kw_only=True)
class Links:
    """What a task leads to, as far as the reader may see it. `None`: nothing, or nothing for this reader."""

    client: Client | None = None
    deal: Deal | None = None
    call: Call | None = None
    inquiry: Inquiry | None = None
    woken_by: Call | None = None


async def checked(session: AsyncSession, actor: Actor, fields: TaskFields) -> TaskFields:
    """The fields with the client of their deal, call or inquiry, if none was named.

    Raises:
        NotFound, CallNotFound: no such thing, or one that the actor may not see.
        Forbidden: a call that the actor may not see.
    """
    found: list[int | None] = [fields.client_id]
    if fields.deal_id is not None:
        await deal_visibility.require(session, actor, fields.deal_id)
        found.append(await session.scalar(select(Deal.client_id).where(Deal.id == fields.deal_id)))
    if fields.call_id is not None:
        found.append(await _client_of_call(session, actor, fields.call_id))
    if fields.inquiry_id is not None:
        found.append((await _inquiry(session, actor, fields.inquiry_id)).client_id)
    client_id = next((one for one in found if one is not None), None)
    if fields.client_id is not None:
        await client_visibility.require(session, actor, fields.client_id)
    return replace(fields, client_id=client_id)


async def of_comment(session: AsyncSession, actor: Actor, comment_id: int) -> TaskFields:
    """A task as a comment suggests it: its first line is the title, all of it the text.

    Raises:
        NotFound: no such comment, or one of something that the actor may not see.
    """
    comment = await comments.get(session, actor, comment_id)
    return TaskFields(
        title=_first_line(comment.text),
        text=comment.text,
        client_id=comment.client_id,
        deal_id=comment.deal_id,
        inquiry_id=comment.inquiry_id,
    )


async def of_inquiry(session: AsyncSession, actor: Actor, inquiry_id: int) -> TaskFields:
    """A task as an inquiry suggests it; its call is named only to those who may see that call.

    Raises:
        NotFound: no such inquiry, or one that the actor may not see.
    """
    inquiry = await _inquiry(session, actor, inquiry_id)
    call = select(Call.id).where(Call.id == inquiry.call_id, call_visibility.seen_by(actor))
    return TaskFields(
        title=_first_line(inquiry.text),
        text=inquiry.text,
        client_id=inquiry.client_id,
        call_id=await session.scalar(call),
        inquiry_id=inquiry.id,
    )


async def links_of(session: AsyncSession, actor: Actor, task: Task) -> Links:
    """What the task leads to, for this reader."""
    client = select(Client).where(Client.id == task.client_id, client_visibility.seen_by(actor))
    deal = select(Deal).where(Deal.id == task.deal_id, deal_visibility.seen_by(actor))
    inquiry = select(Inquiry).where(Inquiry.id == task.inquiry_id, inquiries.seen_by(actor))
    seen = call_visibility.seen_by(actor)
    call_id = task.call_id or task.last_call_id
    return Links(
        client=await session.scalar(client) if task.client_id else None,
        deal=await session.scalar(deal) if task.deal_id else None,
        call=await session.scalar(select(Call).where(Call.id == call_id, seen))
        if call_id
        else None,
        inquiry=await session.scalar(inquiry) if task.inquiry_id else None,
        woken_by=await session.scalar(select(Call).where(Call.id == task.woken_call_id, seen))
        if task.woken_call_id
        else None,
    )


async def _inquiry(session: AsyncSession, actor: Actor, inquiry_id: int) -> Inquiry:
    query = select(Inquiry).where(Inquiry.id == inquiry_id, inquiries.seen_by(actor))
    inquiry = await session.scalar(query)
    if inquiry is None:
        raise NotFound("inquiry", inquiry_id)
    return inquiry


async def _client_of_call(session: AsyncSession, actor: Actor, call_id: int) -> int | None:
    call = await session.get(Call, call_id)
    if call is None:
        raise CallNotFound(call_id)
    await call_visibility.require(session, actor, call)
    return await session.scalar(select(CallLink.client_id).where(CallLink.call_id == call_id))


def _first_line(text: str) -> str:
    line = next((line.strip() for line in text.splitlines() if line.strip()), "")
    return line if len(line) <= 80 else line[:79].rsplit(" ", 1)[0] + "…"
