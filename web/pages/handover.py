"""Handing clients over: GET /handover (whose, to whom, what), and each hand-over with its dossier at /handovers/ID.

In: who leaves, who takes over, and which clients. Out: a preview with counts, the hand-over in one act, its undo, and a
page for the successor that can be printed.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from crm import agents, client_visibility, dossier, handover, responsible
from crm.access import Action, Actor, Permission
from crm.errors import Conflict, Forbidden, Invalid
from crm.tables import Client, User
from web.i18n import gettext as _
from web.ids import id_of
from web.render import render
from web.routes import actor_of, page
from web.services import services_of

HOME = "/handover"
MOST_CHOICES = 500
"""Clients that are listed for choosing some; who has more hands over all, or chooses in the list of clients."""


async def show_handover(request: Request) -> Response:
    """Whose clients, to whom; with the counts once somebody is named."""
    from_id = id_of(request.query_params.get("from", ""))
    chosen = _ids(request.query_params.getlist("client"))
    return await _page(request, from_id, chosen)


async def give(request: Request) -> Response:
    """Hand over, in one act."""
    services, actor = services_of(request), actor_of(request)
    async with request.form() as form:
        typed = form
    from_id, to_id = id_of(str(typed.get("from", ""))), id_of(str(typed.get("to", "")))
    chosen = _chosen(typed)
    if from_id is None or to_id is None:
        words = _("Say whose clients, and to whom.")
        return await _page(request, from_id, chosen or [], words, 400)
    try:
        async with services.db.write() as session:
            note = str(typed.get("note", "")).replace("\x00", "")[:2000]
            made = await handover.give(session, actor, from_id, to_id, chosen, note)
            if typed.get("lock") == "1":
                actor.require(Permission.ADMINISTER)
                await agents.set_active(session, actor, from_id, False)
    except (Invalid, Conflict, Forbidden) as error:
        words, status = _refused(error)
        return await _page(request, from_id, chosen or [], words, status)
    return RedirectResponse(f"/handovers/{made.id}?said=given", status_code=303)


async def show_one(request: Request) -> Response:
    """The dossier: each client with what is urgent, first."""
    services, actor = services_of(request), actor_of(request)
    now = services.clock()
    offset = id_of(request.query_params.get("from", "")) or 0
    async with services.db.read() as session:
        found = await handover.get(session, actor, request.path_params["handover_id"])
        when = now, now.astimezone(services.zone).date()
        gathered = await dossier.of_handover(session, actor, found, when, offset=offset)
        ids = [found.from_id, found.to_id, found.by_id, found.undone_by_id]
        people = await agents.names(session, [one for one in ids if one is not None])
    return render(
        request,
        "handover/dossier.html",
        one=found,
        dossier=gathered,
        people=people,
        offset=offset,
        page_size=dossier.PAGE_SIZE,
        today=when[1],
        said=request.query_params.get("said", ""),
        back=request.query_params.get("back", ""),
        stayed=request.query_params.get("stayed", ""),
    )


async def undo(request: Request) -> Response:
    """Give back what is still the receiver's and still open."""
    handover_id = request.path_params["handover_id"]
    async with services_of(request).db.write() as session:
        undone = await handover.undo(session, actor_of(request), handover_id)
    counts = f"back={undone.back}&stayed={undone.stayed}"
    return RedirectResponse(f"/handovers/{handover_id}?said=undone&{counts}", status_code=303)


async def set_responsible(request: Request) -> Response:
    """POST /clients/responsible: chosen clients, whoever had them, get another responsible person."""
    async with request.form() as form:
        typed = form
    to_id = id_of(str(typed.get("to", "")))
    if to_id is None:
        raise Invalid("to", "choose a person")
    async with services_of(request).db.write() as session:
        chosen = _ids(typed.getlist("client"))
        await responsible.assign(session, actor_of(request), chosen, to_id)
    return RedirectResponse("/clients", status_code=303)


def _chosen(form: FormData) -> list[int] | None:
    """Ids of the chosen clients; None for everything."""
    return None if form.get("what") != "chosen" else _ids(form.getlist("client"))


def _ids(texts: Sequence[object]) -> list[int]:
    found = (id_of(str(text)) for text in texts)
    return list(dict.fromkeys(one for one in found if one is not None))


def _refused(error: Exception) -> tuple[str, int]:
    if isinstance(error, Forbidden):
        return _("Some of these clients are beyond your rights."), 403
    if isinstance(error, Invalid) and error.field == "clients":
        return _("There is nothing to hand over."), 400
    if isinstance(error, Invalid):
        return _("Choose another person, who may log in and see clients."), 400
    if isinstance(error, Conflict) and error.why.startswith("hand over"):
        return _("Who is locked out must hand over everything: choose everything."), 409
    return _("This cannot be done now: it is the last administrator, or somebody was faster."), 409


async def _page(
    request: Request,
    from_id: int | None,
    chosen: Sequence[int],
    failure: str = "",
    status: int = 200,
) -> Response:
    actor = actor_of(request)
    async with services_of(request).db.read() as session:
        everybody = (await session.scalars(select(User).order_by(User.name, User.login))).all()
        plan = None
        choices: Sequence[Client] = ()
        if from_id is not None:
            plan = await handover.preview(session, actor, from_id)
            choices = await _choices(session, actor, from_id)
        past = await handover.latest(session, actor)
        past_counts = await handover.item_counts(session, [one.id for one in past])
    return render(
        request,
        "handover/handover.html",
        status=status,
        everybody=everybody,
        people={user.id: user.name or user.login for user in everybody},
        from_id=from_id,
        plan=plan,
        choices=choices,
        most=MOST_CHOICES,
        chosen=set(chosen),
        past=past,
        past_counts=past_counts,
        kinds=kind_words(),
        failure=failure,
        lock=request.query_params.get("lock") == "1",
    )


async def _choices(session: AsyncSession, actor: Actor, from_id: int) -> Sequence[Client]:
    query = (
        select(Client)
        .where(Client.responsible_id == from_id, client_visibility.seen_by(actor, Action.EDIT))
        .order_by(Client.search_name, Client.id)
        .limit(MOST_CHOICES)
    )
    return (await session.scalars(query)).all()


def kind_words() -> dict[str, str]:
    """Kinds of duties as people call them."""
    return {
        "client": _("clients"),
        "deal": _("open deals"),
        "task": _("open tasks and call-backs"),
        "assignee": _("shared tasks"),
        "reminder": _("reminders"),
        "inquiry": _("open inquiries"),
        "dispute": _("disputes in work"),
        "segment": _("shared segments"),
    }


_may = Permission.CLIENTS_HAND_OVER
_one = "/handovers/{handover_id:id}"
routes = [
    page(HOME, show_handover, permission=_may),
    page(HOME, give, permission=_may, methods=["POST"], name="hand_over"),
    page(_one, show_one, permission=Permission.CLIENTS_SEE, name="dossier"),
    page(f"{_one}/undo", undo, permission=_may, methods=["POST"], name="undo_handover"),
    page(
        "/clients/responsible",
        set_responsible,
        permission=Permission.CLIENTS_EDIT,
        methods=["POST"],
        name="set_responsible",
    ),
]
