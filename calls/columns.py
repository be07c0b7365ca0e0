"""What all tables are made of: their base, ids and times.

In: nothing. Out: `Base`, shared by `calls.tables` and `crm.tables`; column types that mean the same on both databases.
"""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, ClassVar

from sqlalchemy import (
    JSON,
    BigInteger,
    DateTime,
    Dialect,
    Integer,
    MetaData,
    TypeDecorator,
    text,
)
from sqlalchemy.orm import DeclarativeBase

BIG_ID = BigInteger().with_variant(Integer, "sqlite")
"""An id that grows by itself on both databases (SQLite only does so for INTEGER)."""


def only_where(condition: str) -> dict[str, Any]:
    """Options of an index that holds only the rows of which `condition` is true, on both databases."""
    return {"sqlite_where": text(condition), "postgresql_where": text(condition)}


class UtcDateTime(TypeDecorator[datetime]):
    """An aware time in UTC. SQLite keeps no zone, so it is added again on the way out."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a naive time: nobody could say later what it meant."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("naive datetime: times are stored aware, in UTC")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give the zone back."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Fixed(TypeDecorator[Decimal]):
    """A decimal number with a fixed count of places, kept as a whole number of the smallest part.

    SQLite knows no decimals: a sum of money kept as a float would be wrong by kopecks on one database and right on the
    other. Sums and comparisons in SQL are exact on both.
    """

    impl = BigInteger
    cache_ok = True

    def __init__(self, places: int = 2) -> None:
        super().__init__()
        self.places = places

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:
        """Count the smallest parts; more places than are kept are rounded half up."""
        if value is None:
            return None
        return int((Decimal(value) * 10**self.places).quantize(Decimal(1), ROUND_HALF_UP))

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        """Give the decimal number back (an average comes as a fraction of a part)."""
        if value is None:
            return None
        parts = Decimal(str(value)).quantize(Decimal(1), ROUND_HALF_UP)
        return parts.scaleb(-self.places)


class Base(DeclarativeBase):
    """Base of all tables of `calls` and `crm`."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: UtcDateTime,
        dict[str, Any]: JSON,
        list[Any]: JSON,
    }
