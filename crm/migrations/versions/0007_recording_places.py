"""Files that were seen where PBXs leave recordings, the last look at each PBX, and when a recording was looked for."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("recordings", sa.Column("looked_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index("ix_recordings_started_at", "recordings", ["started_at"])
    op.create_table(
        "recording_files",
        sa.Column("id", _ID, nullable=False),
        sa.Column("pbx", sa.String(64), nullable=False),
        sa.Column("path", sa.String(1000), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("recording_id", _ID, nullable=True),
        sa.Column("call_id", _ID, nullable=True),
        sa.Column("how", sa.String(8), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["recording_id"],
            ["recordings.id"],
            name="fk_recording_files_recording_id_recordings",
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["call_id"], ["calls.id"], name="fk_recording_files_call_id_calls", ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_recording_files"),
        sa.UniqueConstraint("pbx", "path", name="uq_recording_files_pbx"),
    )
    op.create_index(
        "ix_recording_files_state_changed_at", "recording_files", ["state", "changed_at"]
    )
    op.create_index("ix_recording_files_call_id", "recording_files", ["call_id"])
    op.create_table(
        "recording_checks",
        sa.Column("pbx", sa.String(64), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("files", sa.Integer(), nullable=False),
        sa.Column("writing", sa.Integer(), nullable=False),
        sa.Column("unsorted", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("mend", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("pbx", name="pk_recording_checks"),
    )


def downgrade() -> None:
    op.drop_table("recording_checks")
    op.drop_table("recording_files")
    op.drop_index("ix_recordings_started_at", "recordings")
    op.drop_column("recordings", "looked_at")
