"""Up to when each PBX was heard: the time in which we did not run is blind, too."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "pbx_heartbeats",
        sa.Column("pbx", sa.String(64), nullable=False),
        sa.Column("heard_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("resynced", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("pbx", name=op.f("pk_pbx_heartbeats")),
    )


def downgrade() -> None:
    op.drop_table("pbx_heartbeats")
