"""Webhooks: arranged by programs of administrators."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from crm import webhooks
from crm.access import Permission
from crm.tables import Webhook
from crm.webhooks import EVENTS
from web.api.operation import Asked, Operation, Schema
from web.api.paging import PageQuery, cursor_of, id_in
from web.api.values import Time

Event = Annotated[str, Field(json_schema_extra={"enum": list(EVENTS)}, description="What is told.")]
Events = Annotated[list[Event], Field(min_length=1, max_length=len(EVENTS))]


class WebhookIn(Schema):
    """An address that is told of events."""

    url: str = Field(min_length=8, max_length=1000, examples=["https://shop.example/slovo"])
    events: Events


class WebhookChange(Schema):
    """What it is told, and whether."""

    events: Events
    active: bool


class WebhookOut(Schema):
    """A webhook."""

    id: int
    url: str
    events: list[str]
    active: bool
    created_at: Time


class WebhookNew(WebhookOut):
    """A webhook just made."""

    secret: str = Field(description="Signs each delivery; it is given this once.")


class WebhookList(Schema):
    """All webhooks."""

    items: list[WebhookOut]


class DeliveryOut(Schema):
    """What was sent, and what became of it."""

    id: int
    event: str
    payload: dict[str, Any]
    state: Literal["waiting", "taken", "given_up"]
    attempts: int
    status: int | None
    answer: str
    next_at: Time
    created_at: Time
    finished_at: Time | None


class DeliveryList(Schema):
    """A page of deliveries, newest first."""

    items: list[DeliveryOut]
    next_cursor: str | None


async def list_webhooks(asked: Asked) -> WebhookList:
    """All webhooks."""
    found = await webhooks.listed(asked.session, asked.actor)
    return WebhookList(items=[_out(row) for row in found])


async def add_webhook(asked: Asked) -> WebhookNew:
    """Tell this address from now on."""
    body = asked.body
    made = await webhooks.add(asked.session, asked.actor, body.url, body.events)
    return WebhookNew(**_out(made.row).model_dump(), secret=made.secret)


async def change_webhook(asked: Asked) -> WebhookOut:
    """Change what it is told, or pause it."""
    body = asked.body
    row = await webhooks.edit(
        asked.session,
        asked.actor,
        asked.id("webhook_id"),
        events=body.events,
        active=body.active,
    )
    return _out(row)


async def delete_webhook(asked: Asked) -> None:
    """Forget it."""
    await webhooks.remove(asked.session, asked.actor, asked.id("webhook_id"))


async def list_deliveries(asked: Asked) -> DeliveryList:
    """What was sent to it."""
    limit = asked.query.limit
    rows = await webhooks.deliveries(
        asked.session,
        asked.actor,
        asked.id("webhook_id"),
        before=id_in(asked.query.cursor),
        limit=limit + 1,
    )
    more = cursor_of(rows[limit - 1].id) if len(rows) > limit else None
    names = list(DeliveryOut.model_fields)
    items = [DeliveryOut(**{name: getattr(row, name) for name in names}) for row in rows[:limit]]
    return DeliveryList(items=items, next_cursor=more)


def _out(row: Webhook) -> WebhookOut:
    return WebhookOut(**{name: getattr(row, name) for name in WebhookOut.model_fields})


_TAGS = ("Webhooks",)
_ONE = "/webhooks/{webhook_id:id}"
_MAY = Permission.ADMINISTER
OPERATIONS = [
    Operation(
        method="GET", path="/webhooks", name="listWebhooks", summary="List webhooks",
        permission=_MAY, run=list_webhooks, answer=WebhookList, tags=_TAGS,
    ),
    Operation(
        method="POST", path="/webhooks", name="addWebhook", summary="Add a webhook",
        permission=_MAY, run=add_webhook, body=WebhookIn, answer=WebhookNew, status=201, tags=_TAGS,
    ),
    Operation(
        method="PUT", path=_ONE, name="changeWebhook", summary="Change or pause a webhook",
        permission=_MAY, run=change_webhook, body=WebhookChange, answer=WebhookOut, tags=_TAGS,
    ),
    Operation(
        method="DELETE", path=_ONE, name="deleteWebhook", summary="Remove a webhook",
        permission=_MAY, run=delete_webhook, status=204, tags=_TAGS,
    ),
    Operation(
        method="GET", path=f"{_ONE}/deliveries", name="listDeliveries", summary="What was sent to a webhook",
        permission=_MAY, run=list_deliveries, query=PageQuery, answer=DeliveryList, tags=_TAGS,
    ),
]  # fmt: skip
