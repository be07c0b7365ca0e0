"""Proof packs: GET /proof lists those that were made; a panel on calls and disputes asks for new ones.

In: a dispute or a call. Out: a job for the worker, then a file to download. Only who may hear all calls of a pack sees it
at all; asking, downloading and dropping stand in the audit log.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncSession
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response

from calls.errors import KeyUnavailable, ProofImpossible
from calls.proof import keys, verify
from crm import proof_keys, proof_packs
from crm.access import Permission
from crm.errors import Forbidden
from crm.proof_choice import CALL, DISPUTE, HEARING, Subject, choose
from crm.tables import ProofPack
from web.i18n import gettext as _
from web.ids import id_of
from web.media import PRIVATE, kept_file
from web.proof_making import remove
from web.proof_words import failure_words
from web.render import render
from web.routes import actor_of, page
from web.services import services_of

HOME = "/proof"


@dataclass(frozen=True, slots=True)
class ShownPack:
    """A pack as the list shows it. `state`: as in its row, or "trouble" (its job fails again and again)."""

    row: ProofPack
    state: str
    why: str = ""

    @property
    def waits(self) -> bool:
        """Whether to look again in a moment."""
        return self.state == "waiting"


@cache
def checker() -> tuple[bytes, str]:
    """The checker that stands alone, and its SHA-256."""
    data = Path(verify.__file__).read_bytes()
    return data, hashlib.sha256(data).hexdigest()


async def show_packs(request: Request) -> Response:
    """All packs that the person may have, the company's key, and the checker."""
    services = services_of(request)
    before = id_of(request.query_params.get("before", ""))
    trouble = ""
    try:
        await proof_keys.current(services.db, services.settings.data_dir)
    except KeyUnavailable as error:
        trouble = str(error)
    async with services.db.read() as session:
        packs = await _shown(session, request, None, before)
        known = await proof_keys.all_keys(session)
    return render(
        request,
        "proof/list.html",
        packs=packs,
        keys=[(one, keys.pem(bytes.fromhex(one.public))) for one in known],
        trouble=trouble,
        checker_sha256=checker()[1],
        more=packs[-1].row.id if len(packs) == proof_packs.PAGE_SIZE else None,
    )


async def show_panel(request: Request) -> Response:
    """The packs of one call or dispute, with a button for a new one: a fragment."""
    return await _panel(request, _subject(request))


async def ask(request: Request) -> Response:
    """Ask for a pack of one call or dispute; the answer is its panel."""
    subject, why = _subject(request), ""
    try:
        async with services_of(request).db.write() as session:
            await proof_packs.ask(session, actor_of(request), subject)
    except ProofImpossible as error:
        why = failure_words(error.kind, error.why)
    return await _panel(request, subject, why)


async def download(request: Request) -> Response:
    """Give out a pack. 409 when it is not ready, 410 when its file is gone."""
    services = services_of(request)
    pack_id = request.path_params["pack_id"]
    async with services.db.read() as session:
        pack = await proof_packs.get(session, actor_of(request), pack_id)
    if pack.state == "ready":
        kept_file(
            services.settings.data_dir, pack.path
        )  # before the log says that it was given out
    async with services.db.write() as session:
        pack = await proof_packs.download(session, actor_of(request), pack_id)
    name = f"slovo-proof-{pack.subject_kind}-{pack.subject_id}-{pack.sha256[:8]}.zip"
    return FileResponse(
        kept_file(services.settings.data_dir, pack.path),
        media_type="application/zip",
        filename=name,
        headers={"Cache-Control": PRIVATE, "X-Content-Type-Options": "nosniff"},
    )


async def drop(request: Request) -> Response:
    """Keep a pack's file no longer."""
    services = services_of(request)
    async with services.db.write() as session:
        path = await proof_packs.drop(session, actor_of(request), request.path_params["pack_id"])
    await asyncio.to_thread(remove, services.settings.data_dir, path)
    return RedirectResponse(HOME, status_code=303)


async def give_checker(request: Request) -> Response:
    """verify.py, to be handed to outsiders by another way than the pack."""
    headers = {"Content-Disposition": 'attachment; filename="verify.py"'}
    return Response(checker()[0], media_type="text/x-python; charset=utf-8", headers=headers)


def _subject(request: Request) -> Subject:
    if "call_id" in request.path_params:
        return Subject(CALL, request.path_params["call_id"])
    return Subject(DISPUTE, request.path_params["dispute_id"])


async def _panel(request: Request, subject: Subject, why: str = "") -> Response:
    async with services_of(request).db.read() as session:
        try:
            chosen = await choose(session, actor_of(request), subject)
        except ProofImpossible as error:
            chosen, why = None, why or failure_words(error.kind, error.why)
        except Forbidden as error:
            if subject.kind == CALL or error.permission != HEARING:
                raise
            chosen, why = None, _("You may not hear all of its calls, so no pack of it is for you.")
        if chosen is not None and subject.kind == CALL and chosen.calls[0].id != subject.id:
            raise HTTPException(404)
        packs = await _shown(session, request, subject)
    return render(
        request,
        "proof/panel.html",
        subject=subject,
        packs=packs,
        can_ask=chosen is not None,
        why=why,
    )


async def _shown(
    session: AsyncSession, request: Request, subject: Subject | None, before: int | None = None
) -> list[ShownPack]:
    rows = await proof_packs.listed(session, actor_of(request), subject=subject, before=before)
    progress = await proof_packs.progress_of(session, rows)
    return [_one(row, progress) for row in rows]


def _one(row: ProofPack, progress: Mapping[int, tuple[str, str]]) -> ShownPack:
    if row.state == "failed":
        return ShownPack(row, "failed", failure_words(row.error_kind, row.error))
    state, error = progress.get(row.id, ("", ""))
    if row.state == "waiting" and state == "failed":
        return ShownPack(row, "trouble", error)
    return ShownPack(row, row.state)


_may = Permission.PROOF_MAKE
_of_call, _of_dispute = "/calls/{call_id:id}/proof", "/disputes/{dispute_id:id}/proof"
routes = [
    page(HOME, show_packs, permission=_may),
    page(f"{HOME}/verify.py", give_checker, permission=_may),
    page(f"{HOME}/{{pack_id:id}}/file", download, permission=_may, name="download_proof"),
    page(f"{HOME}/{{pack_id:id}}/drop", drop, permission=_may, methods=["POST"], name="drop_proof"),
    page(_of_call, show_panel, permission=_may, name="proof_of_call"),
    page(_of_call, ask, permission=_may, methods=["POST"], name="ask_proof_of_call"),
    page(_of_dispute, show_panel, permission=_may, name="proof_of_dispute"),
    page(_of_dispute, ask, permission=_may, methods=["POST"], name="ask_proof_of_dispute"),
]
