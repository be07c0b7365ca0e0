"""Search in the order of calls; the words that were said, for a search that forgives recognition errors; saved searches.

The full-text index on SQLite is made anew: its rows are known by `utterances.recency` from now on, a number that is lower
for later calls (`calls/search/recency.py` says how it is made; the triggers below make the same), so that the newest hits
of a frequent word come without sorting. Forms of an older version are written again by the work process, in the
background: `utterances.index_version` says which.
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)

SQLITE_SECONDS = "CAST(strftime('%s', {}) AS INTEGER) - 946684800"
POSTGRESQL_SECONDS = "floor(extract(epoch FROM {}))::bigint - 946684800"
SQLITE_BOUNDED = "max(-536870912, min(2147483647, {}))"
POSTGRESQL_BOUNDED = "greatest(-536870912, least(2147483647, {}))"
RECENCY = """-(CASE
    WHEN {at} IS NULL THEN -4611686018427387904 + transcript_id * 16384 + {larger}(0, 16383 - turn)
    WHEN turn >= 8192 THEN -3458764513820540928 + transcript_id * 1048576 + {larger}(0, 1048575 - turn)
    ELSE {seconds} * 4294967296 + transcript_id % 524288 * 8192 + 8191 - turn END)"""


def _recency(at: str, *, sqlite: bool) -> str:
    seconds = (SQLITE_SECONDS if sqlite else POSTGRESQL_SECONDS).format(at)
    bounded = (SQLITE_BOUNDED if sqlite else POSTGRESQL_BOUNDED).format(seconds)
    return RECENCY.format(at=at, seconds=bounded, larger="max" if sqlite else "greatest")


PLACED = "UPDATE utterances SET recency = {}"
FTS_OFF = (
    "DROP TRIGGER utterances_fts_update",
    "DROP TRIGGER utterances_fts_delete",
    "DROP TRIGGER utterances_fts_insert",
    "DROP TABLE utterances_fts",
)
SQLITE_UP = (
    """CREATE VIRTUAL TABLE utterances_fts USING fts5(
        lemmas, content='utterances', content_rowid='recency', tokenize='ascii')""",
    """CREATE TRIGGER utterances_fts_insert AFTER INSERT ON utterances WHEN new.recency IS NOT NULL BEGIN
        INSERT INTO utterances_fts(rowid, lemmas) VALUES (new.recency, new.lemmas);
    END""",
    """CREATE TRIGGER utterances_fts_delete AFTER DELETE ON utterances WHEN old.recency IS NOT NULL BEGIN
        INSERT INTO utterances_fts(utterances_fts, rowid, lemmas) VALUES ('delete', old.recency, old.lemmas);
    END""",
    """CREATE TRIGGER utterances_fts_update AFTER UPDATE OF lemmas, recency ON utterances BEGIN
        INSERT INTO utterances_fts(utterances_fts, rowid, lemmas)
            SELECT 'delete', old.recency, old.lemmas WHERE old.recency IS NOT NULL;
        INSERT INTO utterances_fts(rowid, lemmas)
            SELECT new.recency, new.lemmas WHERE new.recency IS NOT NULL;
    END""",
    """CREATE TRIGGER calls_recency AFTER UPDATE OF started_at ON calls
        WHEN new.started_at IS NOT old.started_at BEGIN
        UPDATE OR IGNORE utterances SET recency = {} WHERE call_id = new.id AND recency IS NOT NULL;
    END""",
    "INSERT INTO utterances_fts(utterances_fts) VALUES ('rebuild')",
)
SQLITE_OLD = (
    """CREATE VIRTUAL TABLE utterances_fts USING fts5(
        lemmas, content='utterances', content_rowid='id', tokenize='ascii')""",
    """CREATE TRIGGER utterances_fts_insert AFTER INSERT ON utterances BEGIN
        INSERT INTO utterances_fts(rowid, lemmas) VALUES (new.id, new.lemmas);
    END""",
    """CREATE TRIGGER utterances_fts_delete AFTER DELETE ON utterances BEGIN
        INSERT INTO utterances_fts(utterances_fts, rowid, lemmas) VALUES ('delete', old.id, old.lemmas);
    END""",
    """CREATE TRIGGER utterances_fts_update AFTER UPDATE OF lemmas ON utterances BEGIN
        INSERT INTO utterances_fts(utterances_fts, rowid, lemmas) VALUES ('delete', old.id, old.lemmas);
        INSERT INTO utterances_fts(rowid, lemmas) VALUES (new.id, new.lemmas);
    END""",
    "INSERT INTO utterances_fts(utterances_fts) VALUES ('rebuild')",
)
POSTGRESQL_UP = (
    """CREATE FUNCTION slovo_calls_recency() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        UPDATE utterances SET recency = {} WHERE call_id = new.id AND recency IS NOT NULL;
        RETURN NULL;
    END $$""",
    """CREATE TRIGGER calls_recency AFTER UPDATE OF started_at ON calls FOR EACH ROW
        WHEN (new.started_at IS DISTINCT FROM old.started_at) EXECUTE FUNCTION slovo_calls_recency()""",
)
POSTGRESQL_DOWN = ("DROP TRIGGER calls_recency ON calls", "DROP FUNCTION slovo_calls_recency()")


def upgrade() -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    # Column by column: SQLite's triggers on `utterances` would be lost with a table made anew.
    op.add_column("utterances", sa.Column("recency", sa.BigInteger(), nullable=True))
    op.add_column(
        "utterances",
        sa.Column("index_version", sa.SmallInteger(), nullable=False, server_default="0"),
    )
    began = "(SELECT started_at FROM calls WHERE calls.id = utterances.call_id)"
    op.execute(PLACED.format(_recency(began, sqlite=sqlite)))
    op.create_index("ix_utterances_recency", "utterances", ["recency"])
    only = sa.text("index_version < 2")
    op.create_index(
        "ix_utterances_old_forms", "utterances", ["index_version"],
        sqlite_where=only, postgresql_where=only,
    )  # fmt: skip
    for statement in (*FTS_OFF, *SQLITE_UP) if sqlite else POSTGRESQL_UP:
        op.execute(statement.replace("{}", _recency("new.started_at", sqlite=sqlite)))
    op.create_table(
        "spoken_words",
        sa.Column("word", sa.String(length=40), nullable=False),
        sa.Column("key", sa.String(length=48), nullable=False),
        sa.PrimaryKeyConstraint("word", "key", name=op.f("pk_spoken_words")),
    )
    op.create_index(op.f("ix_spoken_words_key"), "spoken_words", ["key"])
    _saved_searches()


def _saved_searches() -> None:
    op.create_table(
        "saved_searches",
        sa.Column("id", ID, nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("query", sa.String(length=500), nullable=False),
        sa.Column("filters", sa.JSON(), nullable=False),
        sa.Column("notify", sa.Boolean(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("seen_at", TIME, nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
            name=op.f("fk_saved_searches_user_id_users"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_searches")),
    )
    op.create_index(op.f("ix_saved_searches_user_id"), "saved_searches", ["user_id"])
    op.create_table(
        "saved_search_hits",
        sa.Column("id", ID, nullable=False),
        sa.Column("saved_search_id", ID, nullable=False),
        sa.Column("call_id", ID, nullable=False),
        sa.Column("start_s", sa.Double(), nullable=False),
        sa.Column("end_s", sa.Double(), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["saved_search_id"],
            ["saved_searches.id"],
            name=op.f("fk_saved_search_hits_saved_search_id_saved_searches"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["call_id"],
            ["calls.id"],
            name=op.f("fk_saved_search_hits_call_id_calls"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_search_hits")),
    )
    op.create_index(
        "ix_saved_search_hits_saved_search_id_call_id",
        "saved_search_hits",
        ["saved_search_id", "call_id"],
    )
    op.create_index(op.f("ix_saved_search_hits_call_id"), "saved_search_hits", ["call_id"])


def downgrade() -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    op.drop_table("saved_search_hits")
    op.drop_table("saved_searches")
    op.drop_table("spoken_words")
    if sqlite:
        op.execute("DROP TRIGGER calls_recency")
    for statement in FTS_OFF if sqlite else POSTGRESQL_DOWN:
        op.execute(statement)
    op.drop_index("ix_utterances_old_forms", "utterances")
    op.drop_index("ix_utterances_recency", "utterances")
    op.drop_column("utterances", "index_version")
    op.drop_column("utterances", "recency")
    for statement in SQLITE_OLD if sqlite else ():
        op.execute(statement)
