"""The history of a client, and comments on clients and deals."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from crm import comments, history
from crm.access import Permission
from crm.comments import Said
from crm.history_sources import Kind
from crm.subjects import Subject, SubjectKind
from web.api.operation import Asked, Operation, Schema
from web.api.paging import PageQuery, cursor_of, place_in
from web.api.values import Id, Time

_KINDS = "|".join(Kind)


class HistoryQuery(PageQuery):
    """Which part of the history."""

    kinds: str | None = Field(
        default=None,
        pattern=rf"^({_KINDS})(,({_KINDS})){{0,{len(Kind)}}}$",
        description="Kinds, separated by commas; left out: all but field changes.",
    )
    with_staff: bool = Field(
        default=True, description="Of an organisation: also what happened to its contact persons."
    )


class HistoryEntry(Schema):
    """One thing that happened."""

    kind: Kind
    what: str
    at: Time
    client_id: int
    subject_id: int = Field(description="Id of the call, task, deal, file …")


class HistoryPage(Schema):
    """A page of a history, newest first."""

    items: list[HistoryEntry]
    next_cursor: str | None


class CommentIn(Schema):
    """What a person writes for colleagues; @login mentions one."""

    text: Annotated[str, StringConstraints(min_length=1, max_length=comments.LONGEST)]


class CommentOut(Schema):
    """A comment."""

    id: int
    text: str
    by_id: Id | None
    by: str
    at: Time
    edited_at: Time | None

    @classmethod
    def of(cls, said: Said) -> CommentOut:
        """A comment with the names beside it."""
        row = said.comment
        return cls(
            id=row.id,
            text=row.text,
            by_id=row.user_id,
            by=said.author,
            at=row.at,
            edited_at=row.edited_at,
        )


class CommentList(Schema):
    """Comments, oldest first."""

    items: list[CommentOut]


async def client_history(asked: Asked) -> HistoryPage:
    """What happened with a client."""
    query = asked.query
    kinds = [Kind(one) for one in query.kinds.split(",")] if query.kinds else history.ALWAYS
    wanted = history.Wanted(kinds=kinds, with_staff=query.with_staff)
    page = await history.page(
        asked.session,
        asked.actor,
        asked.id("client_id"),
        wanted,
        before=place_in(query.cursor),
        limit=query.limit,
    )
    items = [
        HistoryEntry(
            kind=entry.kind,
            what=entry.what,
            at=entry.at,
            client_id=entry.client_id,
            subject_id=entry.place.row_id,
        )
        for entry in page.entries
    ]
    last = page.next_before
    more = cursor_of(last.at.isoformat(), last.rank, last.row_id) if last else None
    return HistoryPage(items=items, next_cursor=more)


async def client_comments(asked: Asked) -> CommentList:
    """The newest comments on a client."""
    return await _comments(asked, Subject(SubjectKind.CLIENT, asked.id("client_id")))


async def comment_client(asked: Asked) -> CommentOut:
    """Write about a client."""
    return await _comment(asked, Subject(SubjectKind.CLIENT, asked.id("client_id")))


async def deal_comments(asked: Asked) -> CommentList:
    """The newest comments on a deal."""
    return await _comments(asked, Subject(SubjectKind.DEAL, asked.id("deal_id")))


async def comment_deal(asked: Asked) -> CommentOut:
    """Write about a deal."""
    return await _comment(asked, Subject(SubjectKind.DEAL, asked.id("deal_id")))


async def _comments(asked: Asked, subject: Subject) -> CommentList:
    found = await comments.of(asked.session, asked.actor, subject)
    return CommentList(items=[CommentOut.of(one) for one in found])


async def _comment(asked: Asked, subject: Subject) -> CommentOut:
    row = await comments.write(asked.session, asked.actor, subject, asked.body.text)
    (said,) = await comments.with_names(asked.session, [row])
    return CommentOut.of(said)


_CLIENT, _DEAL = "/clients/{client_id:id}", "/deals/{deal_id:id}"
OPERATIONS = [
    Operation(
        method="GET", path=f"{_CLIENT}/history", name="clientHistory", summary="What happened with a client",
        permission=Permission.CLIENTS_SEE, run=client_history, query=HistoryQuery, answer=HistoryPage,
        tags=("Clients",),
    ),
    Operation(
        method="GET", path=f"{_CLIENT}/comments", name="listClientComments", summary="Comments on a client",
        permission=Permission.CLIENTS_SEE, run=client_comments, answer=CommentList, tags=("Clients",),
    ),
    Operation(
        method="POST", path=f"{_CLIENT}/comments", name="commentClient", summary="Write a comment on a client",
        permission=Permission.COMMENTS_WRITE, run=comment_client, body=CommentIn, answer=CommentOut, status=201,
        tags=("Clients",),
    ),
    Operation(
        method="GET", path=f"{_DEAL}/comments", name="listDealComments", summary="Comments on a deal",
        permission=Permission.DEALS_SEE, run=deal_comments, answer=CommentList, tags=("Deals",),
    ),
    Operation(
        method="POST", path=f"{_DEAL}/comments", name="commentDeal", summary="Write a comment on a deal",
        permission=Permission.COMMENTS_WRITE, run=comment_deal, body=CommentIn, answer=CommentOut, status=201,
        tags=("Deals",),
    ),
]  # fmt: skip
