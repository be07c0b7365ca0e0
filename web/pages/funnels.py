"""Set-up of funnels for administrators: /admin/funnels with their stages and the reasons for losses.

One address per act: the button's `deed` says which. What is refused stands on the page, above what was to be changed.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from crm import deal_moves, funnel_setup, funnels, loss_reasons
from crm.access import Actor, Permission
from crm.deals import CURRENCIES
from crm.errors import Conflict, CrmError, Invalid, NotFound
from crm.funnel_seed import COLOURS
from crm.funnel_setup import FunnelFields, StageFields
from crm.tables import Segment
from web.error_words import explain
from web.i18n import gettext as _
from web.ids import id_of
from web.pages.deals import ways_of
from web.render import render
from web.routes import actor_of, page
from web.services import services_of

Deed = Callable[[AsyncSession, Actor, int, FormData], Awaitable[object]]


async def show_funnels(request: Request) -> Response:
    """All funnels with their stages, and the reasons for losses."""
    return await _page(request)


async def add_funnel(request: Request) -> Response:
    """Add a funnel with three stages of the usual names."""
    form = await request.form()

    async def do(session: AsyncSession, actor: Actor) -> None:
        names = (_("New"), _("Won"), _("Lost"))
        await funnel_setup.add_funnel(session, actor, _funnel_of(form), names)

    return await _do(request, do)


async def change_funnel(request: Request) -> Response:
    """Rename, order, archive or restore one funnel."""
    return await _deed(request, "funnel_id", FUNNEL_DEEDS)


async def add_stage(request: Request) -> Response:
    """Add a stage to a funnel."""
    form, funnel_id = await request.form(), request.path_params["funnel_id"]

    async def do(session: AsyncSession, actor: Actor) -> None:
        kind = str(form.get("kind", "open"))
        await funnel_setup.add_stage(session, actor, funnel_id, kind, _stage_of(form))

    return await _do(request, do)


async def change_stage(request: Request) -> Response:
    """Change, order or archive one stage."""
    return await _deed(request, "stage_id", STAGE_DEEDS)


async def add_reason(request: Request) -> Response:
    """Add a reason for losses."""
    form = await request.form()

    async def do(session: AsyncSession, actor: Actor) -> None:
        await loss_reasons.add(session, actor, str(form.get("name", "")))

    return await _do(request, do)


async def change_reason(request: Request) -> Response:
    """Rename or archive a reason for losses."""
    return await _deed(request, "reason_id", REASON_DEEDS)


async def _save_funnel(s: AsyncSession, actor: Actor, row_id: int, form: FormData) -> None:
    await funnel_setup.edit_funnel(s, actor, row_id, _funnel_of(form))


async def _archive_funnel(s: AsyncSession, actor: Actor, row_id: int, form: FormData) -> None:
    """Its open deals go first to the stage that was chosen, if one was."""
    to_id = id_of(str(form.get("to", "")))
    if to_id is not None:
        to = await funnels.stage(s, to_id)
        if to.kind != "open" or to.funnel_id == row_id:
            raise Invalid("stage_id", "choose an open stage of another funnel")
        for stage in (await funnels.funnel(s, row_id)).stages:
            if stage.kind == "open":
                await deal_moves.move_all(s, actor, stage.id, to)
    await funnel_setup.archive_funnel(s, actor, row_id)


async def _restore_funnel(s: AsyncSession, actor: Actor, row_id: int, form: FormData) -> None:
    await funnel_setup.restore_funnel(s, actor, row_id)


async def _step_funnel(s: AsyncSession, actor: Actor, row_id: int, form: FormData) -> None:
    await funnel_setup.step_funnel(s, actor, row_id, _step_of(form))


async def _save_stage(s: AsyncSession, actor: Actor, row_id: int, form: FormData) -> None:
    await funnel_setup.edit_stage(s, actor, row_id, _stage_of(form))


async def _step_stage(s: AsyncSession, actor: Actor, row_id: int, form: FormData) -> None:
    await funnel_setup.step_stage(s, actor, row_id, _step_of(form))


async def _archive_stage(s: AsyncSession, actor: Actor, row_id: int, form: FormData) -> None:
    await funnel_setup.archive_stage(s, actor, row_id, id_of(str(form.get("to", ""))))


async def _save_reason(s: AsyncSession, actor: Actor, row_id: int, form: FormData) -> None:
    await loss_reasons.rename(s, actor, row_id, str(form.get("name", "")))


async def _archive_reason(s: AsyncSession, actor: Actor, row_id: int, form: FormData) -> None:
    await loss_reasons.archive(s, actor, row_id)


FUNNEL_DEEDS: dict[str, Deed] = {
    "save": _save_funnel,
    "up": _step_funnel,
    "down": _step_funnel,
    "archive": _archive_funnel,
    "restore": _restore_funnel,
}
STAGE_DEEDS: dict[str, Deed] = {
    "save": _save_stage,
    "up": _step_stage,
    "down": _step_stage,
    "archive": _archive_stage,
}
REASON_DEEDS: dict[str, Deed] = {"save": _save_reason, "archive": _archive_reason}


async def _deed(request: Request, key: str, deeds: dict[str, Deed]) -> Response:
    form = await request.form()
    deed = deeds.get(str(form.get("deed", "")))
    if deed is None:
        raise Invalid("deed", "say what is to be done")

    async def do(session: AsyncSession, actor: Actor) -> None:
        await deed(session, actor, request.path_params[key], form)

    return await _do(request, do)


async def _do(request: Request, do: Callable[[AsyncSession, Actor], Awaitable[None]]) -> Response:
    try:
        async with services_of(request).db.write() as session:
            await do(session, actor_of(request))
    except NotFound:
        raise
    except (Invalid, Conflict) as error:
        return await _page(request, error)
    return RedirectResponse("/admin/funnels", status_code=303)


async def _page(request: Request, error: CrmError | None = None) -> Response:
    services = services_of(request)
    await ways_of(services)
    async with services.db.read() as session:
        every = await funnels.every(session)
        counts = await funnel_setup.deals_in(session, [s.id for way in every for s in way.stages])
        reasons = await funnels.loss_reasons(session)
        segments = (
            await session.execute(select(Segment.id, Segment.name).order_by(Segment.name))
        ).all()
    said = explain(error) if error else None
    return render(
        request,
        "admin/funnels.html",
        status=said.status if said else 200,
        failure=_why(error) if error else "",
        ways=[(way, funnels.stages_of(way)) for way in every],
        counts=counts,
        reasons=reasons,
        segments=segments,
        colours=COLOURS,
        currencies=CURRENCIES,
    )


def _why(error: CrmError) -> str:
    """A refusal of the rules in words: here a conflict is not about somebody who was faster."""
    if not isinstance(error, Conflict):
        return explain(error).text
    words = {
        "funnel": _(
            "A funnel goes out of use only without open deals (choose where they go), and never the last one."
        ),
        "stage": _(
            "A stage with deals goes out of use only when another one of the same kind takes them; one of each kind stays."
        ),
        "loss_reason": _("One reason must be left to choose."),
    }
    return words.get(error.kind, explain(error).text)


def _funnel_of(form: FormData) -> FunnelFields:
    return FunnelFields(
        name=str(form.get("name", "")),
        currency=str(form.get("currency", "RUB")),
        segment_id=id_of(str(form.get("segment", ""))),
    )


def _stage_of(form: FormData) -> StageFields:
    probability = id_of(str(form.get("probability", "0")).strip() or "0")
    if probability is None:
        raise Invalid("probability", "a probability is a whole number of percent")
    return StageFields(
        name=str(form.get("name", "")),
        colour=str(form.get("colour", "grey")),
        probability=probability,
    )


def _step_of(form: FormData) -> int:
    return -1 if form.get("deed") == "up" else 1


_admin = Permission.ADMINISTER
_base = "/admin/funnels"
routes = [
    page(_base, show_funnels, permission=_admin),
    page(_base, add_funnel, permission=_admin, methods=["POST"]),
    page(f"{_base}/{{funnel_id:id}}", change_funnel, permission=_admin, methods=["POST"]),
    page(f"{_base}/{{funnel_id:id}}/stages", add_stage, permission=_admin, methods=["POST"]),
    page(f"{_base}/stages/{{stage_id:id}}", change_stage, permission=_admin, methods=["POST"]),
    page(f"{_base}/reasons", add_reason, permission=_admin, methods=["POST"]),
    page(f"{_base}/reasons/{{reason_id:id}}", change_reason, permission=_admin, methods=["POST"]),
]
