"""Retention, legal holds, erasure, redaction, pauses and announcements of recordings; words beside the audit log."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "audit_words",
        sa.Column("audit_id", ID, nullable=False),
        sa.Column("salt", sa.String(length=32), nullable=False),
        sa.Column("words", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["audit_id"],
            ["audit_log.id"],
            name=op.f("fk_audit_words_audit_id_audit_log"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("audit_id", name=op.f("pk_audit_words")),
    )
    op.create_table(
        "call_announcements",
        sa.Column("id", ID, nullable=False),
        sa.Column("call_id", ID, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=128), nullable=False),
        sa.ForeignKeyConstraint(
            ["call_id"],
            ["calls.id"],
            name=op.f("fk_call_announcements_call_id_calls"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_announcements")),
    )
    with op.batch_alter_table("call_announcements", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_call_announcements_call_id"), ["call_id"], unique=False
        )
    op.create_table(
        "erased_calls",
        sa.Column("id_hash", sa.String(length=64), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("id_hash", name=op.f("pk_erased_calls")),
    )
    op.create_table(
        "erasures",
        sa.Column("id", ID, nullable=False),
        sa.Column("subject_kind", sa.String(length=16), nullable=False),
        sa.Column("subject_id", sa.BigInteger(), nullable=False),
        sa.Column("what", sa.String(length=16), nullable=False),
        sa.Column("rule", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.String(length=255), nullable=False),
        sa.Column("by_id", ID, nullable=True),
        sa.Column("at", TIME, nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.Column("files", sa.JSON(), nullable=False),
        sa.Column("cleaned_at", TIME, nullable=True),
        sa.ForeignKeyConstraint(
            ["by_id"], ["users.id"], name=op.f("fk_erasures_by_id_users"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasures")),
    )
    with op.batch_alter_table("erasures", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_erasures_at"), ["at"], unique=False)
        batch_op.create_index(batch_op.f("ix_erasures_cleaned_at"), ["cleaned_at"], unique=False)
        batch_op.create_index(
            "ix_erasures_subject_kind_subject_id", ["subject_kind", "subject_id"], unique=False
        )
    op.create_table(
        "legal_holds",
        sa.Column("id", ID, nullable=False),
        sa.Column("subject_kind", sa.String(length=16), nullable=False),
        sa.Column("subject_id", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("by_id", ID, nullable=True),
        sa.Column("at", TIME, nullable=False),
        sa.Column("until_at", TIME, nullable=True),
        sa.Column("lifted_by_id", ID, nullable=True),
        sa.Column("lifted_at", TIME, nullable=True),
        sa.ForeignKeyConstraint(
            ["by_id"], ["users.id"], name=op.f("fk_legal_holds_by_id_users"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["lifted_by_id"],
            ["users.id"],
            name=op.f("fk_legal_holds_lifted_by_id_users"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_legal_holds")),
    )
    with op.batch_alter_table("legal_holds", schema=None) as batch_op:
        batch_op.create_index(
            "ix_legal_holds_subject_kind_subject_id", ["subject_kind", "subject_id"], unique=False
        )
    op.create_table(
        "recording_pauses",
        sa.Column("id", ID, nullable=False),
        sa.Column("call_id", ID, nullable=False),
        sa.Column("channel", sa.String(length=160), nullable=False),
        sa.Column("from_at", TIME, nullable=False),
        sa.Column("due_at", TIME, nullable=False),
        sa.Column("until_at", TIME, nullable=True),
        sa.Column("ended_by", sa.String(length=8), nullable=False),
        sa.Column("by_id", ID, nullable=True),
        sa.Column("trouble", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["by_id"],
            ["users.id"],
            name=op.f("fk_recording_pauses_by_id_users"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["call_id"],
            ["calls.id"],
            name=op.f("fk_recording_pauses_call_id_calls"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recording_pauses")),
    )
    with op.batch_alter_table("recording_pauses", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_recording_pauses_call_id"), ["call_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_recording_pauses_until_at"), ["until_at"], unique=False
        )
    op.create_table(
        "redactions",
        sa.Column("id", ID, nullable=False),
        sa.Column("call_id", ID, nullable=False),
        sa.Column("recording_id", ID, nullable=True),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("from_s", sa.Double(), nullable=False),
        sa.Column("to_s", sa.Double(), nullable=False),
        sa.Column("how", sa.String(length=8), nullable=False),
        sa.Column("words", sa.Integer(), nullable=False),
        sa.Column("found_by", sa.String(length=8), nullable=False),
        sa.Column("by_id", ID, nullable=True),
        sa.Column("at", TIME, nullable=False),
        sa.Column("reason", sa.String(length=255), nullable=False),
        sa.Column("old_sha256", sa.String(length=64), nullable=False),
        sa.Column("new_sha256", sa.String(length=64), nullable=False),
        sa.Column("done_at", TIME, nullable=True),
        sa.ForeignKeyConstraint(
            ["by_id"], ["users.id"], name=op.f("fk_redactions_by_id_users"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["call_id"], ["calls.id"], name=op.f("fk_redactions_call_id_calls"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["recording_id"],
            ["recordings.id"],
            name=op.f("fk_redactions_recording_id_recordings"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_redactions")),
    )
    with op.batch_alter_table("redactions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_redactions_call_id"), ["call_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_redactions_recording_id"), ["recording_id"], unique=False
        )


def downgrade() -> None:
    with op.batch_alter_table("redactions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_redactions_recording_id"))
        batch_op.drop_index(batch_op.f("ix_redactions_call_id"))
    op.drop_table("redactions")
    with op.batch_alter_table("recording_pauses", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_recording_pauses_until_at"))
        batch_op.drop_index(batch_op.f("ix_recording_pauses_call_id"))
    op.drop_table("recording_pauses")
    with op.batch_alter_table("legal_holds", schema=None) as batch_op:
        batch_op.drop_index("ix_legal_holds_subject_kind_subject_id")
    op.drop_table("legal_holds")
    with op.batch_alter_table("erasures", schema=None) as batch_op:
        batch_op.drop_index("ix_erasures_subject_kind_subject_id")
        batch_op.drop_index(batch_op.f("ix_erasures_cleaned_at"))
        batch_op.drop_index(batch_op.f("ix_erasures_at"))
    op.drop_table("erasures")
    op.drop_table("erased_calls")
    with op.batch_alter_table("call_announcements", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_call_announcements_call_id"))
    op.drop_table("call_announcements")
    op.drop_table("audit_words")
