"""Rights: GET /admin/rights, a table of roles and actions with how far each reaches; saving it, or going back.

In: the form of an administrator. Out: the page again. Also the rule for how many opened cards in an hour are unusual.
"""

from __future__ import annotations

from pydantic import ValidationError
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from crm import company_settings, export_watch, role_scopes
from crm.access import DEFAULT_SCOPES, Action, Permission, Role, Scope
from crm.errors import Invalid
from crm.export_watch import WatchRules
from web.error_words import explain
from web.i18n import gettext as _
from web.render import render
from web.routes import actor_of, page
from web.services import services_of

HOME = "/admin/rights"


async def show_rights(request: Request) -> Response:
    """The table as it is in force."""
    return await _page(request)


async def save(request: Request) -> Response:
    """Put what was chosen in force, for everybody, at once."""
    services, actor = services_of(request), actor_of(request)
    async with request.form() as form:
        typed = form
    try:
        wanted, watch = _wanted(typed), _watch(typed)
        async with services.db.write() as session:
            await role_scopes.save(session, actor, wanted)
            before = await company_settings.load(session, export_watch.SETTING, WatchRules)
            if watch != before:
                await company_settings.save(session, actor, export_watch.SETTING, watch)
    except Invalid as error:
        words = explain(error).text
        if "." in error.field:
            words = _("Nobody may change, export or delete more than what they see.")
        return await _page(request, words, explain(error).status)
    return RedirectResponse(f"{HOME}?said=saved", status_code=303)


async def reset(request: Request) -> Response:
    """Back to what a new installation has."""
    async with services_of(request).db.write() as session:
        await role_scopes.reset(session, actor_of(request))
    return RedirectResponse(f"{HOME}?said=reset", status_code=303)


def _wanted(form: FormData) -> dict[Role, dict[Action, Scope]]:
    return {
        role: {
            action: _scope(str(form[f"{role}.{action}"]))
            for action in Action
            if f"{role}.{action}" in form
        }
        for role in role_scopes.CHANGEABLE
    }


def _scope(text: str) -> Scope:
    try:
        return Scope(text)
    except ValueError as error:
        raise Invalid("scope", "must be none, own, department or all") from error


def _watch(form: FormData) -> WatchRules:
    text = str(form.get("cards_per_hour", "")).strip()
    try:
        return WatchRules.model_validate({"cards_per_hour": text} if text else {})
    except ValidationError as error:
        raise Invalid("cards_per_hour", "must be a number from 10 to 100000") from error


async def _page(request: Request, failure: str = "", status: int = 200) -> Response:
    async with services_of(request).db.read() as session:
        table = await role_scopes.table(session)
        watch = await company_settings.load(session, export_watch.SETTING, WatchRules)
    said = request.query_params.get("said", "")
    return render(
        request,
        "admin/rights.html",
        status=status,
        table=table,
        defaults=DEFAULT_SCOPES,
        actions=_actions(),
        scopes=_scopes(),
        watch=watch,
        failure=failure,
        said=said if said in ("saved", "reset") else "",
    )


def _actions() -> dict[Action, str]:
    return {
        Action.SEE: _("see clients and deals"),
        Action.EDIT: _("edit them"),
        Action.LISTEN: _("hear recordings, read what was said"),
        Action.EXPORT: _("export"),
        Action.DELETE: _("put into the bin"),
    }


def _scopes() -> dict[Scope, str]:
    return {
        Scope.NONE: _("of nobody"),
        Scope.OWN: _("only own ones"),
        Scope.DEPARTMENT: _("of the department"),
        Scope.ALL: _("of everybody"),
    }


routes = [
    page(HOME, show_rights, permission=Permission.ADMINISTER),
    page(HOME, save, permission=Permission.ADMINISTER, methods=["POST"], name="save_rights"),
    page(
        f"{HOME}/reset",
        reset,
        permission=Permission.ADMINISTER,
        methods=["POST"],
        name="reset_rights",
    ),
]
