"""Correcting turns of a transcript on the page of a call, and looking at what they said before.

In: what somebody typed and the version that he saw. Out: the turn as a fragment; where a colleague was faster, the editor
again with both texts (409).
"""

from __future__ import annotations

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from calls.tables import Call, Transcript, Utterance
from calls.transcripts import current
from crm import transcript_corrections
from crm.access import Permission
from crm.errors import Conflict, Invalid, NotFound
from web.error_words import explain
from web.pages.call_access import visible_call
from web.pages.call_reads import facts_of
from web.pages.transcript_view import Turn
from web.render import render
from web.routes import actor_of, page
from web.services import services_of


async def editor(request: Request) -> Response:
    """GET /utterances/ID/correction: the turn's words to type over."""
    services, actor = services_of(request), actor_of(request)
    async with services.db.read() as session:
        utterance = await transcript_corrections.readable(
            session, actor, request.path_params["utterance_id"]
        )
    return _editor(request, utterance, current.text(utterance))


async def correct(request: Request) -> Response:
    """POST /utterances/ID/correction."""
    services, actor = services_of(request), actor_of(request)
    utterance_id = request.path_params["utterance_id"]
    async with request.form() as form:
        text, version = str(form.get("text", "")), _number(form, "version")
        seen = str(form.get("seen", ""))
    try:
        async with services.db.write() as session:
            await transcript_corrections.correct(
                session, actor, utterance_id, text, version=version, seen=seen
            )
    except (Conflict, Invalid) as error:
        async with services.db.read() as session:
            utterance = await transcript_corrections.readable(session, actor, utterance_id)
        return _editor(request, utterance, text, error)
    return await turn(request)


async def restore(request: Request) -> Response:
    """POST /utterances/ID/restore: an older version again, or what was heard (0)."""
    services, actor = services_of(request), actor_of(request)
    async with request.form() as form:
        to, version = _number(form, "to"), _number(form, "version")
    async with services.db.write() as session:
        await transcript_corrections.restore(
            session, actor, request.path_params["utterance_id"], to, version=version
        )
    return await turn(request)


async def versions(request: Request) -> Response:
    """GET /utterances/ID/versions: what was heard, and what people made of it."""
    services, actor = services_of(request), actor_of(request)
    utterance_id = request.path_params["utterance_id"]
    async with services.db.read() as session:
        found = await transcript_corrections.history(session, actor, utterance_id)
    return render(
        request,
        "call_versions.html",
        utterance_id=utterance_id,
        versions=found,
        version=next(one.number for one in found if one.is_current),
    )


async def turn(request: Request) -> Response:
    """GET /utterances/ID: the turn as it stands, for the page that shows it."""
    services, actor = services_of(request), actor_of(request)
    utterance_id = request.path_params["utterance_id"]
    async with services.db.read() as session:
        utterance = await transcript_corrections.readable(
            session, actor, utterance_id, Permission.CALLS_SEE_OWN
        )
        call: Call = await visible_call(session, actor, utterance.call_id)
        transcript = await session.get_one(Transcript, utterance.transcript_id)
        facts = await facts_of(session, services, actor, call, transcript.recording_id)
    shown = next((one for one in facts.turns if one.utterance_id == utterance_id), None)
    if shown is None:  # another reading has become the current one
        raise NotFound("utterance", utterance_id)
    return render(request, "call_turn_alone.html", turn=shown)


def _editor(
    request: Request, utterance: Utterance, text: str, error: Conflict | Invalid | None = None
) -> Response:
    conflict = isinstance(error, Conflict)
    shown = Turn(
        utterance_id=utterance.id, side="", speaker="", who="", start_s=utterance.start_s, words=(),
        version=utterance.version,
    )  # fmt: skip
    return render(
        request,
        "call_correction.html",
        status=200 if error is None else explain(error).status,
        turn=shown,
        text=text,
        seen=transcript_corrections.seal_of(current.text(utterance)),
        theirs=current.text(utterance) if conflict else None,
        error="" if error is None or conflict else explain(error).text,
    )


def _number(form: FormData, name: str) -> int:
    typed = str(form.get(name, ""))
    if not typed.isascii() or not typed.isdigit() or len(typed) > 9:
        raise Invalid(name, "must be a number")
    return int(typed)


_one = "/utterances/{utterance_id:id}"
routes = [
    page(_one, turn, permission=Permission.CALLS_SEE_OWN, name="turn"),
    page(
        f"{_one}/correction",
        editor,
        permission=Permission.TRANSCRIPTS_CORRECT,
        name="edit_turn",
    ),
    page(
        f"{_one}/correction",
        correct,
        permission=Permission.TRANSCRIPTS_CORRECT,
        methods=["POST"],
        name="correct_turn",
    ),
    page(f"{_one}/versions", versions, permission=Permission.CALLS_SEE_OWN, name="turn_versions"),
    page(
        f"{_one}/restore",
        restore,
        permission=Permission.TRANSCRIPTS_CORRECT,
        methods=["POST"],
        name="restore_turn",
    ),
]
