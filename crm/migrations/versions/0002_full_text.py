"""The full-text index over the normal forms of utterances.

`utterances.lemmas` holds words parted by single spaces, made in Python for both databases, so the databases must only
split at spaces: SQLite's tokenizer "ascii" takes every sign beyond ASCII as part of a word, and on PostgreSQL the vector
is built from the words and their places without any parser or dictionary.
"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

SQLITE_UP = (
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
)
SQLITE_DOWN = (
    "DROP TRIGGER utterances_fts_update",
    "DROP TRIGGER utterances_fts_delete",
    "DROP TRIGGER utterances_fts_insert",
    "DROP TABLE utterances_fts",
)
POSTGRESQL_UP = (
    # A tsvector holds places up to 16383; a turn that long is cut there for phrases, its words are still found.
    r"""CREATE FUNCTION slovo_lemma_vector(lemmas text) RETURNS tsvector
        LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
        SELECT coalesce(string_agg(
            '''' || replace(replace(word, '\', '\\'), '''', '''''') || ''':' || least(place, 16383), ' '
        ), '')::tsvector
        FROM unnest(string_to_array(lemmas, ' ')) WITH ORDINALITY AS words(word, place)
        WHERE word <> ''
    $$""",
    """ALTER TABLE utterances ADD COLUMN lemma_vector tsvector
        GENERATED ALWAYS AS (slovo_lemma_vector(lemmas)) STORED""",
    "CREATE INDEX ix_utterances_lemma_vector ON utterances USING gin (lemma_vector)",
)
POSTGRESQL_DOWN = (
    "DROP INDEX ix_utterances_lemma_vector",
    "ALTER TABLE utterances DROP COLUMN lemma_vector",
    "DROP FUNCTION slovo_lemma_vector(text)",
)


def upgrade() -> None:
    for statement in SQLITE_UP if op.get_bind().dialect.name == "sqlite" else POSTGRESQL_UP:
        op.execute(statement)


def downgrade() -> None:
    for statement in SQLITE_DOWN if op.get_bind().dialect.name == "sqlite" else POSTGRESQL_DOWN:
        op.execute(statement)
