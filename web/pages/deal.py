"""One deal: /deals/ID with everything about it, its form, its payments, and the bin."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from crm import bin as waste
from crm import (
    custom_fields,
    custom_values,
    deal_calls,
    deal_obligatory,
    deal_visibility,
    deals,
    field_rules,
    funnels,
    payments,
    products,
)
from crm.access import Action, Actor, Permission
from crm.bin_kinds import Kind
from crm.custom_values import Owner
from crm.deals import CURRENCIES
from crm.errors import Conflict, CrmError, Forbidden, Invalid
from crm.payments import PaymentFields
from crm.tables import Deal
from web.error_words import explain
from web.ids import id_of
from web.pages import custom_form, deal_people, deal_segments
from web.pages.deal_facts import facts_of
from web.pages.deal_form import DealForm, changed_fields, day_of, decimal_of
from web.pages.finding_words import source_name
from web.render import render
from web.routes import actor_of, page
from web.services import services_of


async def show_deal(request: Request) -> Response:
    """The page; with `?edit=1` the form stands in the place of the facts."""
    return await deal_page(request, edit=bool(request.query_params.get("edit")))


async def new_deal(request: Request) -> Response:
    """The form of a new deal; `client`, `call` and `stage` may be known already."""
    services, actor = services_of(request), actor_of(request)
    asked = request.query_params
    async with services.db.read() as session:
        client_id = id_of(asked.get("client", ""))
        names = await deal_visibility.client_names(session, actor, [client_id])
        stage = asked.get("stage", "")
        if not stage and client_id in names:
            offered = await deal_segments.stage_for(session, services, actor, client_id or 0)
            stage = str(offered or "")
        form = DealForm(
            client=str(client_id) if client_id in names else "",
            client_name=names.get(client_id or 0, ""),
            call=asked.get("call", ""),
            stage=stage,
            responsible=str(actor.user_id),
        )
    return await _new_page(request, form)


async def create(request: Request) -> Response:
    """Keep a new deal; made from a call, the call is about it."""
    services, actor = services_of(request), actor_of(request)
    form = DealForm.read(await request.form())
    try:
        async with services.db.write() as session:
            deal = await deals.create(session, actor, form.fields(), stage_id=id_of(form.stage))
            await deal_obligatory.require(session, deal)
            await deals.put_custom(session, actor, deal, form.custom)
            if (call_id := id_of(form.call)) is not None:
                await deal_calls.attach(session, actor, call_id, deal.id)
    except Invalid as error:
        return await _new_page(request, form, error)
    return RedirectResponse(f"/deals/{deal.id}", status_code=303)


async def save(request: Request) -> Response:
    """Keep the form, unless somebody else was faster: then both versions are shown."""
    services, actor = services_of(request), actor_of(request)
    deal_id = request.path_params["deal_id"]
    data = await request.form()
    form, version = DealForm.read(data), id_of(str(data.get("version", ""))) or 0
    try:
        async with services.db.write() as session:
            before = await deals.get(session, actor, deal_id)
            deal = await deals.edit(session, actor, deal_id, version, form.fields(before))
            await deal_obligatory.require(session, deal)
            await deals.put_custom(session, actor, deal, form.custom)
    except (Invalid, Conflict) as error:
        return await deal_page(request, form=form, edit=True, error=error)
    return RedirectResponse(f"/deals/{deal_id}", status_code=303)


async def delete(request: Request) -> Response:
    """Put the deal into the bin."""
    async with services_of(request).db.write() as session:
        await waste.put(session, actor_of(request), Kind.DEAL, request.path_params["deal_id"])
    return RedirectResponse("/deals", status_code=303)


async def add_payment(request: Request) -> Response:
    """Plan a payment, or note one that came."""
    deal_id = request.path_params["deal_id"]
    try:
        fields = _payment(await request.form())
        async with services_of(request).db.write() as session:
            await payments.add(session, actor_of(request), deal_id, fields)
    except Invalid as error:
        return await deal_page(request, error=error)
    return RedirectResponse(f"/deals/{deal_id}#payments", status_code=303)


async def change_payment(request: Request) -> Response:
    """Say that a payment came today, did not come after all, or is no more."""
    services, actor = services_of(request), actor_of(request)
    payment_id, deed = request.path_params["payment_id"], (await request.form()).get("deed")
    today = services.clock().astimezone(services.zone).date()
    async with services.db.write() as session:
        if deed == "remove":
            await payments.remove(session, actor, payment_id)
        else:
            paid_on = today if deed == "paid" else None
            await payments.set_paid(session, actor, payment_id, paid_on)
    return RedirectResponse(f"/deals/{request.path_params['deal_id']}#payments", status_code=303)


async def deal_page(
    request: Request,
    *,
    form: DealForm | None = None,
    edit: bool = False,
    error: CrmError | None = None,
) -> Response:
    """The page of the deal in the request's path, with what went wrong if something did.

    Raises:
        NotFound: no such deal, or one that the actor may not see.
        Forbidden: the form is asked for by somebody who may not edit the deal.
    """
    services, actor = services_of(request), actor_of(request)
    today = services.clock().astimezone(services.zone).date()
    async with services.db.read() as session:
        facts = await facts_of(session, actor, request.path_params["deal_id"], today)
        if edit and not facts.may_edit:
            raise Forbidden(Permission.DEALS_EDIT)
        now = DealForm.of(facts.deal, facts.client_names)
        now.custom = await _typed(session, actor, facts.deal) if edit else {}
        context = await _choices(session, actor, facts.deal) if edit else {}
        context["reasons"] = await funnels.loss_reasons(session)
        context["may_delete"] = await _may_delete(session, actor, facts.deal)
    said = explain(error) if error else None
    return render(
        request,
        "deals/deal.html",
        status=said.status if said else 200,
        facts=facts,
        deal=facts.deal,
        form=form or now,
        edit=edit,
        today=today,
        source=source_name(facts.deal.source),
        failure=said.text if said else "",
        wrong=said.field if said else "",
        theirs=changed_fields(form, now) if form and isinstance(error, Conflict) else {},
        **context,
    )


async def _new_page(request: Request, form: DealForm, error: Invalid | None = None) -> Response:
    services, actor = services_of(request), actor_of(request)
    said = explain(error) if error else None
    await funnels.begin(services.db, services.settings.locale)
    async with services.db.read() as session:
        context = await _choices(session, actor, None)
        ways = await funnels.active(session)
    return render(
        request,
        "deals/new.html",
        status=said.status if said else 200,
        form=form,
        failure=said.text if said else "",
        wrong=said.field if said else "",
        ways=[(way, [one for one in funnels.stages_of(way) if one.kind == "open"]) for way in ways],
        **context,
    )


async def _choices(session: AsyncSession, actor: Actor, deal: Deal | None) -> dict[str, Any]:
    people = await deal_people.choices(session, actor)
    known = {user_id for user_id, _name in people}
    if deal is not None and deal.responsible_id not in known | {None}:
        names = await deal_people.responsible_names(session, [deal])
        people += sorted(names.items())
    return {
        "people": people,
        "goods": await products.active(session, actor),
        "currencies": CURRENCIES,
        "fields": await custom_fields.fields(session, custom_fields.subjects_of("deal")),
        "must": await field_rules.obligatory(session, "deal"),
    }


async def _typed(session: AsyncSession, actor: Actor, deal: Deal) -> dict[str, list[str]]:
    fields = await custom_fields.fields(session, custom_fields.subjects_of("deal"))
    values = await custom_values.get(session, Owner("deal", deal.id))
    return await custom_form.typed_texts(session, actor, fields, values)


async def _may_delete(session: AsyncSession, actor: Actor, deal: Deal) -> bool:
    if not actor.may(Permission.DEALS_DELETE):
        return False
    try:
        await deal_visibility.require(session, actor, deal.id, Action.DELETE)
    except Forbidden:
        return False
    return True


def _payment(form: FormData) -> PaymentFields:
    due_on = day_of("due_on", str(form.get("due_on", "")))
    paid_on: date | None = day_of("paid_on", str(form.get("paid_on", "")))
    if due_on is None and paid_on is None:
        raise Invalid("due_on", "say when it is due")
    return PaymentFields(
        due_on=due_on or paid_on or date.min,
        amount=decimal_of("payment", str(form.get("amount", ""))),
        paid_on=paid_on,
        note=str(form.get("note", "")),
    )


_one = "/deals/{deal_id:id}"
routes = [
    page("/deals/new", new_deal, permission=Permission.DEALS_EDIT),
    page("/deals", create, permission=Permission.DEALS_EDIT, methods=["POST"], name="create_deal"),
    page(_one, show_deal, permission=Permission.DEALS_SEE),
    page(_one, save, permission=Permission.DEALS_EDIT, methods=["POST"], name="save_deal"),
    page(
        f"{_one}/delete",
        delete,
        permission=Permission.DEALS_DELETE,
        methods=["POST"],
        name="delete_deal",
    ),
    page(f"{_one}/payments", add_payment, permission=Permission.DEALS_EDIT, methods=["POST"]),
    page(
        f"{_one}/payments/{{payment_id:id}}",
        change_payment,
        permission=Permission.DEALS_EDIT,
        methods=["POST"],
    ),
]
