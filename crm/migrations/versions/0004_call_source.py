"""How we know of a call; blind times that the PBX's own record filled, and how far it was read."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("calls", sa.Column("source", sa.String(8), nullable=False, server_default="live"))
    op.add_column("link_windows", sa.Column("filled_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "link_windows", sa.Column("filled_from", sa.String(64), nullable=False, server_default="")
    )
    op.create_table(
        "reconcile_cursors",
        sa.Column("pbx", sa.String(64), nullable=False),
        sa.Column("source", sa.String(32), nullable=False),
        sa.Column("settled_to", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("pbx", "source", name=op.f("pk_reconcile_cursors")),
    )


def downgrade() -> None:
    op.drop_table("reconcile_cursors")
    op.drop_column("link_windows", "filled_from")
    op.drop_column("link_windows", "filled_at")
    op.drop_column("calls", "source")
