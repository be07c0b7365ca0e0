"""Marks and comments at times of a recording, and clips shared by link."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    _marks()
    _mentions()
    _shared_clips()


def downgrade() -> None:
    op.drop_table("shared_clips")
    op.drop_table("mark_mentions")
    op.drop_table("recording_marks")


def _person(table: str, column: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_users")
    return sa.ForeignKeyConstraint([column], ["users.id"], name=name, ondelete="SET NULL")


def _recording(table: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_recording_id_recordings")
    return sa.ForeignKeyConstraint(
        ["recording_id"], ["recordings.id"], name=name, ondelete="CASCADE"
    )


def _marks() -> None:
    op.create_table(
        "recording_marks",
        sa.Column("id", ID, nullable=False),
        sa.Column("recording_id", ID, nullable=False),
        sa.Column("from_s", sa.Double(), nullable=False),
        sa.Column("to_s", sa.Double(), nullable=True),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("user_id", ID, nullable=True),
        sa.Column("at", TIME, nullable=False),
        sa.Column("edited_at", TIME, nullable=True),
        sa.Column("sample", sa.Boolean(), nullable=False),
        _recording("recording_marks"),
        _person("recording_marks", "user_id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recording_marks")),
    )
    with op.batch_alter_table("recording_marks", schema=None) as batch_op:
        batch_op.create_index(
            "ix_recording_marks_recording_id_from_s", ["recording_id", "from_s"], unique=False
        )


def _mentions() -> None:
    op.create_table(
        "mark_mentions",
        sa.Column("mark_id", ID, nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["mark_id"],
            ["recording_marks.id"],
            name=op.f("fk_mark_mentions_mark_id_recording_marks"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
            name=op.f("fk_mark_mentions_user_id_users"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("mark_id", "user_id", name=op.f("pk_mark_mentions")),
    )
    with op.batch_alter_table("mark_mentions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_mark_mentions_user_id"), ["user_id"], unique=False)


def _shared_clips() -> None:
    op.create_table(
        "shared_clips",
        sa.Column("id", ID, nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("recording_id", ID, nullable=False),
        sa.Column("from_s", sa.Double(), nullable=False),
        sa.Column("to_s", sa.Double(), nullable=False),
        sa.Column("side", sa.String(length=16), nullable=False),
        sa.Column("with_words", sa.Boolean(), nullable=False),
        sa.Column("for_whom", sa.String(length=16), nullable=False),
        sa.Column("recording_sha256", sa.String(length=64), nullable=False),
        sa.Column("expires_at", TIME, nullable=False),
        sa.Column("most_plays", sa.Integer(), nullable=True),
        sa.Column("plays", sa.Integer(), nullable=False),
        sa.Column("last_played_at", TIME, nullable=True),
        sa.Column("created_by_id", ID, nullable=True),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("revoked_at", TIME, nullable=True),
        sa.Column("revoked_by_id", ID, nullable=True),
        _recording("shared_clips"),
        _person("shared_clips", "created_by_id"),
        _person("shared_clips", "revoked_by_id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shared_clips")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_shared_clips_token_hash")),
    )
    with op.batch_alter_table("shared_clips", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_shared_clips_recording_id"), ["recording_id"], unique=False
        )
