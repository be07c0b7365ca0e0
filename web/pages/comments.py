"""Comments on clients, deals, tasks and inquiries: a panel, writing, editing, and whom one can mention.

In: forms. Out: a panel (`/deals/ID/comments`), 204 for scripts, the page again for a browser without. Any page shows
the panel with one line: `<div hx-get="/deals/{{ deal.id }}/comments" hx-trigger="load" hx-swap="outerHTML"></div>` and the
script and style of `comments/head.html`.
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute

from crm import comments
from crm.access import Permission
from crm.subjects import Subject, SubjectKind
from web.error_pages import wants_page
from web.pages.comment_text import comment_html
from web.render import render
from web.routes import actor_of, page
from web.services import services_of

PLACES = {
    SubjectKind.CLIENT: "clients",
    SubjectKind.DEAL: "deals",
    SubjectKind.TASK: "tasks",
    SubjectKind.INQUIRY: "inquiries",
}
"""The first word of the addresses of each."""
_KINDS = {place: kind for kind, place in PLACES.items()}


async def show_comments(request: Request) -> Response:
    """The comments on one thing, oldest first, with a field to write one."""
    subject = _subject(request)
    async with services_of(request).db.read() as session:
        said = await comments.of(session, actor_of(request), subject)
    return render(
        request,
        "comments/panel.html",
        said=said,
        subject=subject,
        place=PLACES[subject.kind],
        comment_html=comment_html,
    )


async def write(request: Request) -> Response:
    """Add a comment (`text`)."""
    subject, form = _subject(request), await request.form()
    async with services_of(request).db.write() as session:
        await comments.write(session, actor_of(request), subject, str(form.get("text", "")))
    return _done(request, subject)


async def show_edit(request: Request) -> Response:
    """The form in the place of an own comment."""
    async with services_of(request).db.read() as session:
        comment = await comments.get(session, actor_of(request), request.path_params["comment_id"])
    subject = comments.subject_of(comment)
    return render(
        request,
        "comments/edit.html",
        comment=comment,
        subject=subject,
        place=PLACES[subject.kind],
    )


async def edit(request: Request) -> Response:
    """Change an own comment."""
    form, comment_id = await request.form(), request.path_params["comment_id"]
    async with services_of(request).db.write() as session:
        text = str(form.get("text", ""))
        comment = await comments.edit(session, actor_of(request), comment_id, text)
    return _done(request, comments.subject_of(comment))


async def delete(request: Request) -> Response:
    """Put an own comment into the bin."""
    async with services_of(request).db.write() as session:
        comment = await comments.delete(
            session, actor_of(request), request.path_params["comment_id"]
        )
    return _done(request, comments.subject_of(comment))


async def colleagues(request: Request) -> Response:
    """Whom one can mention here, whose login or name begins with `?q=`: `[{"login", "name"}]`."""
    async with services_of(request).db.read() as session:
        found = await comments.colleagues(
            session, actor_of(request), _subject(request), request.query_params.get("q", "")
        )
    return JSONResponse([{"login": one.login, "name": one.name} for one in found])


def _subject(request: Request) -> Subject:
    # The address begins with one of our own words: each route is made for one of them.
    return Subject(_KINDS[request.url.path.split("/")[1]], request.path_params["subject_id"])


def _done(request: Request, subject: Subject) -> Response:
    if not wants_page(request):
        return Response(status_code=204)
    return RedirectResponse(f"/{PLACES[subject.kind]}/{subject.id}", status_code=303)


def _routes_of(place: str) -> list[BaseRoute]:
    own = f"/{place}/{{subject_id:id}}"
    write_it = Permission.COMMENTS_WRITE
    return [
        page(f"{own}/comments", show_comments, permission=Permission.LOGGED_IN,
             name=f"comments_of_{place}"),
        page(f"{own}/comments", write, permission=write_it, methods=["POST"],
             name=f"comment_on_{place}"),
        page(f"{own}/colleagues", colleagues, permission=write_it, name=f"colleagues_of_{place}"),
    ]  # fmt: skip


_one = "/comments/{comment_id:id}"
routes = [
    *(route for place in PLACES.values() for route in _routes_of(place)),
    page(f"{_one}/edit", show_edit, permission=Permission.COMMENTS_WRITE, name="edit_comment_form"),
    page(_one, edit, permission=Permission.COMMENTS_WRITE, methods=["POST"], name="edit_comment"),
    page(
        f"{_one}/delete",
        delete,
        permission=Permission.COMMENTS_WRITE,
        methods=["POST"],
        name="delete_comment",
    ),
]
