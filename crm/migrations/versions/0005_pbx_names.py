"""The list of calls of one PBX among several: found by an index, not by reading those of all others."""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Index the calls by PBX and time."""
    op.create_index("ix_calls_pbx_started_at_id", "calls", ["pbx", "started_at", "id"])


def downgrade() -> None:
    """Remove the index."""
    op.drop_index("ix_calls_pbx_started_at_id", table_name="calls")
