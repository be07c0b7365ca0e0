"""Alembic's entry: runs the revisions on the connection that `crm.migrate` opened and locked.

In: `config.attributes["connection"]`. Out: a migrated schema, in the one transaction that the caller began.
"""

from __future__ import annotations

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext

import crm.tables
from calls.columns import Base, Fixed, UtcDateTime

BEYOND_THE_TABLES = ("utterances_fts", "lemma_vector", "ix_utterances_lemma_vector")
"""Full-text objects, which belong to one database only and are written by hand in the revisions."""

assert crm.tables.Client.metadata is Base.metadata  # noqa: S101  # the import fills the metadata


def include_name(name: str | None, kind: str, _: object) -> bool:
    """Leave the full-text objects out of comparisons."""
    return not (name or "").startswith(BEYOND_THE_TABLES)


def render_item(kind: str, item: Any, context: AutogenContext) -> str | Literal[False]:
    """Write our types into a revision as plain ones, so that revisions never import the product."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, Fixed):
        return "sa.BigInteger()"
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    include_name=include_name,
    render_item=render_item,
    render_as_batch=True,
    transactional_ddl=True,
    compare_type=True,
)
context.run_migrations()
