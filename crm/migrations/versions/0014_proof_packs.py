"""Proof packs and the keys that sign them, the last look at each recording's files, indexes of the audit log."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "proof_keys",
        sa.Column("key_id", sa.String(length=16), nullable=False),
        sa.Column("public", sa.String(length=64), nullable=False),
        sa.Column("made_at", TIME, nullable=False),
        sa.Column("retired_at", TIME, nullable=True),
        sa.PrimaryKeyConstraint("key_id", name=op.f("pk_proof_keys")),
    )
    op.create_table(
        "proof_packs",
        sa.Column("id", ID, nullable=False),
        sa.Column("subject_kind", sa.String(length=16), nullable=False),
        sa.Column("subject_id", sa.BigInteger(), nullable=False),
        sa.Column("call_ids", sa.JSON(), nullable=False),
        sa.Column("by_id", ID, nullable=True),
        sa.Column("by_login", sa.String(length=64), nullable=False),
        sa.Column("asked_at", TIME, nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("error_kind", sa.String(length=16), nullable=False),
        sa.Column("made_at", TIME, nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=True),
        sa.Column("key_id", sa.String(length=16), nullable=False),
        sa.Column("stamp", sa.String(length=8), nullable=False),
        sa.Column("absent", sa.Integer(), nullable=False),
        sa.Column("path", sa.String(length=512), nullable=False),
        sa.Column("dropped_at", TIME, nullable=True),
        sa.ForeignKeyConstraint(
            ["by_id"], ["users.id"], name=op.f("fk_proof_packs_by_id_users"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proof_packs")),
    )
    with op.batch_alter_table("proof_packs", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_proof_packs_asked_at"), ["asked_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_proof_packs_by_id"), ["by_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_proof_packs_state"), ["state"], unique=False)
        batch_op.create_index(
            "ix_proof_packs_subject", ["subject_kind", "subject_id"], unique=False
        )
    op.create_table(
        "recording_fixity",
        sa.Column("recording_id", ID, nullable=False),
        sa.Column("checked_at", TIME, nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("files", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["recording_id"],
            ["recordings.id"],
            name=op.f("fk_recording_fixity_recording_id_recordings"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("recording_id", name=op.f("pk_recording_fixity")),
    )
    with op.batch_alter_table("recording_fixity", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_recording_fixity_checked_at"), ["checked_at"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_recording_fixity_state"), ["state"], unique=False)
    with op.batch_alter_table("audit_log", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_audit_log_login"), ["login"], unique=False)
        batch_op.create_index(
            "ix_audit_log_subject_kind_subject_id", ["subject_kind", "subject_id"], unique=False
        )


def downgrade() -> None:
    with op.batch_alter_table("audit_log", schema=None) as batch_op:
        batch_op.drop_index("ix_audit_log_subject_kind_subject_id")
        batch_op.drop_index(batch_op.f("ix_audit_log_login"))

    with op.batch_alter_table("recording_fixity", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_recording_fixity_state"))
        batch_op.drop_index(batch_op.f("ix_recording_fixity_checked_at"))
    op.drop_table("recording_fixity")
    with op.batch_alter_table("proof_packs", schema=None) as batch_op:
        batch_op.drop_index("ix_proof_packs_subject")
        batch_op.drop_index(batch_op.f("ix_proof_packs_state"))
        batch_op.drop_index(batch_op.f("ix_proof_packs_by_id"))
        batch_op.drop_index(batch_op.f("ix_proof_packs_asked_at"))
    op.drop_table("proof_packs")
    op.drop_table("proof_keys")
