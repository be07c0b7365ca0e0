"""Versions of transcripts: corrections by people, second readings, languages; and the company's own vocabulary."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)
TRANSCRIPTS = (
    ("took_s", sa.Double(), None),
    ("lang_how", sa.String(length=16), ""),
    ("lang_trial", sa.JSON(), "[]"),
    ("left_out", sa.JSON(), "{}"),
    ("ordered_by_id", sa.BigInteger(), None),
    ("chosen_by_id", sa.BigInteger(), None),
    ("chosen_at", TIME, None),
)
UTTERANCES = (
    ("overlaps", sa.JSON(), "[]"),
    ("corrected", sa.Text(), None),
    ("corrected_words", sa.JSON(none_as_null=True), None),
    ("version", sa.Integer(), "0"),
)


def upgrade() -> None:
    # Column by column: SQLite's triggers on `utterances` would be lost with a table made anew.
    for table, columns in (("transcripts", TRANSCRIPTS), ("utterances", UTTERANCES)):
        for name, kind, default in columns:
            empty = default is None
            op.add_column(table, sa.Column(name, kind, nullable=empty, server_default=default))
    op.create_table(
        "utterance_corrections",
        sa.Column("id", ID, nullable=False),
        sa.Column("utterance_id", ID, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("words", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("restores", sa.Integer(), nullable=True),
        sa.Column("by_id", sa.BigInteger(), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["utterance_id"],
            ["utterances.id"],
            name=op.f("fk_utterance_corrections_utterance_id_utterances"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_utterance_corrections")),
        sa.UniqueConstraint(
            "utterance_id", "version", name=op.f("uq_utterance_corrections_utterance_id")
        ),
    )
    op.create_table(
        "vocabulary_words",
        sa.Column("id", ID, nullable=False),
        sa.Column("word", sa.String(length=100), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("spellings", sa.JSON(), nullable=False),
        sa.Column("known", sa.JSON(), nullable=False),
        sa.Column("added_by_id", sa.BigInteger(), nullable=True),
        sa.Column("added_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vocabulary_words")),
        sa.UniqueConstraint("word", name=op.f("uq_vocabulary_words_word")),
    )


def downgrade() -> None:
    op.drop_table("vocabulary_words")
    op.drop_table("utterance_corrections")
    for table, columns in (("utterances", UTTERANCES), ("transcripts", TRANSCRIPTS)):
        for name, _kind, _default in reversed(columns):
            op.drop_column(table, name)
