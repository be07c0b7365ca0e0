"""On PostgreSQL every new notice rings the doorbell by itself, whoever writes it, at the commit of its transaction."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

UP = (
    """CREATE FUNCTION slovo_ring_feed() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            PERFORM pg_notify('slovo_feed', '');
            RETURN NULL;
        END
    $$""",
    """CREATE TRIGGER feed_events_ring AFTER INSERT ON feed_events
        FOR EACH STATEMENT EXECUTE FUNCTION slovo_ring_feed()""",
)
DOWN = ("DROP TRIGGER feed_events_ring ON feed_events", "DROP FUNCTION slovo_ring_feed()")


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        for statement in UP:
            op.execute(statement)


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        for statement in DOWN:
            op.execute(statement)
