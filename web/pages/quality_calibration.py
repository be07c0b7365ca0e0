"""Calibrations: the list of one's own, and one with the marks side by side as far as they may be seen."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from crm.access import Permission
from crm.errors import Invalid
from crm.quality import calibration, forms
from web.ids import id_of
from web.render import render
from web.routes import actor_of, page
from web.services import services_of


async def show_calibrations(request: Request) -> Response:
    """Those in which the person takes part."""
    async with services_of(request).db.read() as session:
        found = await calibration.mine(session, actor_of(request))
        cards = {one.id: (await forms.get(session, one.form_id)).name for one in found}
    return render(request, "quality/calibrations.html", found=found, cards=cards)


async def show_calibration(request: Request) -> Response:
    """Who takes part, and where they differ."""
    async with services_of(request).db.read() as session:
        found = await calibration.compare(
            session, actor_of(request), request.path_params["calibration_id"]
        )
        card = await forms.get(session, found.calibration.form_id)
    return render(request, "quality/calibration.html", found=found, card=card)


async def begin(request: Request) -> Response:
    """Ask colleagues to judge a call."""
    async with request.form() as form:
        form_id = id_of(str(form.get("form_id", "")))
        people = [id_of(str(one)) for one in form.getlist("user_id")]
    if form_id is None:
        raise Invalid("form_id", "choose a score card")
    async with services_of(request).db.write() as session:
        begun = await calibration.begin(
            session,
            actor_of(request),
            request.path_params["call_id"],
            form_id,
            [one for one in people if one is not None],
        )
    return RedirectResponse(f"/calibrations/{begun.id}", status_code=303)


async def judge(request: Request) -> Response:
    """Begin the own review, and go to the call where it is filled in."""
    async with services_of(request).db.write() as session:
        review = await calibration.own_review(
            session, actor_of(request), request.path_params["calibration_id"]
        )
    return RedirectResponse(f"/calls/{review.call_id}#quality", status_code=303)


async def close(request: Request) -> Response:
    """End it."""
    calibration_id = request.path_params["calibration_id"]
    async with services_of(request).db.write() as session:
        await calibration.close(session, actor_of(request), calibration_id)
    return RedirectResponse(f"/calibrations/{calibration_id}", status_code=303)


_REVIEW = Permission.QUALITY_REVIEW
routes = [
    page("/quality/calibrations", show_calibrations, permission=_REVIEW),
    page("/calls/{call_id:id}/calibrations", begin, permission=_REVIEW, methods=["POST"], name="begin_calibration"),
    page("/calibrations/{calibration_id:id}", show_calibration, permission=_REVIEW),
    page("/calibrations/{calibration_id:id}/mine", judge, permission=_REVIEW, methods=["POST"], name="calibrate"),
    page("/calibrations/{calibration_id:id}/close", close, permission=_REVIEW, methods=["POST"], name="close_calibration"),
]  # fmt: skip
