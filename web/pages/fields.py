"""Administration of fields: custom fields, and which of our own fields must be filled in. In force at once."""

from __future__ import annotations

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from crm import custom_fields, field_rules
from crm.access import Permission
from crm.custom_fields import SUBJECTS, FieldDraft
from crm.custom_kinds import FieldKind
from crm.errors import Invalid
from crm.tables import CustomField
from web.error_words import explain
from web.i18n import gettext as _
from web.pages.client_words import field_words
from web.render import render
from web.routes import actor_of, page
from web.services import services_of

HOME = "/admin/fields"
SPARE_OPTIONS = 3
_FEWEST_OPTIONS = 5


async def show_fields(request: Request) -> Response:
    """All fields, by whose they are; what must be filled in; the form of a new one."""
    return await _list(request, FieldDraft(name=""))


async def add(request: Request) -> Response:
    """Add a field."""
    data = await request.form()
    draft = _draft(data)
    try:
        async with services_of(request).db.write() as session:
            await custom_fields.add(session, actor_of(request), draft)
    except Invalid as error:
        return await _list(request, draft, error)
    return RedirectResponse(HOME, status_code=303)


async def show_field(request: Request) -> Response:
    """The form of one field."""
    return await _one_field(request, None)


async def save(request: Request) -> Response:
    """Keep a field's name, options and obligation; its kind while it has no values."""
    data = await request.form()
    draft = _draft(data)
    try:
        async with services_of(request).db.write() as session:
            field_id = request.path_params["field_id"]
            await custom_fields.edit(session, actor_of(request), field_id, draft)
    except Invalid as error:
        return await _one_field(request, draft, error)
    return RedirectResponse(HOME, status_code=303)


async def move(request: Request) -> Response:
    """One place up or down."""
    data = await request.form()
    async with services_of(request).db.write() as session:
        await custom_fields.move(
            session, actor_of(request), request.path_params["field_id"], up=data.get("to") == "up"
        )
    return RedirectResponse(HOME, status_code=303)


async def archive(request: Request) -> Response:
    """Ask for a field no more, or again."""
    data = await request.form()
    archived = data.get("archived") == "1"
    try:
        async with services_of(request).db.write() as session:
            await custom_fields.archive(
                session, actor_of(request), request.path_params["field_id"], archived=archived
            )
    except Invalid as error:
        return await _list(request, FieldDraft(name=""), error)
    return RedirectResponse(HOME, status_code=303)


async def save_rules(request: Request) -> Response:
    """Which of our own fields must be filled in."""
    data = await request.form()
    async with services_of(request).db.write() as session:
        for subject in field_rules.MAY_BE_OBLIGATORY:
            chosen = [str(one) for one in data.getlist(subject)]
            await field_rules.save(session, actor_of(request), subject, chosen)
    return RedirectResponse(f"{HOME}#rules", status_code=303)


def subject_words() -> dict[str, str]:
    """Whose field it is, in words."""
    return {
        "client": _("All clients"),
        "person": _("People"),
        "organisation": _("Companies"),
        "deal": _("Deals"),
    }


def kind_words() -> dict[str, str]:
    """What a field holds, in words."""
    return {
        FieldKind.TEXT: _("text"),
        FieldKind.NUMBER: _("number"),
        FieldKind.MONEY: _("sum of money"),
        FieldKind.DATE: _("date"),
        FieldKind.FLAG: _("yes or no"),
        FieldKind.LIST: _("one of a list"),
        FieldKind.MANY: _("several of a list"),
        FieldKind.LINK: _("link to a page"),
        FieldKind.FILE: _("file"),
        FieldKind.CLIENT: _("another client"),
    }


def _rule_words() -> dict[str, str]:
    return field_words() | {
        "client": _("Client"),
        "amount": _("Sum"),
        "expected_on": _("Expected on"),
    }


def _draft(data: FormData) -> FieldDraft:
    before = [str(one).strip() for one in data.getlist("option_was")]
    after = [" ".join(str(one).split()) for one in data.getlist("option")]
    pairs = zip(before, after, strict=False)
    return FieldDraft(
        subject=str(data.get("subject", "client")),
        name=str(data.get("name", "")),
        kind=str(data.get("kind", "text")),
        options=tuple(one for one in after if one),
        obligatory=data.get("obligatory") == "1",
        renamed={old: new for old, new in pairs if old and new and old != new},
    )


async def _list(request: Request, draft: FieldDraft, error: Invalid | None = None) -> Response:
    async with services_of(request).db.read() as session:
        rows = await custom_fields.fields(session, archived=True)
        must = {
            subject: await field_rules.obligatory(session, subject)
            for subject in field_rules.MAY_BE_OBLIGATORY
        }
    said = explain(error) if error else None
    return render(
        request,
        "admin/fields.html",
        status=said.status if said else 200,
        failure=said.text if said else "",
        rows={one: _of(rows, one) for one in SUBJECTS},
        archived=[field for field in rows if field.archived_at is not None],
        draft=draft,
        options=[("", one) for one in draft.options] + [("", "")] * _FEWEST_OPTIONS,
        kinds=kind_words(),
        subjects=subject_words(),
        rules=field_rules.MAY_BE_OBLIGATORY,
        rule_words=_rule_words(),
        must=must,
    )


def _of(rows: list[CustomField], subject: str) -> list[CustomField]:
    return [field for field in rows if field.subject == subject and field.archived_at is None]


async def _one_field(
    request: Request, typed: FieldDraft | None, error: Invalid | None = None
) -> Response:
    async with services_of(request).db.read() as session:
        actor_of(request).require(Permission.ADMINISTER)
        field = await custom_fields.load(session, request.path_params["field_id"])
        is_used = await custom_fields.has_values(session, field.id)
    kept = [str(one) for one in field.options]
    draft = typed or FieldDraft(
        name=field.name, kind=field.kind, options=tuple(kept), obligatory=field.obligatory
    )
    back = {new: old for old, new in (draft.renamed or {}).items()}
    options = [(back.get(one, one if one in kept else ""), one) for one in draft.options]
    said = explain(error) if error else None
    return render(
        request,
        "admin/field.html",
        status=said.status if said else 200,
        failure=said.text if said else "",
        field=field,
        is_used=is_used,
        draft=draft,
        options=options + [("", "")] * SPARE_OPTIONS,
        kinds=kind_words(),
        subjects=subject_words(),
    )


_one = f"{HOME}/{{field_id:id}}"
_admin = Permission.ADMINISTER
routes = [
    page(HOME, show_fields, permission=_admin),
    page(HOME, add, permission=_admin, methods=["POST"], name="add_field"),
    page(f"{HOME}/rules", save_rules, permission=_admin, methods=["POST"], name="field_rules"),
    page(_one, show_field, permission=_admin),
    page(_one, save, permission=_admin, methods=["POST"], name="save_field"),
    page(f"{_one}/move", move, permission=_admin, methods=["POST"], name="move_field"),
    page(f"{_one}/archive", archive, permission=_admin, methods=["POST"], name="archive_field"),
]
