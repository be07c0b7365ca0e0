"""What a person may set for themselves: the language."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from crm import agents
from crm.access import Permission
from web.auth import cookies
from web.auth.addresses import local_address
from web.i18n import LOCALES
from web.routes import page, visitor_of
from web.services import services_of


async def set_language(request: Request) -> Response:
    """Speak another language from now on; kept in the profile of whoever is logged in, and in a cookie."""
    form = await request.form()
    wanted = str(form.get("locale", ""))
    locale = wanted if wanted in LOCALES else services_of(request).settings.locale
    actor = visitor_of(request)
    if actor is not None:
        async with services_of(request).db.write() as session:
            await agents.set_locale(session, actor, locale)
    back = local_address(str(form.get("back", "/")))
    response = RedirectResponse(back, status_code=303)
    cookies.set_locale(response, request, locale)
    return response


routes = [page("/language", set_language, permission=Permission.PUBLIC, methods=["POST"])]
