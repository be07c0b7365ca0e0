"""Score cards: the list, and the form that makes one or its next version."""

from __future__ import annotations

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from crm.access import Permission
from crm.errors import Invalid
from crm.quality import forms
from crm.quality.forms import Card
from crm.quality.score import Criterion, criteria_of
from web.error_words import explain
from web.render import render
from web.routes import actor_of, page
from web.services import services_of

HOME = "/quality/cards"
FREE_LINES = 5
"""Empty lines under the criteria, for new ones."""


async def show_cards(request: Request) -> Response:
    """The cards in use."""
    async with services_of(request).db.read() as session:
        found = await forms.current(session)
    return render(request, "quality/cards.html", cards=found)


async def show_card(request: Request) -> Response:
    """The form: an empty one, or a card to be changed."""
    form_id = request.path_params.get("form_id")
    if form_id is None:
        return _form(request, Card(name="", criteria=()), None)
    async with services_of(request).db.read() as session:
        row = await forms.get(session, form_id)
    card = Card(name=row.name, criteria=criteria_of(row.criteria), pass_from=row.pass_from)
    return _form(request, card, form_id)


async def write(request: Request) -> Response:
    """Make a card, or its next version."""
    form_id = request.path_params.get("form_id")
    async with request.form() as form:
        card = _card(form)
    try:
        async with services_of(request).db.write() as session:
            if form_id is None:
                await forms.add(session, actor_of(request), card)
            else:
                await forms.edit(session, actor_of(request), form_id, card)
    except Invalid as error:
        said = explain(error)
        return _form(request, card, form_id, failure=said.text, status=said.status)
    return RedirectResponse(HOME, status_code=303)


async def put_away(request: Request) -> Response:
    """Use a card no more."""
    async with services_of(request).db.write() as session:
        await forms.put_away(session, actor_of(request), request.path_params["form_id"])
    return RedirectResponse(HOME, status_code=303)


def _form(
    request: Request, card: Card, form_id: int | None, *, failure: str = "", status: int = 200
) -> Response:
    return render(
        request,
        "quality/card.html",
        status=status,
        card=card,
        form_id=form_id,
        failure=failure,
        free=range(FREE_LINES),
    )


def _card(form: FormData) -> Card:
    """Lines of `key`, `section`, `text`, `weight`, `scale`, `fatal`; a line without words is left out."""
    columns = [
        [str(one) for one in form.getlist(name)]
        for name in ("key", "section", "text", "weight", "scale", "fatal")
    ]
    if len({len(one) for one in columns}) != 1:
        raise Invalid("criteria", "every line needs all of its fields")
    lines = [
        Criterion(
            key=key[:36],
            section=section,
            text=text,
            weight=_number("weight", weight),
            scale=_number("scale", scale),
            fatal=fatal == "1",
        )
        for key, section, text, weight, scale, fatal in zip(*columns, strict=True)
        if text.strip()
    ]
    return Card(
        name=str(form.get("name", "")),
        criteria=lines,
        pass_from=_number("pass_from", str(form.get("pass_from", ""))),
    )


def _number(field: str, typed: str) -> int:
    if not typed.isascii() or not typed.isdigit() or len(typed) > 4:
        raise Invalid(field, "must be a whole number")
    return int(typed)


_RULES = Permission.QUALITY_RULES
routes = [
    page("/quality/cards", show_cards, permission=_RULES),
    page("/quality/cards/new", show_card, permission=_RULES, name="new_card"),
    page("/quality/cards/new", write, permission=_RULES, methods=["POST"], name="make_card"),
    page("/quality/cards/{form_id:id}", show_card, permission=_RULES),
    page("/quality/cards/{form_id:id}", write, permission=_RULES, methods=["POST"], name="edit_card"),
    page("/quality/cards/{form_id:id}/put-away", put_away, permission=_RULES, methods=["POST"], name="put_card_away"),
]  # fmt: skip
