"""One's own password: GET and POST /password. The old one is asked; every other login of the person ends with it.

In: the old password and the new one, twice. Out: the page with what was wrong, or the same login going on.
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from crm.access import Permission
from crm.errors import Invalid, LoginFailed
from web.auth import cookies
from web.error_words import explain
from web.i18n import gettext as _
from web.render import render
from web.routes import actor_of, page
from web.services import services_of


async def show_password(request: Request) -> Response:
    """The form."""
    return _page(request, done=request.query_params.get("said") == "changed")


async def change(request: Request) -> Response:
    """Check the old one, keep the new one."""
    services, actor = services_of(request), actor_of(request)
    async with request.form() as form:
        old, new, again = (str(form.get(name, "")) for name in ("old", "new", "again"))
    if new != again:
        return _page(request, _("The two new passwords are not the same."), 400)
    try:
        token = cookies.session_token(request)
        await services.sessions.change_password(actor, old, new, token)
    except LoginFailed as error:
        words = _("The old password is wrong.")
        if error.retry_after_s:
            words = explain(error).text
        return _page(request, words, 400)
    except Invalid as error:
        return _page(request, explain(error).text, 400)
    return RedirectResponse("/password?said=changed", status_code=303)


def _page(
    request: Request, failure: str = "", status: int = 200, *, done: bool = False
) -> Response:
    return render(request, "people/password.html", status=status, failure=failure, done=done)


routes = [
    page("/password", show_password, permission=Permission.LOGGED_IN),
    page(
        "/password",
        change,
        permission=Permission.LOGGED_IN,
        methods=["POST"],
        name="change_password",
    ),
]
