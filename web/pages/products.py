"""Products for administrators: /admin/products, what is sold at which price."""

from __future__ import annotations

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from crm import products
from crm.access import Permission
from crm.deals import CURRENCIES
from crm.errors import Invalid
from crm.products import ProductFields
from web.error_words import explain
from web.pages.deal_form import decimal_of
from web.render import render
from web.routes import actor_of, page
from web.services import services_of


async def show_products(request: Request) -> Response:
    """All products, those that are not sold any more last."""
    return await _page(request)


async def add(request: Request) -> Response:
    """Add a product."""
    form = await request.form()
    try:
        async with services_of(request).db.write() as session:
            await products.add(session, actor_of(request), _fields(form))
    except Invalid as error:
        return await _page(request, error)
    return RedirectResponse("/admin/products", status_code=303)


async def change(request: Request) -> Response:
    """Change a product, or say that it is not sold any more, or is again."""
    form, product_id = await request.form(), request.path_params["product_id"]
    actor, deed = actor_of(request), form.get("deed")
    try:
        async with services_of(request).db.write() as session:
            if deed in ("archive", "restore"):
                await products.set_archived(session, actor, product_id, deed == "archive")
            else:
                await products.edit(session, actor, product_id, _fields(form))
    except Invalid as error:
        return await _page(request, error)
    return RedirectResponse("/admin/products", status_code=303)


async def _page(request: Request, error: Invalid | None = None) -> Response:
    async with services_of(request).db.read() as session:
        found = await products.every(session, actor_of(request))
    said = explain(error) if error else None
    return render(
        request,
        "admin/products.html",
        status=said.status if said else 200,
        failure=said.text if said else "",
        products=found,
        currencies=CURRENCIES,
    )


def _fields(form: FormData) -> ProductFields:
    return ProductFields(
        name=str(form.get("name", "")),
        code=str(form.get("code", "")),
        unit=str(form.get("unit", "")),
        price=decimal_of("price", str(form.get("price", ""))),
        currency=str(form.get("currency", "RUB")),
    )


_admin = Permission.ADMINISTER
routes = [
    page("/admin/products", show_products, permission=_admin),
    page("/admin/products", add, permission=_admin, methods=["POST"], name="add_product"),
    page(
        "/admin/products/{product_id:id}",
        change,
        permission=_admin,
        methods=["POST"],
        name="change_product",
    ),
]
