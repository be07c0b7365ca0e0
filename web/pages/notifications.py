"""Notifications: what a person was told, newest first, each leading to what it is about."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from crm import notifications
from crm.access import Permission
from crm.notifications import PAGE_SIZE
from web.ids import id_of
from web.notification_words import told
from web.render import render
from web.routes import actor_of, page
from web.services import services_of


async def show_notifications(request: Request) -> Response:
    """The list; `?part=list` gives it alone."""
    services, actor = services_of(request), actor_of(request)
    before = id_of(request.query_params.get("before", ""))
    async with services.db.read() as session:
        rows = await notifications.page(session, actor, before=before, limit=PAGE_SIZE + 1)
        unread = await notifications.unread_count(session, actor)
    now = services.clock()
    listed = [told(row, services.zone, now) for row in rows[:PAGE_SIZE]]
    is_part = bool(request.query_params.get("part"))
    return render(
        request,
        "notifications/list.html" if is_part else "notifications/notifications.html",
        listed=listed,
        unread=unread,
        before=before,
        newest=rows[0].id if rows else 0,
        next_before=listed[-1].row.id if len(rows) > PAGE_SIZE else None,
    )


async def open_one(request: Request) -> Response:
    """Mark it as read, and go where it leads."""
    services, actor = services_of(request), actor_of(request)
    async with services.db.write() as session:
        notification_id = request.path_params["notification_id"]
        row = await notifications.read(session, actor, notification_id)
        target = told(row, services.zone, services.clock()).href
    return RedirectResponse(target or "/notifications", 303)


async def read_all(request: Request) -> Response:
    """Mark all that the page showed as read; what came since stays unread."""
    form = await request.form()
    async with services_of(request).db.write() as session:
        up_to = id_of(str(form.get("up_to", ""))) or 0
        await notifications.mark_read(session, actor_of(request), up_to)
    return RedirectResponse("/notifications", 303)


_any = Permission.LOGGED_IN
routes = [
    page("/notifications", show_notifications, permission=_any),
    page("/notifications/{notification_id:id}", open_one, permission=_any),
    page("/notifications/read", read_all, permission=_any, methods=["POST"]),
]
