"""Who holds which phone from when to when, and what phones, queue members and people do now."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)
OPEN_SEAT = sa.text("until_at IS NULL AND how = 'seat'")


def upgrade() -> None:
    _holdings()
    op.create_table(
        "phone_states",
        sa.Column("pbx", sa.String(length=64), nullable=False),
        sa.Column("extension", sa.String(length=64), nullable=False),
        sa.Column("device", sa.String(length=16), nullable=False),
        sa.Column("device_at", TIME, nullable=True),
        sa.Column("engaged", sa.JSON(), nullable=False),
        sa.Column("talk_ended_at", TIME, nullable=True),
        sa.Column("talk_queue", sa.String(length=128), nullable=False),
        sa.Column("blind_at", TIME, nullable=True),
        sa.PrimaryKeyConstraint("pbx", "extension", name=op.f("pk_phone_states")),
    )
    op.create_table(
        "queue_members",
        sa.Column("pbx", sa.String(length=64), nullable=False),
        sa.Column("queue", sa.String(length=128), nullable=False),
        sa.Column("interface", sa.String(length=128), nullable=False),
        sa.Column("extension", sa.String(length=64), nullable=False),
        sa.Column("paused", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(length=255), nullable=False),
        sa.Column("changed_at", TIME, nullable=True),
        sa.Column("dynamic", sa.Boolean(), nullable=False),
        sa.Column("wrap_up_s", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("pbx", "queue", "interface", name=op.f("pk_queue_members")),
    )
    op.create_index("ix_queue_members_pbx_extension", "queue_members", ["pbx", "extension"])
    op.create_table(
        "person_states",
        sa.Column("user_id", ID, nullable=False),
        sa.Column("away", sa.Boolean(), nullable=False),
        sa.Column("away_reason", sa.String(length=255), nullable=False),
        sa.Column("away_at", TIME, nullable=True),
        sa.Column("ready_at", TIME, nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
            name=op.f("fk_person_states_user_id_users"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_person_states")),
    )


def _holdings() -> None:
    op.create_table(
        "phone_holdings",
        sa.Column("id", ID, nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("pbx", sa.String(length=64), nullable=False),
        sa.Column("extension", sa.String(length=64), nullable=False),
        sa.Column("how", sa.String(length=8), nullable=False),
        sa.Column("from_at", TIME, nullable=True),
        sa.Column("until_at", TIME, nullable=True),
        sa.Column("ended_why", sa.String(length=16), nullable=False),
        sa.Column("ended_by_id", ID, nullable=True),
        sa.Column("end_told", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
            name=op.f("fk_phone_holdings_user_id_users"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["ended_by_id"],
            ["users.id"],
            name=op.f("fk_phone_holdings_ended_by_id_users"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_phone_holdings")),
    )
    op.create_index(op.f("ix_phone_holdings_user_id"), "phone_holdings", ["user_id"])
    op.create_index(
        "ix_phone_holdings_pbx_extension_until_at",
        "phone_holdings",
        ["pbx", "extension", "until_at"],
    )
    for name, columns in (
        ("uq_phone_holdings_seat_of_phone", ["pbx", "extension"]),
        ("uq_phone_holdings_seat_of_user", ["user_id"]),
    ):
        op.create_index(
            name,
            "phone_holdings",
            columns,
            unique=True,
            sqlite_where=OPEN_SEAT,
            postgresql_where=OPEN_SEAT,
        )
    # Nobody knows since when phones were whose: as before, all their calls are their present people's.
    op.execute(
        "INSERT INTO phone_holdings (user_id, pbx, extension, how, ended_why, end_told) "
        "SELECT user_id, pbx, extension, 'own', '', true FROM devices"
    )


def downgrade() -> None:
    for table in ("person_states", "queue_members", "phone_states", "phone_holdings"):
        op.drop_table(table)
