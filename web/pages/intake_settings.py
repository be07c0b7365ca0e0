"""Intake as the administrator sets it: which calls make clients and inquiries, and which numbers are the company's own."""

from __future__ import annotations

from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from crm import company_settings
from crm.access import Permission
from crm.errors import Invalid
from crm.intake_rules import SETTING, IntakeRules
from web.error_words import explain
from web.render import render
from web.routes import actor_of, page
from web.services import services_of

HOME = "/admin/intake"


async def show_rules(request: Request) -> Response:
    """The rules in force."""
    return await _page(request)


async def save(request: Request) -> Response:
    """Put other rules in force, from the next call on."""
    form = await request.form()
    values = {field: str(form[field]) for field in IntakeRules.model_fields if field in form}
    try:
        try:
            rules = IntakeRules.model_validate({"outgoing": False} | values)
        except ValidationError as error:
            raise Invalid("days", "give whole numbers that are not too large") from error
        async with services_of(request).db.write() as session:
            await company_settings.save(session, actor_of(request), SETTING, rules)
    except Invalid as error:
        words = explain(error)
        return await _page(request, words.text, words.status)
    return RedirectResponse(f"{HOME}?said=saved", status_code=303)


async def _page(request: Request, failure: str = "", status: int = 200) -> Response:
    services = services_of(request)
    async with services.db.read() as session:
        rules = await company_settings.load(session, SETTING, IntakeRules)
    return render(
        request,
        "inquiries/settings.html",
        status=status,
        rules=rules,
        own_numbers=services.settings.own_numbers,
        failure=failure,
        saved=request.query_params.get("said") == "saved",
    )


routes = [
    page(HOME, show_rules, permission=Permission.ADMINISTER, name="show_intake_rules"),
    page(HOME, save, permission=Permission.ADMINISTER, methods=["POST"], name="save_intake_rules"),
]
