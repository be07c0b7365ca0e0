"""Inquiries (обращения): taken in from sites and other programs, and sorted."""

from __future__ import annotations

from typing import Literal

from pydantic import Field
from sqlalchemy import select

from crm import inquiries, inquiry_steps, intake
from crm.access import Permission
from crm.errors import NotFound
from crm.inquiry_steps import DealWish
from crm.intake import Letter
from crm.tables import Inquiry
from web.api.operation import Asked, Operation, Schema
from web.api.paging import PageQuery, cursor_of, id_in
from web.api.values import Id, Time

State = Literal["new", "deal", "attached", "closed"]


class InquiryIn(Schema):
    """Somebody made contact: a number or an address at least. Who is known already is found, nobody gets a second card."""

    channel: Literal["form", "mail", "api"] = "api"
    number: str = Field(default="", max_length=128)
    email: str = Field(default="", max_length=255)
    name: str = Field(default="", max_length=255)
    text: str = Field(default="", max_length=20_000)


class InquiryOut(Schema):
    """An inquiry."""

    id: int
    client_id: int | None
    channel: str
    call_id: int | None
    number: str
    email: str
    text: str
    state: State
    reason: str
    deal_id: int | None
    responsible_id: int | None
    contacts: int
    snoozed_until: Time | None
    opened_at: Time
    last_contact_at: Time
    closed_at: Time | None


class InquiryList(Schema):
    """A page of inquiries."""

    items: list[InquiryOut]
    next_cursor: str | None


class InquiryQuery(PageQuery):
    """Which inquiries."""

    state: State | None = None


class DealOf(Schema):
    """The deal that it becomes."""

    name: str = Field(default="", max_length=255)
    funnel_id: Id | None = None


class ClientOf(Schema):
    """Whose it is."""

    client_id: Id


class Why(Schema):
    """Why it is not ours."""

    reason: str = Field(default="", max_length=255)


async def list_inquiries(asked: Asked) -> InquiryList:
    """A page of inquiries, newest first."""
    wanted = select(Inquiry).where(inquiries.seen_by(asked.actor))
    if asked.query.state is not None:
        wanted = wanted.where(Inquiry.state == asked.query.state)
    if (before := id_in(asked.query.cursor)) is not None:
        wanted = wanted.where(Inquiry.id < before)
    limit = asked.query.limit
    rows = (await asked.session.scalars(wanted.order_by(Inquiry.id.desc()).limit(limit + 1))).all()
    more = cursor_of(rows[limit - 1].id) if len(rows) > limit else None
    return InquiryList(items=[_out(row) for row in rows[:limit]], next_cursor=more)


async def get_inquiry(asked: Asked) -> InquiryOut:
    """One inquiry."""
    return _out(await inquiries.get(asked.session, asked.actor, asked.id("inquiry_id")))


async def add_inquiry(asked: Asked) -> InquiryOut:
    """Take in what came from elsewhere."""
    letter = Letter(**asked.body.model_dump())
    row = await intake.take(asked.session, asked.actor, letter, asked.rules)
    try:
        return await _again(asked, row.id)
    except NotFound:
        # Of a client whom the program may not see: taken in all the same, and nothing of him is told.
        named = letter.channel, letter.number, letter.email, letter.text
        return _taken(row, *named)


async def make_deal(asked: Asked) -> InquiryOut:
    """Make a deal of it."""
    wish = DealWish(**asked.body.model_dump())
    inquiry_id = asked.id("inquiry_id")
    await inquiry_steps.into_deal(asked.session, asked.actor, inquiry_id, wish)
    return await _again(asked, inquiry_id)


async def attach_inquiry(asked: Asked) -> InquiryOut:
    """Say whose it is."""
    inquiry_id = asked.id("inquiry_id")
    await inquiry_steps.attach(asked.session, asked.actor, inquiry_id, asked.body.client_id)
    return await _again(asked, inquiry_id)


async def close_inquiry(asked: Asked) -> InquiryOut:
    """Not ours."""
    inquiry_id = asked.id("inquiry_id")
    await inquiry_steps.close(asked.session, asked.actor, inquiry_id, asked.body.reason)
    return await _again(asked, inquiry_id)


async def _again(asked: Asked, inquiry_id: int) -> InquiryOut:
    return _out(await inquiries.get(asked.session, asked.actor, inquiry_id))


def _taken(row: Inquiry, channel: str, number: str, email: str, text: str) -> InquiryOut:
    """What was sent itself, with the id under which it was kept."""
    at = row.last_contact_at
    return InquiryOut(
        id=row.id, client_id=None, channel=channel, call_id=None, number=number, email=email, text=text, state="new",
        reason="", deal_id=None, responsible_id=None, contacts=1, snoozed_until=None, opened_at=at,
        last_contact_at=at, closed_at=None,
    )  # fmt: skip


def _out(row: Inquiry) -> InquiryOut:
    return InquiryOut(**{name: getattr(row, name) for name in InquiryOut.model_fields})


_TAGS = ("Inquiries",)
_ONE = "/inquiries/{inquiry_id:id}"
_SEE, _MAY = Permission.INQUIRIES_SEE, Permission.INQUIRIES_SORT
OPERATIONS = [
    Operation(
        method="GET", path="/inquiries", name="listInquiries", summary="List inquiries, newest first",
        permission=_SEE, run=list_inquiries, query=InquiryQuery, answer=InquiryList, tags=_TAGS,
    ),
    Operation(
        method="POST", path="/inquiries", name="addInquiry", summary="Take in an inquiry; the client is found or made",
        permission=_MAY, run=add_inquiry, body=InquiryIn, answer=InquiryOut, status=201, tags=_TAGS,
    ),
    Operation(
        method="GET", path=_ONE, name="getInquiry", summary="Read an inquiry",
        permission=_SEE, run=get_inquiry, answer=InquiryOut, tags=_TAGS,
    ),
    Operation(
        method="POST", path=f"{_ONE}/deal", name="makeDealOfInquiry", summary="Make a deal of it",
        permission=Permission.DEALS_EDIT, run=make_deal, body=DealOf, answer=InquiryOut, tags=_TAGS,
    ),
    Operation(
        method="POST", path=f"{_ONE}/attach", name="attachInquiry", summary="Say which client it is of",
        permission=_MAY, run=attach_inquiry, body=ClientOf, answer=InquiryOut, tags=_TAGS,
    ),
    Operation(
        method="POST", path=f"{_ONE}/close", name="closeInquiry", summary="Close it as not ours",
        permission=_MAY, run=close_inquiry, body=Why, answer=InquiryOut, tags=_TAGS,
    ),
]  # fmt: skip
