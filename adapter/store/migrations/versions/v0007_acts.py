"""What is done besides pushes is audited and chained; numbers and instants are taken in one order on PostgreSQL.

What a push left beside its versions, links, answers and decisions have their rows of `audit` from here on. What is
there already is told of by one act of this migration: the chain before it stays as it is, for a chain cannot be
rewritten.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from adapter.store.backfill_acts import backfill_acts
from adapter.store.dialect import truncations

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

ONLY_ADDED = (
    "claim_of_key",
    "arrival",
    "told",
    "origin",
    "aside",
    "alias",
    "link",
    "quarantine_event",
    "query_event",
)
STANDING = {
    "query": ("number", "id", "form", "key", "subject", "item", "rule", "restricted", "at"),
    "quarantine": ("number", "submission", "sender", "site", "form", "content"),
}
"""Tables whose rows have a status: the columns that never change."""

_BEGIN = """
CREATE FUNCTION begin_submission(said text, sent_by text, content text, OUT given_number bigint, OUT given_at text)
LANGUAGE plpgsql AS $$
DECLARE
    instant bigint := round(extract(epoch FROM said::timestamptz) * 1000);
    before text;
BEGIN
    PERFORM pg_advisory_lock(1668441704, 66);
    BEGIN
        SELECT received_at INTO before FROM submission ORDER BY number DESC LIMIT 1;
        SELECT greatest(instant, last_value, round(extract(epoch FROM before::timestamptz) * 1000)) INTO instant
            FROM submission_instant;
        PERFORM setval('submission_instant', instant);
        given_number := nextval('submission_number_seq');
        PERFORM pg_advisory_xact_lock_shared(4611686018427387904 + given_number);
    EXCEPTION WHEN OTHERS OR query_canceled THEN
        PERFORM pg_advisory_unlock(1668441704, 66);
        RAISE;
    END;
    PERFORM pg_advisory_unlock(1668441704, 66);
    given_at := to_char((timestamptz 'epoch' + instant * interval '1 millisecond') AT TIME ZONE 'UTC',
        'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"');
    INSERT INTO submission (number, received_at, sender, digest) VALUES (given_number, given_at, sent_by, content);
END $$
"""
"""Who takes a number takes its instant with it, and a lock named by it until commit, before another does: the lock of
who takes one is let go at once, whatever happens. `adapter.store.begin` calls it and looks at the locks."""


def upgrade() -> None:
    """Add indexes, triggers and what PostgreSQL needs to begin a push; tell of the rows that are there."""
    op.drop_index("told_by_submission", "told")
    op.create_index("told_by_submission", "told", ["submission", "record"])
    op.create_index("aside_by_submission", "aside", ["submission"])
    op.create_index("query_event_by_submission", "query_event", ["submission"])
    of_voided = sa.text("kind = 'voided'")
    op.create_index(
        "record_version_voided", "record_version", ["record"], sqlite_where=of_voided, postgresql_where=of_voided
    )
    connection = op.get_bind()
    backfill_acts(connection)
    for table, columns in STANDING.items():
        for statement in _refusals(connection.dialect.name, table, columns):
            connection.exec_driver_sql(statement)
    for table in (*ONLY_ADDED, *STANDING):
        for statement in truncations(connection.dialect.name, table):
            connection.exec_driver_sql(statement)
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("CREATE SEQUENCE submission_instant MINVALUE -9223372036854775807 START 0")
        connection.exec_driver_sql(_BEGIN)


def downgrade() -> None:
    """Take them away; what the audit tells stays."""
    connection = op.get_bind()
    on_postgresql = connection.dialect.name == "postgresql"
    if on_postgresql:
        connection.exec_driver_sql("DROP FUNCTION begin_submission")
        connection.exec_driver_sql("DROP SEQUENCE submission_instant")
        for table in (*ONLY_ADDED, *STANDING):
            connection.exec_driver_sql(f"DROP TRIGGER {table}_is_whole ON {table}")
    for table in STANDING:
        for trigger in (f"{table}_stands", f"{table}_is_kept"):
            connection.exec_driver_sql(f"DROP TRIGGER {trigger}" + (f" ON {table}" if on_postgresql else ""))
    op.drop_index("record_version_voided", "record_version")
    op.drop_index("query_event_by_submission", "query_event")
    op.drop_index("aside_by_submission", "aside")
    op.drop_index("told_by_submission", "told")
    op.create_index("told_by_submission", "told", ["submission"])


def _refusals(dialect: str, table: str, columns: tuple[str, ...]) -> tuple[str, str]:
    """The statements that make a table refuse DELETE, and UPDATE of these columns."""
    named = ", ".join(f'"{column}"' for column in columns)
    changes = {f"{table}_stands": f"UPDATE OF {named}", f"{table}_is_kept": "DELETE"}
    if dialect == "postgresql":
        stands, kept = (
            f"CREATE TRIGGER {name} BEFORE {change} ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_change()"
            for name, change in changes.items()
        )
    else:
        stands, kept = (
            f"CREATE TRIGGER {name} BEFORE {change} ON {table} BEGIN SELECT RAISE(ABORT, '{table} stands'); END"
            for name, change in changes.items()
        )
    return stands, kept
