"""The client base: what a card holds, deals, inquiries, files, comments, imports, hand-overs, rights, the HTTP API.

The one organisation, position and e-mail address of a client become rows of `memberships` and `client_emails`.
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)
BYTEWISE = sa.String(length=64).with_variant(sa.String(length=64, collation="C"), "postgresql")


def _set(column: str) -> dict[str, sa.TextClause]:
    """Of an index: only the rows in which this column is set."""
    condition = sa.text(f"{column} IS NOT NULL")
    return {"sqlite_where": condition, "postgresql_where": condition}


def _keep_what_moves() -> None:
    op.execute(
        "INSERT INTO memberships (person_id, organisation_id, position) "
        "SELECT id, organisation_id, position FROM clients WHERE organisation_id IS NOT NULL"
    )
    op.execute(
        "INSERT INTO client_emails (client_id, address, folded, label) "
        "SELECT id, email, lower(email), '' FROM clients WHERE email <> ''"
    )


def upgrade() -> None:
    op.create_table(
        "custom_fields",
        sa.Column("id", ID, nullable=False),
        sa.Column("subject", sa.String(length=16), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=128), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.Column("obligatory", sa.Boolean(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("archived_at", TIME, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_custom_fields")),
        sa.UniqueConstraint("subject", "key", name=op.f("uq_custom_fields_subject")),
    )
    op.create_table(
        "departments",
        sa.Column("id", ID, nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("parent_id", ID, nullable=True),
        sa.ForeignKeyConstraint(
            ["parent_id"],
            ["departments.id"],
            name=op.f("fk_departments_parent_id_departments"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_departments")),
        sa.UniqueConstraint("name", name=op.f("uq_departments_name")),
    )
    with op.batch_alter_table("departments", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_departments_parent_id"), ["parent_id"], unique=False)

    op.create_table(
        "field_rules",
        sa.Column("subject", sa.String(length=16), nullable=False),
        sa.Column("field", sa.String(length=64), nullable=False),
        sa.Column("obligatory", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("subject", "field", name=op.f("pk_field_rules")),
    )
    op.create_table(
        "loss_reasons",
        sa.Column("id", ID, nullable=False),
        sa.Column("name", sa.String(length=128), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("archived_at", TIME, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_loss_reasons")),
        sa.UniqueConstraint("name", name=op.f("uq_loss_reasons_name")),
    )
    op.create_table(
        "products",
        sa.Column("id", ID, nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("unit", sa.String(length=32), nullable=False),
        sa.Column("price", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("archived_at", TIME, nullable=True),
        sa.Column("sample", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_products")),
    )
    with op.batch_alter_table("products", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_products_code"), ["code"], unique=False)

    op.create_table(
        "role_scopes",
        sa.Column("role", sa.String(length=32), nullable=False),
        sa.Column("action", sa.String(length=16), nullable=False),
        sa.Column("scope", sa.String(length=16), nullable=False),
        sa.PrimaryKeyConstraint("role", "action", name=op.f("pk_role_scopes")),
    )
    op.create_table(
        "search_words",
        sa.Column("id", ID, nullable=False),
        sa.Column("word", BYTEWISE, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_words")),
        sa.UniqueConstraint("word", name=op.f("uq_search_words_word")),
    )
    op.create_table(
        "tags",
        sa.Column("id", ID, nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("folded", sa.String(length=64), nullable=False),
        sa.Column("colour", sa.String(length=16), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tags")),
        sa.UniqueConstraint("folded", name=op.f("uq_tags_folded")),
    )
    op.create_table(
        "call_tags",
        sa.Column("call_id", ID, nullable=False),
        sa.Column("tag_id", ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["call_id"], ["calls.id"], name=op.f("fk_call_tags_call_id_calls"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["tag_id"], ["tags.id"], name=op.f("fk_call_tags_tag_id_tags"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("call_id", "tag_id", name=op.f("pk_call_tags")),
    )
    with op.batch_alter_table("call_tags", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_call_tags_tag_id"), ["tag_id"], unique=False)

    op.create_table(
        "search_grams",
        sa.Column("gram", sa.String(length=3), nullable=False),
        sa.Column("word_id", ID, nullable=False),
        sa.PrimaryKeyConstraint("gram", "word_id", name=op.f("pk_search_grams")),
        sqlite_with_rowid=False,
    )

    op.create_table(
        "api_tokens",
        sa.Column("id", ID, nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("name", sa.String(length=128), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("scopes", sa.JSON(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("used_at", TIME, nullable=True),
        sa.Column("expires_at", TIME, nullable=True),
        sa.Column("revoked_at", TIME, nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_api_tokens_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_tokens")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_api_tokens_token_hash")),
    )
    with op.batch_alter_table("api_tokens", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_api_tokens_user_id"), ["user_id"], unique=False)

    op.create_table(
        "company_settings",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.Column("changed_at", TIME, nullable=False),
        sa.Column("changed_by_id", ID, nullable=True),
        sa.ForeignKeyConstraint(
            ["changed_by_id"],
            ["users.id"],
            name=op.f("fk_company_settings_changed_by_id_users"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_company_settings")),
    )
    op.create_table(
        "handovers",
        sa.Column("id", ID, nullable=False),
        sa.Column("from_id", ID, nullable=True),
        sa.Column("to_id", ID, nullable=True),
        sa.Column("by_id", ID, nullable=True),
        sa.Column("at", TIME, nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("undone_at", TIME, nullable=True),
        sa.Column("undone_by_id", ID, nullable=True),
        sa.ForeignKeyConstraint(
            ["by_id"], ["users.id"], name=op.f("fk_handovers_by_id_users"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["from_id"], ["users.id"], name=op.f("fk_handovers_from_id_users"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["to_id"], ["users.id"], name=op.f("fk_handovers_to_id_users"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["undone_by_id"],
            ["users.id"],
            name=op.f("fk_handovers_undone_by_id_users"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handovers")),
    )
    op.create_table(
        "imports",
        sa.Column("id", ID, nullable=False),
        sa.Column("user_id", ID, nullable=True),
        sa.Column("file_name", sa.String(length=255), nullable=False),
        sa.Column("path", sa.String(length=255), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("created", sa.Integer(), nullable=False),
        sa.Column("updated", sa.Integer(), nullable=False),
        sa.Column("duplicates", sa.Integer(), nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("claimed_by", sa.String(length=64), nullable=False),
        sa.Column("claimed_until", TIME, nullable=True),
        sa.Column("finished_at", TIME, nullable=True),
        sa.Column("undone_at", TIME, nullable=True),
        sa.Column("undone_by_id", ID, nullable=True),
        sa.ForeignKeyConstraint(
            ["undone_by_id"],
            ["users.id"],
            name=op.f("fk_imports_undone_by_id_users"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_imports_user_id_users"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_imports")),
    )
    op.create_table(
        "list_columns",
        sa.Column("user_id", ID, nullable=False),
        sa.Column("name", sa.String(length=16), nullable=False),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
            name=op.f("fk_list_columns_user_id_users"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("user_id", "name", name=op.f("pk_list_columns")),
    )
    op.create_table(
        "notifications",
        sa.Column("id", ID, nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("subject_kind", sa.String(length=32), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=True),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.Column("read_at", TIME, nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
            name=op.f("fk_notifications_user_id_users"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notifications")),
    )
    with op.batch_alter_table("notifications", schema=None) as batch_op:
        batch_op.create_index(
            "ix_notifications_user_id_read_at_id", ["user_id", "read_at", "id"], unique=False
        )

    op.create_table(
        "segments",
        sa.Column("id", ID, nullable=False),
        sa.Column("subject", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=128), nullable=False),
        sa.Column("owner_id", ID, nullable=True),
        sa.Column("shared", sa.String(length=16), nullable=False),
        sa.Column("filter", sa.JSON(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["users.id"], name=op.f("fk_segments_owner_id_users"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_segments")),
    )
    with op.batch_alter_table("segments", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_segments_owner_id"), ["owner_id"], unique=False)

    op.create_table(
        "webhooks",
        sa.Column("id", ID, nullable=False),
        sa.Column("url", sa.String(length=1000), nullable=False),
        sa.Column("secret", sa.String(length=128), nullable=False),
        sa.Column("events", sa.JSON(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("audit_id", sa.BigInteger(), nullable=False),
        sa.Column("created_by_id", ID, nullable=True),
        sa.Column("created_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["created_by_id"],
            ["users.id"],
            name=op.f("fk_webhooks_created_by_id_users"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhooks")),
    )
    op.create_table(
        "funnels",
        sa.Column("id", ID, nullable=False),
        sa.Column("name", sa.String(length=128), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("segment_id", ID, nullable=True),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("archived_at", TIME, nullable=True),
        sa.ForeignKeyConstraint(
            ["segment_id"],
            ["segments.id"],
            name=op.f("fk_funnels_segment_id_segments"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_funnels")),
    )
    op.create_table(
        "handover_items",
        sa.Column("id", ID, nullable=False),
        sa.Column("handover_id", ID, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("subject_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["handover_id"],
            ["handovers.id"],
            name=op.f("fk_handover_items_handover_id_handovers"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handover_items")),
    )
    with op.batch_alter_table("handover_items", schema=None) as batch_op:
        batch_op.create_index(
            "ix_handover_items_handover_id_kind", ["handover_id", "kind"], unique=False
        )
        batch_op.create_index(
            "ix_handover_items_kind_subject_id", ["kind", "subject_id"], unique=False
        )

    op.create_table(
        "idempotency_keys",
        sa.Column("token_id", ID, nullable=False),
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("request_hash", sa.String(length=64), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["token_id"],
            ["api_tokens.id"],
            name=op.f("fk_idempotency_keys_token_id_api_tokens"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("token_id", "key", name=op.f("pk_idempotency_keys")),
    )
    with op.batch_alter_table("idempotency_keys", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_idempotency_keys_at"), ["at"], unique=False)

    op.create_table(
        "webhook_deliveries",
        sa.Column("id", ID, nullable=False),
        sa.Column("webhook_id", ID, nullable=False),
        sa.Column("event", sa.String(length=64), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_at", TIME, nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("finished_at", TIME, nullable=True),
        sa.ForeignKeyConstraint(
            ["webhook_id"],
            ["webhooks.id"],
            name=op.f("fk_webhook_deliveries_webhook_id_webhooks"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_deliveries")),
    )
    with op.batch_alter_table("webhook_deliveries", schema=None) as batch_op:
        batch_op.create_index(
            "ix_webhook_deliveries_state_next_at", ["state", "next_at"], unique=False
        )
        batch_op.create_index(
            "ix_webhook_deliveries_webhook_id_id", ["webhook_id", "id"], unique=False
        )

    op.create_table(
        "changes",
        sa.Column("id", ID, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("login", sa.String(length=64), nullable=False),
        sa.Column("subject_kind", sa.String(length=32), nullable=False),
        sa.Column("subject_id", sa.BigInteger(), nullable=False),
        sa.Column("client_id", ID, nullable=True),
        sa.Column("field", sa.String(length=64), nullable=False),
        sa.Column("old", sa.Text(), nullable=False),
        sa.Column("new", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id"],
            ["clients.id"],
            name=op.f("fk_changes_client_id_clients"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_changes")),
    )
    with op.batch_alter_table("changes", schema=None) as batch_op:
        batch_op.create_index("ix_changes_client_id_id", ["client_id", "id"], unique=False)
        batch_op.create_index(
            "ix_changes_subject_kind_subject_id", ["subject_kind", "subject_id"], unique=False
        )

    op.create_table(
        "client_emails",
        sa.Column("id", ID, nullable=False),
        sa.Column("client_id", ID, nullable=False),
        sa.Column("address", sa.String(length=255), nullable=False),
        sa.Column("folded", sa.String(length=255), nullable=False),
        sa.Column("label", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id"],
            ["clients.id"],
            name=op.f("fk_client_emails_client_id_clients"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_client_emails")),
        sa.UniqueConstraint("client_id", "folded", name=op.f("uq_client_emails_client_id")),
    )
    with op.batch_alter_table("client_emails", schema=None) as batch_op:
        batch_op.create_index("ix_client_emails_folded", ["folded"], unique=False)

    op.create_table(
        "client_figures",
        sa.Column("client_id", ID, nullable=False),
        sa.Column("category", sa.String(length=16), nullable=False),
        sa.Column("purchases", sa.Integer(), nullable=False),
        sa.Column("spent", sa.BigInteger(), nullable=False),
        sa.Column("average_check", sa.BigInteger(), nullable=False),
        sa.Column("monthly_spend", sa.BigInteger(), nullable=False),
        sa.Column("potential", sa.BigInteger(), nullable=False),
        sa.Column("vip", sa.Boolean(), nullable=False),
        sa.Column("first_bought_at", TIME, nullable=True),
        sa.Column("last_bought_at", TIME, nullable=True),
        sa.Column("computed_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id"],
            ["clients.id"],
            name=op.f("fk_client_figures_client_id_clients"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("client_id", name=op.f("pk_client_figures")),
    )
    with op.batch_alter_table("client_figures", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_client_figures_category"), ["category"], unique=False)
        batch_op.create_index(batch_op.f("ix_client_figures_vip"), ["vip"], unique=False)

    op.create_table(
        "client_merges",
        sa.Column("id", ID, nullable=False),
        sa.Column("kept_id", ID, nullable=False),
        sa.Column("gone_id", ID, nullable=False),
        sa.Column("by_id", ID, nullable=True),
        sa.Column("at", TIME, nullable=False),
        sa.Column("moved", sa.JSON(), nullable=False),
        sa.Column("undone_at", TIME, nullable=True),
        sa.Column("undone_by_id", ID, nullable=True),
        sa.ForeignKeyConstraint(
            ["by_id"], ["users.id"], name=op.f("fk_client_merges_by_id_users"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["gone_id"],
            ["clients.id"],
            name=op.f("fk_client_merges_gone_id_clients"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["kept_id"],
            ["clients.id"],
            name=op.f("fk_client_merges_kept_id_clients"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["undone_by_id"],
            ["users.id"],
            name=op.f("fk_client_merges_undone_by_id_users"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_client_merges")),
    )
    with op.batch_alter_table("client_merges", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_client_merges_gone_id"), ["gone_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_client_merges_kept_id"), ["kept_id"], unique=False)

    op.create_table(
        "client_personal",
        sa.Column("client_id", ID, nullable=False),
        sa.Column("born_on", sa.Date(), nullable=True),
        sa.Column("sex", sa.String(length=8), nullable=False),
        sa.Column("home_address", sa.String(length=500), nullable=False),
        sa.Column("passport", sa.String(length=255), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id"],
            ["clients.id"],
            name=op.f("fk_client_personal_client_id_clients"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("client_id", name=op.f("pk_client_personal")),
    )
    op.create_table(
        "client_tags",
        sa.Column("client_id", ID, nullable=False),
        sa.Column("tag_id", ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id"],
            ["clients.id"],
            name=op.f("fk_client_tags_client_id_clients"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tag_id"], ["tags.id"], name=op.f("fk_client_tags_tag_id_tags"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("client_id", "tag_id", name=op.f("pk_client_tags")),
    )
    with op.batch_alter_table("client_tags", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_client_tags_tag_id"), ["tag_id"], unique=False)

    op.create_table(
        "client_texts",
        sa.Column("field", sa.String(length=16), nullable=False),
        sa.Column("client_id", ID, nullable=False),
        sa.Column("folded", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id"],
            ["clients.id"],
            name=op.f("fk_client_texts_client_id_clients"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("field", "client_id", name=op.f("pk_client_texts")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("client_texts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_client_texts_client_id"), ["client_id"], unique=False)

    op.create_table(
        "client_words",
        sa.Column("client_id", ID, nullable=False),
        sa.Column("word_id", ID, nullable=False),
        sa.Column("field", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id"],
            ["clients.id"],
            name=op.f("fk_client_words_client_id_clients"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("client_id", "word_id", "field", name=op.f("pk_client_words")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("client_words", schema=None) as batch_op:
        batch_op.create_index(
            "ix_client_words_word_id_client_id", ["word_id", "client_id"], unique=False
        )

    op.create_table(
        "consents",
        sa.Column("id", ID, nullable=False),
        sa.Column("client_id", ID, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("given", sa.Boolean(), nullable=False),
        sa.Column("given_at", TIME, nullable=False),
        sa.Column("source", sa.String(length=255), nullable=False),
        sa.Column("noted_by_id", ID, nullable=True),
        sa.Column("noted_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id"],
            ["clients.id"],
            name=op.f("fk_consents_client_id_clients"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["noted_by_id"],
            ["users.id"],
            name=op.f("fk_consents_noted_by_id_users"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consents")),
    )
    with op.batch_alter_table("consents", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_consents_client_id"), ["client_id"], unique=False)

    op.create_table(
        "import_rows",
        sa.Column("id", ID, nullable=False),
        sa.Column("import_id", ID, nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("action", sa.String(length=16), nullable=False),
        sa.Column("client_id", ID, nullable=True),
        sa.Column("column", sa.String(length=255), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id"],
            ["clients.id"],
            name=op.f("fk_import_rows_client_id_clients"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["import_id"],
            ["imports.id"],
            name=op.f("fk_import_rows_import_id_imports"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_rows")),
    )
    with op.batch_alter_table("import_rows", schema=None) as batch_op:
        batch_op.create_index("ix_import_rows_import_id_row", ["import_id", "row"], unique=False)

    op.create_table(
        "memberships",
        sa.Column("id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("organisation_id", ID, nullable=False),
        sa.Column("position", sa.String(length=128), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["clients.id"],
            name=op.f("fk_memberships_organisation_id_clients"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["clients.id"],
            name=op.f("fk_memberships_person_id_clients"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_memberships")),
        sa.UniqueConstraint("person_id", "organisation_id", name=op.f("uq_memberships_person_id")),
    )
    with op.batch_alter_table("memberships", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_memberships_organisation_id"), ["organisation_id"], unique=False
        )

    op.create_table(
        "not_duplicates",
        sa.Column("first_id", ID, nullable=False),
        sa.Column("second_id", ID, nullable=False),
        sa.Column("by_id", ID, nullable=True),
        sa.Column("at", TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["by_id"], ["users.id"], name=op.f("fk_not_duplicates_by_id_users"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["first_id"],
            ["clients.id"],
            name=op.f("fk_not_duplicates_first_id_clients"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["second_id"],
            ["clients.id"],
            name=op.f("fk_not_duplicates_second_id_clients"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("first_id", "second_id", name=op.f("pk_not_duplicates")),
    )
    with op.batch_alter_table("not_duplicates", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_not_duplicates_second_id"), ["second_id"], unique=False
        )

    op.create_table(
        "personal_dates",
        sa.Column("id", ID, nullable=False),
        sa.Column("client_id", ID, nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("month", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("remind_days", sa.Integer(), nullable=False),
        sa.Column("reminded_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["client_id"],
            ["clients.id"],
            name=op.f("fk_personal_dates_client_id_clients"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_personal_dates")),
    )
    with op.batch_alter_table("personal_dates", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_personal_dates_client_id"), ["client_id"], unique=False
        )
        batch_op.create_index("ix_personal_dates_month_day", ["month", "day"], unique=False)

    op.create_table(
        "stages",
        sa.Column("id", ID, nullable=False),
        sa.Column("funnel_id", ID, nullable=False),
        sa.Column("name", sa.String(length=128), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("colour", sa.String(length=16), nullable=False),
        sa.Column("probability", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("archived_at", TIME, nullable=True),
        sa.ForeignKeyConstraint(
            ["funnel_id"],
            ["funnels.id"],
            name=op.f("fk_stages_funnel_id_funnels"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stages")),
    )
    with op.batch_alter_table("stages", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_stages_funnel_id"), ["funnel_id"], unique=False)

    op.create_table(
        "deals",
        sa.Column("id", ID, nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("search_name", sa.String(length=255), nullable=False),
        sa.Column("client_id", ID, nullable=True),
        sa.Column("contact_id", ID, nullable=True),
        sa.Column("funnel_id", ID, nullable=False),
        sa.Column("stage_id", ID, nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("place", sa.Double(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("responsible_id", ID, nullable=True),
        sa.Column("expected_on", sa.Date(), nullable=True),
        sa.Column("loss_reason_id", ID, nullable=True),
        sa.Column("loss_note", sa.String(length=255), nullable=False),
        sa.Column("notes", sa.Text(), nullable=False),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("created_by_id", ID, nullable=True),
        sa.Column("import_id", ID, nullable=True),
        sa.Column("opened_at", TIME, nullable=False),
        sa.Column("stage_at", TIME, nullable=False),
        sa.Column("closed_at", TIME, nullable=True),
        sa.Column("updated_at", TIME, nullable=False),
        sa.Column("deleted_at", TIME, nullable=True),
        sa.Column("deleted_by_id", ID, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("sample", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id"],
            ["clients.id"],
            name=op.f("fk_deals_client_id_clients"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["contact_id"],
            ["clients.id"],
            name=op.f("fk_deals_contact_id_clients"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["created_by_id"],
            ["users.id"],
            name=op.f("fk_deals_created_by_id_users"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["deleted_by_id"],
            ["users.id"],
            name=op.f("fk_deals_deleted_by_id_users"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["funnel_id"], ["funnels.id"], name=op.f("fk_deals_funnel_id_funnels")
        ),
        sa.ForeignKeyConstraint(
            ["import_id"],
            ["imports.id"],
            name=op.f("fk_deals_import_id_imports"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["loss_reason_id"],
            ["loss_reasons.id"],
            name=op.f("fk_deals_loss_reason_id_loss_reasons"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["responsible_id"],
            ["users.id"],
            name=op.f("fk_deals_responsible_id_users"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(["stage_id"], ["stages.id"], name=op.f("fk_deals_stage_id_stages")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deals")),
    )
    with op.batch_alter_table("deals", schema=None) as batch_op:
        batch_op.create_index("ix_deals_client_id_state", ["client_id", "state"], unique=False)
        batch_op.create_index(batch_op.f("ix_deals_closed_at"), ["closed_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_deals_contact_id"), ["contact_id"], unique=False)
        batch_op.create_index("ix_deals_deleted_at", ["deleted_at"], **_set("deleted_at"))
        batch_op.create_index(batch_op.f("ix_deals_funnel_id"), ["funnel_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_deals_import_id"), ["import_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_deals_responsible_id"), ["responsible_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_deals_search_name"), ["search_name"], unique=False)
        batch_op.create_index("ix_deals_stage_id_place", ["stage_id", "place"], unique=False)

    op.create_table(
        "deal_calls",
        sa.Column("call_id", ID, nullable=False),
        sa.Column("deal_id", ID, nullable=True),
        sa.Column("how", sa.String(length=16), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["call_id"], ["calls.id"], name=op.f("fk_deal_calls_call_id_calls"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["deal_id"], ["deals.id"], name=op.f("fk_deal_calls_deal_id_deals"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("call_id", name=op.f("pk_deal_calls")),
    )
    with op.batch_alter_table("deal_calls", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_deal_calls_deal_id"), ["deal_id"], unique=False)

    op.create_table(
        "deal_items",
        sa.Column("id", ID, nullable=False),
        sa.Column("deal_id", ID, nullable=False),
        sa.Column("product_id", ID, nullable=True),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("unit", sa.String(length=32), nullable=False),
        sa.Column("price", sa.BigInteger(), nullable=False),
        sa.Column("discount", sa.BigInteger(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["deal_id"], ["deals.id"], name=op.f("fk_deal_items_deal_id_deals"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["product_id"],
            ["products.id"],
            name=op.f("fk_deal_items_product_id_products"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deal_items")),
    )
    with op.batch_alter_table("deal_items", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_deal_items_deal_id"), ["deal_id"], unique=False)

    op.create_table(
        "deal_steps",
        sa.Column("id", ID, nullable=False),
        sa.Column("deal_id", ID, nullable=False),
        sa.Column("from_stage_id", ID, nullable=True),
        sa.Column("stage_id", ID, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("user_id", ID, nullable=True),
        sa.Column("reason", sa.String(length=255), nullable=False),
        sa.ForeignKeyConstraint(
            ["deal_id"], ["deals.id"], name=op.f("fk_deal_steps_deal_id_deals"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["from_stage_id"], ["stages.id"], name=op.f("fk_deal_steps_from_stage_id_stages")
        ),
        sa.ForeignKeyConstraint(
            ["stage_id"], ["stages.id"], name=op.f("fk_deal_steps_stage_id_stages")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_deal_steps_user_id_users"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deal_steps")),
    )
    with op.batch_alter_table("deal_steps", schema=None) as batch_op:
        batch_op.create_index("ix_deal_steps_deal_id_at", ["deal_id", "at"], unique=False)
        batch_op.create_index("ix_deal_steps_stage_id_at", ["stage_id", "at"], unique=False)

    op.create_table(
        "deal_tags",
        sa.Column("deal_id", ID, nullable=False),
        sa.Column("tag_id", ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["deal_id"], ["deals.id"], name=op.f("fk_deal_tags_deal_id_deals"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["tag_id"], ["tags.id"], name=op.f("fk_deal_tags_tag_id_tags"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("deal_id", "tag_id", name=op.f("pk_deal_tags")),
    )
    with op.batch_alter_table("deal_tags", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_deal_tags_tag_id"), ["tag_id"], unique=False)

    op.create_table(
        "inquiries",
        sa.Column("id", ID, nullable=False),
        sa.Column("client_id", ID, nullable=True),
        sa.Column("channel", sa.String(length=32), nullable=False),
        sa.Column("call_id", ID, nullable=True),
        sa.Column("number", sa.String(length=128), nullable=False),
        sa.Column("email", sa.String(length=255), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(length=255), nullable=False),
        sa.Column("deal_id", ID, nullable=True),
        sa.Column("responsible_id", ID, nullable=True),
        sa.Column("contacts", sa.Integer(), nullable=False),
        sa.Column("snoozed_until", TIME, nullable=True),
        sa.Column("opened_at", TIME, nullable=False),
        sa.Column("last_contact_at", TIME, nullable=False),
        sa.Column("closed_at", TIME, nullable=True),
        sa.Column("closed_by_id", ID, nullable=True),
        sa.Column("last_step", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("sample", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["call_id"], ["calls.id"], name=op.f("fk_inquiries_call_id_calls"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["client_id"],
            ["clients.id"],
            name=op.f("fk_inquiries_client_id_clients"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["closed_by_id"],
            ["users.id"],
            name=op.f("fk_inquiries_closed_by_id_users"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["deal_id"], ["deals.id"], name=op.f("fk_inquiries_deal_id_deals"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["responsible_id"],
            ["users.id"],
            name=op.f("fk_inquiries_responsible_id_users"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inquiries")),
    )
    with op.batch_alter_table("inquiries", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_inquiries_call_id"), ["call_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_inquiries_client_id"), ["client_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_inquiries_deal_id"), ["deal_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_inquiries_responsible_id"), ["responsible_id"], unique=False
        )
        batch_op.create_index("ix_inquiries_state_opened_at", ["state", "opened_at"], unique=False)

    op.create_table(
        "inquiry_calls",
        sa.Column("call_id", ID, nullable=False),
        sa.Column("inquiry_id", ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["call_id"],
            ["calls.id"],
            name=op.f("fk_inquiry_calls_call_id_calls"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["inquiry_id"],
            ["inquiries.id"],
            name=op.f("fk_inquiry_calls_inquiry_id_inquiries"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("call_id", name=op.f("pk_inquiry_calls")),
    )
    with op.batch_alter_table("inquiry_calls", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_inquiry_calls_inquiry_id"), ["inquiry_id"], unique=False
        )

    op.create_table(
        "duplicate_pairs",
        sa.Column("first_id", ID, nullable=False),
        sa.Column("second_id", ID, nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["first_id"],
            ["clients.id"],
            name=op.f("fk_duplicate_pairs_first_id_clients"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["second_id"],
            ["clients.id"],
            name=op.f("fk_duplicate_pairs_second_id_clients"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("first_id", "second_id", name=op.f("pk_duplicate_pairs")),
    )
    with op.batch_alter_table("duplicate_pairs", schema=None) as batch_op:
        batch_op.create_index("ix_duplicate_pairs_score", ["score"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_duplicate_pairs_second_id"), ["second_id"], unique=False
        )

    op.create_table(
        "cleaning_ignored",
        sa.Column("subject_kind", sa.String(length=16), nullable=False),
        sa.Column("subject_id", ID, nullable=False),
        sa.Column("until_at", TIME, nullable=False),
        sa.Column("by_id", ID, nullable=True),
        sa.ForeignKeyConstraint(
            ["by_id"],
            ["users.id"],
            name=op.f("fk_cleaning_ignored_by_id_users"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("subject_kind", "subject_id", name=op.f("pk_cleaning_ignored")),
    )

    op.create_table(
        "payments",
        sa.Column("id", ID, nullable=False),
        sa.Column("deal_id", ID, nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=True),
        sa.Column("note", sa.String(length=255), nullable=False),
        sa.Column("created_by_id", ID, nullable=True),
        sa.ForeignKeyConstraint(
            ["created_by_id"],
            ["users.id"],
            name=op.f("fk_payments_created_by_id_users"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["deal_id"], ["deals.id"], name=op.f("fk_payments_deal_id_deals"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payments")),
    )
    with op.batch_alter_table("payments", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_payments_deal_id"), ["deal_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_payments_due_on"), ["due_on"], unique=False)

    op.create_table(
        "stored_files",
        sa.Column("id", ID, nullable=False),
        sa.Column("client_id", ID, nullable=True),
        sa.Column("deal_id", ID, nullable=True),
        sa.Column("place", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("media_type", sa.String(length=128), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("note", sa.String(length=255), nullable=False),
        sa.Column("user_id", ID, nullable=True),
        sa.Column("at", TIME, nullable=False),
        sa.Column("deleted_at", TIME, nullable=True),
        sa.Column("deleted_by_id", ID, nullable=True),
        sa.ForeignKeyConstraint(
            ["client_id"],
            ["clients.id"],
            name=op.f("fk_stored_files_client_id_clients"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["deal_id"],
            ["deals.id"],
            name=op.f("fk_stored_files_deal_id_deals"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
            name=op.f("fk_stored_files_user_id_users"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["deleted_by_id"],
            ["users.id"],
            name=op.f("fk_stored_files_deleted_by_id_users"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stored_files")),
    )
    with op.batch_alter_table("stored_files", schema=None) as batch_op:
        batch_op.create_index("ix_stored_files_client_id_at", ["client_id", "at"], unique=False)
        batch_op.create_index(batch_op.f("ix_stored_files_deal_id"), ["deal_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_stored_files_sha256"), ["sha256"], unique=False)

    op.create_table(
        "custom_values",
        sa.Column("id", ID, nullable=False),
        sa.Column("field_id", ID, nullable=False),
        sa.Column("client_id", ID, nullable=True),
        sa.Column("deal_id", ID, nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("folded", sa.String(length=255), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=True),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("flag", sa.Boolean(), nullable=True),
        sa.Column("linked_id", ID, nullable=True),
        sa.Column("file_id", ID, nullable=True),
        sa.ForeignKeyConstraint(
            ["client_id"],
            ["clients.id"],
            name=op.f("fk_custom_values_client_id_clients"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["deal_id"],
            ["deals.id"],
            name=op.f("fk_custom_values_deal_id_deals"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["field_id"],
            ["custom_fields.id"],
            name=op.f("fk_custom_values_field_id_custom_fields"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["file_id"],
            ["stored_files.id"],
            name=op.f("fk_custom_values_file_id_stored_files"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["linked_id"],
            ["clients.id"],
            name=op.f("fk_custom_values_linked_id_clients"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_custom_values")),
    )
    with op.batch_alter_table("custom_values", schema=None) as batch_op:
        batch_op.create_index(
            "ix_custom_values_client_id_field_id", ["client_id", "field_id"], unique=False
        )
        batch_op.create_index(
            "ix_custom_values_deal_id_field_id", ["deal_id", "field_id"], unique=False
        )
        batch_op.create_index("ix_custom_values_field_id_day", ["field_id", "day"], unique=False)
        batch_op.create_index(
            "ix_custom_values_field_id_folded", ["field_id", "folded"], unique=False
        )
        batch_op.create_index(
            "ix_custom_values_field_id_number", ["field_id", "number"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_custom_values_file_id"), ["file_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_custom_values_linked_id"), ["linked_id"], unique=False)

    op.create_table(
        "inquiry_tags",
        sa.Column("inquiry_id", ID, nullable=False),
        sa.Column("tag_id", ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["inquiry_id"],
            ["inquiries.id"],
            name=op.f("fk_inquiry_tags_inquiry_id_inquiries"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tag_id"], ["tags.id"], name=op.f("fk_inquiry_tags_tag_id_tags"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("inquiry_id", "tag_id", name=op.f("pk_inquiry_tags")),
    )
    with op.batch_alter_table("inquiry_tags", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_inquiry_tags_tag_id"), ["tag_id"], unique=False)

    op.create_table(
        "checklist_items",
        sa.Column("id", ID, nullable=False),
        sa.Column("task_id", ID, nullable=False),
        sa.Column("text", sa.String(length=255), nullable=False),
        sa.Column("done", sa.Boolean(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["task_id"],
            ["tasks.id"],
            name=op.f("fk_checklist_items_task_id_tasks"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checklist_items")),
    )
    with op.batch_alter_table("checklist_items", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_checklist_items_task_id"), ["task_id"], unique=False)

    op.create_table(
        "comments",
        sa.Column("id", ID, nullable=False),
        sa.Column("client_id", ID, nullable=True),
        sa.Column("deal_id", ID, nullable=True),
        sa.Column("task_id", ID, nullable=True),
        sa.Column("inquiry_id", ID, nullable=True),
        sa.Column("user_id", ID, nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("edited_at", TIME, nullable=True),
        sa.Column("deleted_at", TIME, nullable=True),
        sa.Column("deleted_by_id", ID, nullable=True),
        sa.Column("sample", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id"],
            ["clients.id"],
            name=op.f("fk_comments_client_id_clients"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["deal_id"], ["deals.id"], name=op.f("fk_comments_deal_id_deals"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["inquiry_id"],
            ["inquiries.id"],
            name=op.f("fk_comments_inquiry_id_inquiries"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["task_id"], ["tasks.id"], name=op.f("fk_comments_task_id_tasks"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_comments_user_id_users"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["deleted_by_id"],
            ["users.id"],
            name=op.f("fk_comments_deleted_by_id_users"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comments")),
    )
    with op.batch_alter_table("comments", schema=None) as batch_op:
        batch_op.create_index("ix_comments_client_id_at", ["client_id", "at"], unique=False)
        batch_op.create_index(batch_op.f("ix_comments_deal_id"), ["deal_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_comments_inquiry_id"), ["inquiry_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_comments_task_id"), ["task_id"], unique=False)

    op.create_table(
        "reminders",
        sa.Column("id", ID, nullable=False),
        sa.Column("task_id", ID, nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("before_min", sa.Integer(), nullable=False),
        sa.Column("by_email", sa.Boolean(), nullable=False),
        sa.Column("sent_at", TIME, nullable=True),
        sa.Column("mail_state", sa.String(length=8), nullable=False),
        sa.Column("mail_attempts", sa.Integer(), nullable=False),
        sa.Column("mail_at", TIME, nullable=True),
        sa.Column("failed_why", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["task_id"], ["tasks.id"], name=op.f("fk_reminders_task_id_tasks"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_reminders_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminders")),
    )
    with op.batch_alter_table("reminders", schema=None) as batch_op:
        batch_op.create_index("ix_reminders_sent_at_at", ["sent_at", "at"], unique=False)
        batch_op.create_index(
            "ix_reminders_mail_state_mail_at", ["mail_state", "mail_at"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_reminders_task_id"), ["task_id"], unique=False)

    op.create_table(
        "task_assignees",
        sa.Column("task_id", ID, nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["task_id"],
            ["tasks.id"],
            name=op.f("fk_task_assignees_task_id_tasks"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
            name=op.f("fk_task_assignees_user_id_users"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("task_id", "user_id", name=op.f("pk_task_assignees")),
    )
    with op.batch_alter_table("task_assignees", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_task_assignees_user_id"), ["user_id"], unique=False)

    op.create_table(
        "mentions",
        sa.Column("comment_id", ID, nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["comment_id"],
            ["comments.id"],
            name=op.f("fk_mentions_comment_id_comments"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_mentions_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("comment_id", "user_id", name=op.f("pk_mentions")),
    )
    with op.batch_alter_table("mentions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_mentions_user_id"), ["user_id"], unique=False)

    _keep_what_moves()
    with op.batch_alter_table("clients", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("legal_name", sa.String(length=500), nullable=False, server_default="")
        )
        batch_op.add_column(
            sa.Column("inn", sa.String(length=12), nullable=False, server_default="")
        )
        batch_op.add_column(
            sa.Column("kpp", sa.String(length=9), nullable=False, server_default="")
        )
        batch_op.add_column(
            sa.Column("ogrn", sa.String(length=15), nullable=False, server_default="")
        )
        batch_op.add_column(
            sa.Column("legal_address", sa.String(length=500), nullable=False, server_default="")
        )
        batch_op.add_column(
            sa.Column("address", sa.String(length=500), nullable=False, server_default="")
        )
        batch_op.add_column(
            sa.Column("source", sa.String(length=64), nullable=False, server_default="")
        )
        batch_op.add_column(
            sa.Column("confirmed", sa.Boolean(), nullable=False, server_default=sa.true())
        )
        batch_op.add_column(sa.Column("mailing_consent", sa.Boolean(), nullable=True))
        batch_op.add_column(sa.Column("recording_consent", sa.Boolean(), nullable=True))
        batch_op.add_column(sa.Column("created_by_id", ID, nullable=True))
        batch_op.add_column(sa.Column("import_id", ID, nullable=True))
        batch_op.add_column(sa.Column("last_contact_at", TIME, nullable=True))
        batch_op.add_column(sa.Column("deleted_at", TIME, nullable=True))
        batch_op.add_column(sa.Column("deleted_by_id", ID, nullable=True))
        batch_op.add_column(sa.Column("merged_into_id", ID, nullable=True))
        batch_op.drop_index(batch_op.f("ix_clients_organisation_id"))
        batch_op.create_index("ix_clients_deleted_at", ["deleted_at"], **_set("deleted_at"))
        batch_op.create_index(batch_op.f("ix_clients_import_id"), ["import_id"], unique=False)
        batch_op.create_index("ix_clients_inn", ["inn"], unique=False)
        batch_op.create_index("ix_clients_last_contact_at", ["last_contact_at"], unique=False)
        batch_op.create_index(
            "ix_clients_merged_into_id", ["merged_into_id"], **_set("merged_into_id")
        )
        batch_op.create_index("ix_clients_updated_at", ["updated_at"], unique=False)
        batch_op.drop_constraint(
            batch_op.f("fk_clients_organisation_id_clients"), type_="foreignkey"
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_clients_deleted_by_id_users"),
            "users",
            ["deleted_by_id"],
            ["id"],
            ondelete="SET NULL",
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_clients_merged_into_id_clients"),
            "clients",
            ["merged_into_id"],
            ["id"],
            ondelete="SET NULL",
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_clients_created_by_id_users"),
            "users",
            ["created_by_id"],
            ["id"],
            ondelete="SET NULL",
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_clients_import_id_imports"),
            "imports",
            ["import_id"],
            ["id"],
            ondelete="SET NULL",
        )
        batch_op.drop_column("position")
        batch_op.drop_column("organisation_id")
        batch_op.drop_column("email")

    with op.batch_alter_table("tasks", schema=None) as batch_op:
        batch_op.add_column(sa.Column("text", sa.Text(), nullable=False, server_default=""))
        batch_op.add_column(
            sa.Column("priority", sa.String(length=8), nullable=False, server_default="normal")
        )
        batch_op.add_column(sa.Column("deal_id", ID, nullable=True))
        batch_op.add_column(sa.Column("call_id", ID, nullable=True))
        batch_op.add_column(sa.Column("inquiry_id", ID, nullable=True))
        batch_op.add_column(sa.Column("created_by_id", ID, nullable=True))
        batch_op.add_column(
            sa.Column("rrule", sa.String(length=255), nullable=False, server_default="")
        )
        batch_op.add_column(sa.Column("series_id", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("occurrence_at", TIME, nullable=True))
        batch_op.add_column(sa.Column("snoozed_until", TIME, nullable=True))
        batch_op.add_column(sa.Column("snoozed_at", TIME, nullable=True))
        batch_op.add_column(sa.Column("woken_call_id", ID, nullable=True))
        batch_op.add_column(sa.Column("deleted_at", TIME, nullable=True))
        batch_op.add_column(sa.Column("deleted_by_id", ID, nullable=True))
        batch_op.create_index(batch_op.f("ix_tasks_deal_id"), ["deal_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_tasks_inquiry_id"), ["inquiry_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_tasks_series_id"), ["series_id"], unique=False)
        batch_op.create_unique_constraint(
            batch_op.f("uq_tasks_series_id"), ["series_id", "occurrence_at"]
        )
        batch_op.create_index(batch_op.f("ix_tasks_snoozed_until"), ["snoozed_until"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_tasks_created_by_id_users"),
            "users",
            ["created_by_id"],
            ["id"],
            ondelete="SET NULL",
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_tasks_deleted_by_id_users"),
            "users",
            ["deleted_by_id"],
            ["id"],
            ondelete="SET NULL",
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_tasks_deal_id_deals"), "deals", ["deal_id"], ["id"], ondelete="SET NULL"
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_tasks_inquiry_id_inquiries"),
            "inquiries",
            ["inquiry_id"],
            ["id"],
            ondelete="SET NULL",
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_tasks_call_id_calls"), "calls", ["call_id"], ["id"], ondelete="SET NULL"
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_tasks_woken_call_id_calls"),
            "calls",
            ["woken_call_id"],
            ["id"],
            ondelete="SET NULL",
        )

    with op.batch_alter_table("users", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("email", sa.String(length=255), nullable=False, server_default="")
        )
        batch_op.add_column(sa.Column("department_id", ID, nullable=True))
        batch_op.create_index(batch_op.f("ix_users_department_id"), ["department_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_users_department_id_departments"),
            "departments",
            ["department_id"],
            ["id"],
            ondelete="SET NULL",
        )

    op.create_table(
        "card_openings",
        sa.Column("user_id", ID, nullable=False),
        sa.Column("hour_at", TIME, nullable=False),
        sa.Column("cards", sa.Integer(), nullable=False),
        sa.Column("told_at", TIME, nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
            name=op.f("fk_card_openings_user_id_users"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("user_id", "hour_at", name=op.f("pk_card_openings")),
    )
    tail = sa.text("substr(last10, length(last10) - 3)")
    op.create_index("ix_client_numbers_tail", "client_numbers", [tail])


def downgrade() -> None:
    op.drop_index("ix_client_numbers_tail", table_name="client_numbers")
    op.drop_table("card_openings")

    with op.batch_alter_table("users", schema=None) as batch_op:
        batch_op.drop_constraint(
            batch_op.f("fk_users_department_id_departments"), type_="foreignkey"
        )
        batch_op.drop_index(batch_op.f("ix_users_department_id"))
        batch_op.drop_column("department_id")
        batch_op.drop_column("email")

    with op.batch_alter_table("tasks", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_tasks_woken_call_id_calls"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_tasks_call_id_calls"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_tasks_inquiry_id_inquiries"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_tasks_deal_id_deals"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_tasks_deleted_by_id_users"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_tasks_created_by_id_users"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_tasks_snoozed_until"))
        batch_op.drop_constraint(batch_op.f("uq_tasks_series_id"), type_="unique")
        batch_op.drop_index(batch_op.f("ix_tasks_series_id"))
        batch_op.drop_index(batch_op.f("ix_tasks_inquiry_id"))
        batch_op.drop_index(batch_op.f("ix_tasks_deal_id"))
        batch_op.drop_column("deleted_by_id")
        batch_op.drop_column("deleted_at")
        batch_op.drop_column("woken_call_id")
        batch_op.drop_column("snoozed_at")
        batch_op.drop_column("snoozed_until")
        batch_op.drop_column("occurrence_at")
        batch_op.drop_column("series_id")
        batch_op.drop_column("rrule")
        batch_op.drop_column("created_by_id")
        batch_op.drop_column("inquiry_id")
        batch_op.drop_column("call_id")
        batch_op.drop_column("deal_id")
        batch_op.drop_column("priority")
        batch_op.drop_column("text")

    with op.batch_alter_table("clients", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("email", sa.VARCHAR(length=255), nullable=False, server_default="")
        )
        batch_op.add_column(sa.Column("organisation_id", sa.INTEGER(), nullable=True))
        batch_op.add_column(
            sa.Column("position", sa.VARCHAR(length=128), nullable=False, server_default="")
        )
        batch_op.drop_constraint(batch_op.f("fk_clients_import_id_imports"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_clients_created_by_id_users"), type_="foreignkey")
        batch_op.drop_constraint(
            batch_op.f("fk_clients_merged_into_id_clients"), type_="foreignkey"
        )
        batch_op.drop_constraint(batch_op.f("fk_clients_deleted_by_id_users"), type_="foreignkey")
        batch_op.create_foreign_key(
            batch_op.f("fk_clients_organisation_id_clients"),
            "clients",
            ["organisation_id"],
            ["id"],
            ondelete="SET NULL",
        )
        batch_op.drop_index("ix_clients_updated_at")
        batch_op.drop_index("ix_clients_merged_into_id")
        batch_op.drop_index("ix_clients_last_contact_at")
        batch_op.drop_index("ix_clients_inn")
        batch_op.drop_index(batch_op.f("ix_clients_import_id"))
        batch_op.drop_index("ix_clients_deleted_at")
        batch_op.create_index(
            batch_op.f("ix_clients_organisation_id"), ["organisation_id"], unique=False
        )
        batch_op.drop_column("merged_into_id")
        batch_op.drop_column("deleted_by_id")
        batch_op.drop_column("deleted_at")
        batch_op.drop_column("last_contact_at")
        batch_op.drop_column("import_id")
        batch_op.drop_column("created_by_id")
        batch_op.drop_column("recording_consent")
        batch_op.drop_column("mailing_consent")
        batch_op.drop_column("confirmed")
        batch_op.drop_column("source")
        batch_op.drop_column("address")
        batch_op.drop_column("legal_address")
        batch_op.drop_column("ogrn")
        batch_op.drop_column("kpp")
        batch_op.drop_column("inn")
        batch_op.drop_column("legal_name")

    with op.batch_alter_table("mentions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_mentions_user_id"))

    op.drop_table("mentions")
    with op.batch_alter_table("task_assignees", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_task_assignees_user_id"))

    op.drop_table("task_assignees")
    with op.batch_alter_table("reminders", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_reminders_task_id"))
        batch_op.drop_index("ix_reminders_sent_at_at")

    op.drop_table("reminders")
    with op.batch_alter_table("comments", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_comments_task_id"))
        batch_op.drop_index(batch_op.f("ix_comments_inquiry_id"))
        batch_op.drop_index(batch_op.f("ix_comments_deal_id"))
        batch_op.drop_index("ix_comments_client_id_at")

    op.drop_table("comments")
    with op.batch_alter_table("checklist_items", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_checklist_items_task_id"))

    op.drop_table("checklist_items")
    op.drop_table("cleaning_ignored")
    op.drop_table("duplicate_pairs")
    op.drop_table("inquiry_calls")

    with op.batch_alter_table("inquiry_tags", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_inquiry_tags_tag_id"))

    op.drop_table("inquiry_tags")
    with op.batch_alter_table("custom_values", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_custom_values_linked_id"))
        batch_op.drop_index(batch_op.f("ix_custom_values_file_id"))
        batch_op.drop_index("ix_custom_values_field_id_number")
        batch_op.drop_index("ix_custom_values_field_id_folded")
        batch_op.drop_index("ix_custom_values_field_id_day")
        batch_op.drop_index("ix_custom_values_deal_id_field_id")
        batch_op.drop_index("ix_custom_values_client_id_field_id")

    op.drop_table("custom_values")
    with op.batch_alter_table("stored_files", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_stored_files_sha256"))
        batch_op.drop_index(batch_op.f("ix_stored_files_deal_id"))
        batch_op.drop_index("ix_stored_files_client_id_at")

    op.drop_table("stored_files")
    with op.batch_alter_table("payments", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_payments_due_on"))
        batch_op.drop_index(batch_op.f("ix_payments_deal_id"))

    op.drop_table("payments")
    with op.batch_alter_table("inquiries", schema=None) as batch_op:
        batch_op.drop_index("ix_inquiries_state_opened_at")
        batch_op.drop_index(batch_op.f("ix_inquiries_responsible_id"))
        batch_op.drop_index(batch_op.f("ix_inquiries_deal_id"))
        batch_op.drop_index(batch_op.f("ix_inquiries_client_id"))
        batch_op.drop_index(batch_op.f("ix_inquiries_call_id"))

    op.drop_table("inquiries")
    with op.batch_alter_table("deal_tags", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_deal_tags_tag_id"))

    op.drop_table("deal_tags")
    with op.batch_alter_table("deal_steps", schema=None) as batch_op:
        batch_op.drop_index("ix_deal_steps_stage_id_at")
        batch_op.drop_index("ix_deal_steps_deal_id_at")

    op.drop_table("deal_steps")
    with op.batch_alter_table("deal_items", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_deal_items_deal_id"))

    op.drop_table("deal_items")
    with op.batch_alter_table("deal_calls", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_deal_calls_deal_id"))

    op.drop_table("deal_calls")
    with op.batch_alter_table("deals", schema=None) as batch_op:
        batch_op.drop_index("ix_deals_stage_id_place")
        batch_op.drop_index(batch_op.f("ix_deals_search_name"))
        batch_op.drop_index(batch_op.f("ix_deals_responsible_id"))
        batch_op.drop_index(batch_op.f("ix_deals_import_id"))
        batch_op.drop_index(batch_op.f("ix_deals_funnel_id"))
        batch_op.drop_index("ix_deals_deleted_at")
        batch_op.drop_index(batch_op.f("ix_deals_contact_id"))
        batch_op.drop_index(batch_op.f("ix_deals_closed_at"))
        batch_op.drop_index("ix_deals_client_id_state")

    op.drop_table("deals")
    with op.batch_alter_table("stages", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_stages_funnel_id"))

    op.drop_table("stages")
    with op.batch_alter_table("personal_dates", schema=None) as batch_op:
        batch_op.drop_index("ix_personal_dates_month_day")
        batch_op.drop_index(batch_op.f("ix_personal_dates_client_id"))

    op.drop_table("personal_dates")
    with op.batch_alter_table("not_duplicates", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_not_duplicates_second_id"))

    op.drop_table("not_duplicates")
    with op.batch_alter_table("memberships", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_memberships_organisation_id"))

    op.drop_table("memberships")
    with op.batch_alter_table("import_rows", schema=None) as batch_op:
        batch_op.drop_index("ix_import_rows_import_id_row")

    op.drop_table("import_rows")
    with op.batch_alter_table("consents", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_consents_client_id"))

    op.drop_table("consents")
    with op.batch_alter_table("client_words", schema=None) as batch_op:
        batch_op.drop_index("ix_client_words_word_id_client_id")

    op.drop_table("client_words")
    with op.batch_alter_table("client_texts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_client_texts_client_id"))

    op.drop_table("client_texts")
    with op.batch_alter_table("client_tags", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_client_tags_tag_id"))

    op.drop_table("client_tags")
    op.drop_table("client_personal")
    with op.batch_alter_table("client_merges", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_client_merges_kept_id"))
        batch_op.drop_index(batch_op.f("ix_client_merges_gone_id"))

    op.drop_table("client_merges")
    with op.batch_alter_table("client_figures", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_client_figures_vip"))
        batch_op.drop_index(batch_op.f("ix_client_figures_category"))

    op.drop_table("client_figures")
    with op.batch_alter_table("client_emails", schema=None) as batch_op:
        batch_op.drop_index("ix_client_emails_folded")

    op.drop_table("client_emails")
    with op.batch_alter_table("changes", schema=None) as batch_op:
        batch_op.drop_index("ix_changes_subject_kind_subject_id")
        batch_op.drop_index("ix_changes_client_id_id")

    op.drop_table("changes")
    with op.batch_alter_table("webhook_deliveries", schema=None) as batch_op:
        batch_op.drop_index("ix_webhook_deliveries_webhook_id_id")
        batch_op.drop_index("ix_webhook_deliveries_state_next_at")

    op.drop_table("webhook_deliveries")
    with op.batch_alter_table("idempotency_keys", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_idempotency_keys_at"))

    op.drop_table("idempotency_keys")
    with op.batch_alter_table("handover_items", schema=None) as batch_op:
        batch_op.drop_index("ix_handover_items_kind_subject_id")
        batch_op.drop_index("ix_handover_items_handover_id_kind")

    op.drop_table("handover_items")
    op.drop_table("funnels")
    op.drop_table("webhooks")
    with op.batch_alter_table("segments", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_segments_owner_id"))

    op.drop_table("segments")
    with op.batch_alter_table("notifications", schema=None) as batch_op:
        batch_op.drop_index("ix_notifications_user_id_read_at_id")

    op.drop_table("notifications")
    op.drop_table("list_columns")
    op.drop_table("imports")
    op.drop_table("handovers")
    op.drop_table("company_settings")
    with op.batch_alter_table("api_tokens", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_api_tokens_user_id"))

    op.drop_table("api_tokens")
    op.drop_table("search_grams")
    with op.batch_alter_table("call_tags", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_call_tags_tag_id"))

    op.drop_table("call_tags")
    op.drop_table("tags")
    op.drop_table("search_words")
    op.drop_table("role_scopes")
    with op.batch_alter_table("products", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_products_code"))

    op.drop_table("products")
    op.drop_table("loss_reasons")
    op.drop_table("field_rules")
    with op.batch_alter_table("departments", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_departments_parent_id"))

    op.drop_table("departments")
    op.drop_table("custom_fields")
