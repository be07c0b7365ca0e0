"""Alembic's environment and the revisions of all tables, applied by `crm.migrate`."""
