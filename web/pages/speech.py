"""Transcription: what waits, how quickly it goes, when it will be done, and the company's rules of it: /admin/speech.

In: jobs, the last readings, installed models. Out: a page for those who may order readings; the administrator sets
languages by queue and the second pass.
"""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from calls.tables import Call
from calls.transcripts.backlog import backlog
from calls.transcripts.rules import AUTO, SETTING, SpeechRules
from crm import company_settings
from crm.access import Actor, Permission
from crm.errors import Invalid
from crm.tables import UserQueue
from web.pages.call_access import hearable_calls
from web.pages.speech_models import installed_models
from web.render import render
from web.routes import actor_of, page
from web.services import services_of

HOME = "/admin/speech"


async def show_speech(request: Request) -> Response:
    """The backlog, and the rules in force."""
    services, actor = services_of(request), actor_of(request)
    models = await installed_models(services)
    async with services.db.read() as session:
        waits = await backlog(session, services.clock())
        rules = await company_settings.load(session, SETTING, SpeechRules)
        queues = await _queues(session, rules)
        opened = await _openable(session, actor, [one.call_id for one in waits.running])
    return render(
        request,
        "admin/speech.html",
        backlog=waits,
        opened=opened,
        rules=rules,
        queues=queues,
        models=models,
        langs=sorted({model.lang for model in models if model.lang}),
        auto=AUTO,
        several=len(services.settings.pbx_names) > 1,
    )


async def save_rules(request: Request) -> Response:
    """Put other rules in force."""
    services, actor = services_of(request), actor_of(request)
    async with request.form() as form:
        rules = rules_from(form)
    if rules.second_when != "never" and not rules.second_model:
        raise Invalid("second_model", "choose the model of the second pass")
    async with services.db.write() as session:
        await company_settings.save(session, actor, SETTING, rules)
    return RedirectResponse(HOME, status_code=303)


def rules_from(form: FormData) -> SpeechRules:
    """What the form says.

    Raises:
        Invalid: names the field.
    """
    prefix = "queue:"
    queues = {
        name.removeprefix(prefix): str(value)
        for name, value in form.items()
        if name.startswith(prefix) and value
    }
    names = ("lang", "second_model", "second_when", "doubtful_percent", "night_from", "night_to")
    told = {name: str(form[name]) for name in names if name in form}
    try:
        return SpeechRules.model_validate({**told, "queues": queues})
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        raise Invalid(str(first["loc"][0]), str(first["msg"])) from error


async def _queues(session: AsyncSession, rules: SpeechRules) -> Sequence[str]:
    """Every queue ("PBX/queue") that somebody answers for, that calls came by, or that has a rule."""
    told = await session.execute(select(UserQueue.pbx, UserQueue.queue).distinct())
    seen = await session.execute(
        select(Call.pbx, Call.queue).where(Call.queue != "").group_by(Call.pbx, Call.queue)
    )
    return sorted({f"{pbx}/{queue}" for pbx, queue in (*told, *seen)} | set(rules.queues))


async def _openable(session: AsyncSession, actor: Actor, ids: Sequence[int]) -> set[int]:
    calls = (await session.scalars(select(Call).where(Call.id.in_(ids)))).all()
    return await hearable_calls(session, actor, calls)


routes = [
    page(HOME, show_speech, permission=Permission.TRANSCRIPTS_ORDER, name="speech"),
    page(
        HOME,
        save_rules,
        permission=Permission.ADMINISTER,
        methods=["POST"],
        name="save_speech_rules",
    ),
]
