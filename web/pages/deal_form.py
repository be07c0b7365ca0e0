"""The form of a deal: what was typed, and what it means."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from starlette.datastructures import FormData

from crm import deal_sums
from crm.deal_items import ItemFields
from crm.deals import DealFields
from crm.errors import Invalid
from crm.tables import Deal
from web.ids import id_of
from web.pages.custom_form import read_custom

SPARE_ITEMS = 2
KEPT = "kept"
"""Stands for a client whom the editing person may not see: who it is stays as it is."""


@dataclass(frozen=True, slots=True)
class ItemRow:
    """A position as text."""

    name: str = ""
    quantity: str = "1"
    unit: str = ""
    price: str = ""
    discount: str = ""
    product: str = ""


@dataclass(kw_only=True)
class DealForm:
    """The form's values, as text."""

    name: str = ""
    client: str = ""
    client_name: str = ""
    contact: str = ""
    contact_name: str = ""
    amount: str = ""
    currency: str = ""
    responsible: str = ""
    expected_on: str = ""
    notes: str = ""
    source: str = ""
    stage: str = ""
    """Of a new deal."""
    call: str = ""
    """The call from which a new deal is made."""
    items: list[ItemRow] = field(default_factory=list)
    custom: dict[str, list[str]] = field(default_factory=dict)
    """Key of a custom field → what stands in its input."""

    @classmethod
    def read(cls, data: FormData) -> DealForm:
        """What somebody sent."""

        def text(name: str) -> str:
            return str(data.get(name, "")).replace("\x00", "")

        names = (
            "name", "client", "client_name", "contact", "contact_name", "amount", "currency",
            "responsible", "expected_on", "notes", "source", "stage", "call",
        )  # fmt: skip
        parts = ("name", "quantity", "unit", "price", "discount", "product")
        columns = [[str(one) for one in data.getlist(f"item_{part}")] for part in parts]
        rows = [ItemRow(*row) for row in zip(*columns, strict=False)]
        return cls(
            **{name: text(name) for name in names},
            items=[row for row in rows if row.name.strip()],
            custom=read_custom(data),
        )

    @classmethod
    def of(cls, deal: Deal, names: Mapping[int, str]) -> DealForm:
        """What is known of a deal; `names` of the clients that the editing person may see."""

        def shown(client_id: int | None) -> tuple[str, str]:
            if client_id is None:
                return "", ""
            return (str(client_id), names[client_id]) if client_id in names else (KEPT, "")

        (client, client_name), (contact, contact_name) = (
            shown(deal.client_id),
            shown(deal.contact_id),
        )
        return cls(
            name=deal.name,
            client=client,
            client_name=client_name,
            contact=contact,
            contact_name=contact_name,
            amount=plain(deal.amount),
            currency=deal.currency,
            responsible=str(deal.responsible_id or ""),
            expected_on=deal.expected_on.isoformat() if deal.expected_on else "",
            notes=deal.notes,
            source=deal.source,
            items=[
                ItemRow(
                    item.name,
                    plain(item.quantity),
                    item.unit,
                    plain(item.price),
                    plain(item.discount) if item.discount else "",
                    str(item.product_id or ""),
                )
                for item in deal.items
            ],
        )

    @property
    def rows(self) -> list[ItemRow]:
        """The positions and some empty rows."""
        return [*self.items, *[ItemRow()] * SPARE_ITEMS]

    def fields(self, before: Deal | None = None) -> DealFields:
        """What the form says about the deal.

        Args:
            before: the deal that is edited.

        Raises:
            Invalid: a number or a day cannot be read, or a client was typed and not chosen.
        """
        if self.client_name.strip() and not self.client:
            raise Invalid("client", "choose the client from the list")
        if self.contact_name.strip() and not self.contact:
            raise Invalid("client", "choose the contact person from the list")
        return DealFields(
            name=self.name,
            client_id=before.client_id if before and self.client == KEPT else id_of(self.client),
            contact_id=(
                before.contact_id if before and self.contact == KEPT else id_of(self.contact)
            ),
            amount=decimal_of("amount", self.amount),
            currency=self.currency,
            responsible_id=id_of(self.responsible),
            expected_on=day_of("expected_on", self.expected_on),
            notes=self.notes,
            source=self.source,
            items=tuple(_item(row) for row in self.items),
        )


def _item(row: ItemRow) -> ItemFields:
    return ItemFields(
        name=row.name,
        quantity=decimal_of("items", row.quantity, Decimal(1)),
        unit=row.unit,
        price=decimal_of("items", row.price),
        discount=decimal_of("items", row.discount.replace("%", "")),
        product_id=id_of(row.product),
    )


def decimal_of(name: str, text: str, empty: Decimal = Decimal(0)) -> Decimal:
    """A number of a form; `empty` if nothing was typed.

    Raises:
        Invalid: it is none.
    """
    if not text.strip():
        return empty
    found = deal_sums.read_decimal(text)
    if found is None:
        raise Invalid(name, f"{text.strip()[:40]!r} is no number")
    return found


def day_of(name: str, text: str) -> date | None:
    """A day of a form, as browsers send it; None if nothing was chosen.

    Raises:
        Invalid: it is none.
    """
    if not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise Invalid(name, f"{text.strip()[:40]!r} is no day") from None


def plain(number: Decimal) -> str:
    """A number as it stands in a form, without zeros at its end."""
    return f"{number.normalize():f}"


def changed_fields(mine: DealForm, theirs: DealForm) -> Mapping[str, str]:
    """What the other person's version has different, for the message after a conflict."""
    hidden = ("items", "custom", "client", "contact", "stage", "call")
    return {
        name: value
        for name, value in vars(theirs).items()
        if value != getattr(mine, name) and name not in hidden
    }
