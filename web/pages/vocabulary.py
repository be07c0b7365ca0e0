"""The company's own words and whether the models know them: /admin/vocabulary, for supervisors.

In: words that are added or taken out. Out: the list, what each installed model lacks, and what corrections suggest.
"""

from __future__ import annotations

import asyncio

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from calls.transcripts.vocabulary import spellings_of, takes_a_grammar
from crm import transcript_vocabulary
from crm.access import Permission
from web.pages.speech_models import installed_models
from web.render import render
from web.routes import actor_of, page
from web.services import services_of

HOME = "/admin/vocabulary"


async def show(request: Request) -> Response:
    """The list."""
    services, actor = services_of(request), actor_of(request)
    models = await installed_models(services)
    grammars = await asyncio.to_thread(
        lambda: {model.name: takes_a_grammar(model.path) for model in models}
    )
    async with services.db.read() as session:
        words = await transcript_vocabulary.all_words(session)
        proposed = await transcript_vocabulary.proposals(session, actor)
    return render(
        request,
        "admin/vocabulary.html",
        words=words,
        proposed=proposed,
        models=models,
        grammars=grammars,
        kinds=transcript_vocabulary.KINDS,
        spellings_of=spellings_of,
    )


async def add(request: Request) -> Response:
    """POST: another word; other spellings are separated by commas."""
    services, actor = services_of(request), actor_of(request)
    async with request.form() as form:
        word, kind = str(form.get("word", "")), str(form.get("kind", "other"))
        spellings = str(form.get("spellings", "")).split(",")
    async with services.db.write() as session:
        await transcript_vocabulary.add(session, actor, word, kind, spellings)
    return RedirectResponse(HOME, status_code=303)


async def remove(request: Request) -> Response:
    """POST: take one out."""
    services, actor = services_of(request), actor_of(request)
    async with services.db.write() as session:
        await transcript_vocabulary.remove(session, actor, request.path_params["word_id"])
    return RedirectResponse(HOME, status_code=303)


_rules = Permission.QUALITY_RULES
routes = [
    page(HOME, show, permission=_rules, name="vocabulary"),
    page(HOME, add, permission=_rules, methods=["POST"], name="add_vocabulary"),
    page(
        f"{HOME}/{{word_id:id}}/remove",
        remove,
        permission=_rules,
        methods=["POST"],
        name="remove_vocabulary",
    ),
]
