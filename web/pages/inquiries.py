"""Inquiries: the feed of what waits for triage, and the buttons that sort it.

In: `/inquiries` with `?view=open|snoozed|done`, `?mine=1`, `?q=`; forms of one inquiry. Out: the feed (`?part=list` gives
the list alone), or 303 back to it. A step that was taken can be taken back: the feed offers it until the next one.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from crm import inquiries, inquiry_steps, intake, tags
from crm.access import Permission
from crm.errors import Invalid
from crm.finding import search
from crm.inquiries import View
from crm.inquiry_steps import DealWish
from crm.intake import Letter
from crm.number_rules import NumberRules
from crm.tables import Funnel, User
from crm.tags import Tagged
from web.error_words import explain
from web.ids import id_of
from web.render import render
from web.routes import actor_of, page
from web.services import services_of

HOME = "/inquiries"
PICKED = 8
_TYPED = ("number", "email", "name", "text")
MORNING = 9
"""Hour at which what was put off until another day comes back."""


async def show_inquiries(request: Request) -> Response:
    """The feed, newest contact first."""
    return await _page(request)


async def show_inquiry(request: Request) -> Response:
    """One inquiry in the place of the feed, whatever became of it: notifications lead here."""
    services, actor = services_of(request), actor_of(request)
    rules = NumberRules.of(services.settings)
    async with services.db.read() as session:
        inquiry = await inquiries.get(session, actor, _id(request))
        lines = await inquiries.lines_of(session, actor, [inquiry], rules)
        ways, colleagues = await _funnels(session), await _people(session)
    return render(request, "inquiries/one.html", line=lines[0], funnels=ways, people=colleagues)


async def _page(
    request: Request, *, failure: str = "", form: Mapping[str, Any] | None = None, status: int = 200
) -> Response:
    services, actor, query = services_of(request), actor_of(request), request.query_params
    view, rules = _view(query.get("view", "")), NumberRules.of(services.settings)
    mine, asked = bool(query.get("mine")), query.get("q", "").replace("\x00", "").strip()
    async with services.db.read() as session:
        found = await inquiries.page(
            session,
            actor,
            rules,
            view=view,
            mine=mine,
            search=asked,
            before=id_of(query.get("before", "")),
        )
        waiting = await inquiries.count_open(session, actor)
        context: dict[str, Any] = {
            "funnels": await _funnels(session),
            "people": await _people(session),
            "done": await _done(request, session),
        }
    template = "inquiries/list.html" if query.get("part") else "inquiries/inquiries.html"
    return render(
        request,
        template,
        status=status,
        found=found,
        view=view.value,
        mine=mine,
        asked=asked,
        waiting=waiting,
        failure=failure,
        form={field: str((form or {}).get(field, "")) for field in _TYPED},
        **context,
    )


async def _done(request: Request, session: AsyncSession) -> object | None:
    """The inquiry that was sorted just now, with the way back."""
    done = id_of(request.query_params.get("done", ""))
    if done is None:
        return None
    rules = NumberRules.of(services_of(request).settings)
    inquiry = await inquiries.get(session, actor_of(request), done)
    return (await inquiries.lines_of(session, actor_of(request), [inquiry], rules))[0]


async def take_in(request: Request) -> Response:
    """Note an inquiry that came by another way: the client who is there is found."""
    services, form = services_of(request), await request.form()
    letter = Letter(
        channel="manual",
        number=str(form.get("number", "")),
        email=str(form.get("email", "")),
        name=str(form.get("name", "")),
        text=str(form.get("text", "")),
    )
    rules = NumberRules.of(services.settings)
    try:
        async with services.db.write() as session:
            await intake.take(session, actor_of(request), letter, rules)
    except Invalid as error:
        words = explain(error)
        return await _page(request, failure=words.text, form=form, status=words.status)
    return RedirectResponse(HOME, status_code=303)


async def into_deal(request: Request) -> Response:
    """Make a deal of it, and go there."""
    form = await request.form()
    wish = DealWish(name=str(form.get("name", "")), funnel_id=id_of(str(form.get("funnel", ""))))
    async with services_of(request).db.write() as session:
        deal = await inquiry_steps.into_deal(session, actor_of(request), _id(request), wish)
    return RedirectResponse(f"/deals/{deal.id}", status_code=303)


async def attach(request: Request) -> Response:
    """It belongs to this client."""
    client_id = id_of(str((await request.form()).get("client_id", "")))
    if client_id is None:
        raise Invalid("client_id", "choose a client")
    async with services_of(request).db.write() as session:
        await inquiry_steps.attach(session, actor_of(request), _id(request), client_id)
    return _back(request)


async def close(request: Request) -> Response:
    """Not ours; a reason may be given."""
    reason = str((await request.form()).get("reason", ""))
    async with services_of(request).db.write() as session:
        await inquiry_steps.close(session, actor_of(request), _id(request), reason)
    return _back(request)


async def snooze(request: Request) -> Response:
    """Later: `for` says how long, or `until` a time of the company's zone."""
    services, form = services_of(request), await request.form()
    until = _until(
        str(form.get("for", "")), str(form.get("until", "")), services.clock(), services.zone
    )
    async with services.db.write() as session:
        await inquiry_steps.snooze(session, actor_of(request), _id(request), until)
    return _back(request)


async def assign(request: Request) -> Response:
    """Whose it is: `user_id`, or "me"; "" for nobody in particular."""
    who = str((await request.form()).get("user_id", ""))
    actor = actor_of(request)
    user_id = actor.user_id if who == "me" else id_of(who)
    async with services_of(request).db.write() as session:
        await inquiry_steps.assign(session, actor, _id(request), user_id)
    return _back(request, keep=True)


async def undo(request: Request) -> Response:
    """Take the last step back."""
    async with services_of(request).db.write() as session:
        await inquiry_steps.undo(session, actor_of(request), _id(request))
    return RedirectResponse(HOME, status_code=303)


async def tag(request: Request) -> Response:
    """Put a tag on (`name`), or take one off (`off`)."""
    form, actor = await request.form(), actor_of(request)
    off = id_of(str(form.get("off", "")))
    async with services_of(request).db.write() as session:
        if off is not None:
            await tags.take_off(session, actor, Tagged.INQUIRY, _id(request), off)
        else:
            await tags.put(session, actor, Tagged.INQUIRY, _id(request), str(form.get("name", "")))
    return _back(request, keep=True)


async def pick(request: Request) -> Response:
    """A few clients to choose from, as buttons."""
    services, actor = services_of(request), actor_of(request)
    asked = request.query_params.get("q", "").replace("\x00", "").strip()
    async with services.db.read() as session:
        await inquiries.get(session, actor, _id(request))
        found = await search.pick(session, actor, asked, limit=PICKED)
    return render(request, "inquiries/pick.html", found=found, asked=asked, inquiry_id=_id(request))


async def show_of_client(request: Request) -> Response:
    """The inquiries of a client, as a panel of the card; nothing at all where there are none."""
    services, client_id = services_of(request), request.path_params["client_id"]
    rules = NumberRules.of(services.settings)
    async with services.db.read() as session:
        lines = await inquiries.of_client(session, actor_of(request), client_id, rules)
    return render(request, "clients/panels/inquiries.html", lines=lines, client_id=client_id)


def _id(request: Request) -> int:
    found: int = request.path_params["inquiry_id"]
    return found


def _back(request: Request, *, keep: bool = False) -> Response:
    if "hx-request" in request.headers:
        return Response(status_code=204)
    done = "" if keep else f"?done={_id(request)}"
    return RedirectResponse(f"{HOME}{done}", status_code=303)


def _view(text: str) -> View:
    return View(text) if text in list(View) else View.OPEN


def _until(period: str, moment: str, now: datetime, zone: ZoneInfo) -> datetime:
    hours = {"hour": 1, "three_hours": 3}
    if period in hours:
        return now + timedelta(hours=hours[period])
    days = {"tomorrow": 1, "week": 7}
    if period in days:
        day = now.astimezone(zone) + timedelta(days=days[period])
        return day.replace(hour=MORNING, minute=0, second=0, microsecond=0)
    try:
        return datetime.fromisoformat(moment).replace(tzinfo=zone)
    except ValueError as error:
        raise Invalid("until", "choose a time that is not over yet") from error


async def _funnels(session: AsyncSession) -> list[Funnel]:
    query = select(Funnel).where(Funnel.archived_at.is_(None)).order_by(Funnel.place, Funnel.id)
    return list((await session.scalars(query)).all())


async def _people(session: AsyncSession) -> list[tuple[int, str]]:
    rows = await session.execute(
        select(User.id, User.name, User.login).where(User.active.is_(True)).order_by(User.name)
    )
    return [(user_id, name or login) for user_id, name, login in rows]


_one = f"{HOME}/{{inquiry_id:id}}"
_sort = Permission.INQUIRIES_SORT
routes = [
    page(HOME, show_inquiries, permission=_sort),
    page(HOME, take_in, permission=_sort, methods=["POST"]),
    page(_one, show_inquiry, permission=_sort),
    page(f"{_one}/deal", into_deal, permission=_sort, methods=["POST"], name="inquiry_into_deal"),
    page(f"{_one}/client", attach, permission=_sort, methods=["POST"], name="inquiry_attach"),
    page(f"{_one}/client", pick, permission=_sort, name="inquiry_pick"),
    page(f"{_one}/close", close, permission=_sort, methods=["POST"], name="inquiry_close"),
    page(f"{_one}/snooze", snooze, permission=_sort, methods=["POST"], name="inquiry_snooze"),
    page(f"{_one}/assign", assign, permission=_sort, methods=["POST"], name="inquiry_assign"),
    page(f"{_one}/undo", undo, permission=_sort, methods=["POST"], name="inquiry_undo"),
    page(f"{_one}/tags", tag, permission=_sort, methods=["POST"], name="inquiry_tag"),
    page(
        "/clients/{client_id:id}/inquiries",
        show_of_client,
        permission=_sort,
        name="client_inquiries",
    ),
]
