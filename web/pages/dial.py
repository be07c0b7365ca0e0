"""Click-to-call: the person's own phone rings first, then the number is dialled."""

from __future__ import annotations

import asyncio

import structlog
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from crm.access import Permission
from crm.errors import Invalid
from pbx.actions import Actions, ClickToCall, Originated
from pbx.errors import PbxError
from web.errors import PhoneRefused
from web.format import dialable
from web.phones import phone_of
from web.routes import actor_of, page
from web.services import services_of

log = structlog.get_logger(__name__)

REFUSED_WITHIN_S = 0.7
"""A phone that is busy or not registered is known by then, in seconds; one that rings is let ring."""

_ringing: set[asyncio.Task[Originated]] = set()
"""asyncio itself keeps no task alive."""


async def dial(request: Request) -> Response:
    """Ring the phone of whoever clicked. The answer comes as soon as the phone rings, or cannot.

    Raises:
        Invalid: the number cannot be dialled, or the person has no phone.
        PhoneRefused: the phone is busy or not registered.
        PbxError: the PBX did not take the order.
    """
    services, actor = services_of(request), actor_of(request)
    form = await request.form()
    number = dialable(str(form.get("number", "")))
    if not number:
        raise Invalid("number", "this is no number that a phone can dial")
    preferred = str(form.get("pbx", ""))
    async with services.db.read() as session:
        pbx, channel = await phone_of(session, services.settings, actor, preferred)
    order = ClickToCall(
        channel=channel,
        number=number,
        context=pbx.dial_context,
        caller_id=number,
    )
    await _ring(services.actions_on(pbx.name), order)
    return JSONResponse({"ringing": channel}, status_code=202)


async def _ring(actions: Actions, order: ClickToCall) -> None:
    ringing = asyncio.create_task(actions.originate(order, wait_for_answer=True), name="dial")
    _ringing.add(ringing)
    ringing.add_done_callback(_rang)
    done, _ = await asyncio.wait({ringing}, timeout=REFUSED_WITHIN_S)
    if done and ringing.result().answered is False:
        raise PhoneRefused(ringing.result().reason)


def _rang(ringing: asyncio.Task[Originated]) -> None:
    _ringing.discard(ringing)
    if not ringing.cancelled() and isinstance(error := ringing.exception(), PbxError):
        log.info("dial_failed", why=str(error))


routes = [page("/dial", dial, permission=Permission.CALLS_MAKE, methods=["POST"])]
