"""What the administrator allows of links to pieces of calls: without a login or not, and for how long."""

from __future__ import annotations

from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from crm import company_settings, shared_clips
from crm.access import Permission
from crm.errors import Invalid
from crm.shared_clips import SETTING, ShareRules
from web.error_words import explain
from web.render import render
from web.routes import actor_of, page
from web.services import services_of

HOME = "/admin/sharing"


async def show_rules(request: Request) -> Response:
    """The rules in force."""
    return await _page(request)


async def save(request: Request) -> Response:
    """Put other rules in force, for links that were given out already as well."""
    form = await request.form()
    values = {"public": "public" in form, "longest_days": str(form.get("longest_days", ""))}
    try:
        try:
            rules = ShareRules.model_validate(values)
        except ValidationError as error:
            raise Invalid("days", "give whole numbers that are not too large") from error
        async with services_of(request).db.write() as session:
            await company_settings.save(session, actor_of(request), SETTING, rules)
    except Invalid as error:
        words = explain(error)
        return await _page(request, words.text, words.status)
    return RedirectResponse(f"{HOME}?said=saved", status_code=303)


async def _page(request: Request, failure: str = "", status: int = 200) -> Response:
    async with services_of(request).db.read() as session:
        rules = await shared_clips.rules_of(session)
    return render(
        request,
        "clips/settings.html",
        status=status,
        rules=rules,
        failure=failure,
        saved=request.query_params.get("said") == "saved",
    )


routes = [
    page(HOME, show_rules, permission=Permission.ADMINISTER, name="show_share_rules"),
    page(HOME, save, permission=Permission.ADMINISTER, methods=["POST"], name="save_share_rules"),
]
