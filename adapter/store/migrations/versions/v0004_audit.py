"""Who changed what and why, chained; why a version was made, and how old it is by its sender.

What was stored before gets its audit rows and its chain here, in the order of its submissions, so that `crfhir db
verify` covers it. Where a trigger refuses UPDATE and DELETE, PostgreSQL refuses TRUNCATE from here on too.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from adapter.store.backfill import backfill
from adapter.store.dialect import refusals, truncations

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

IDENTITY = sa.BigInteger().with_variant(sa.Integer, "sqlite")
OLDER = ("submission", "receipt", "residue", "record_version", "resource_version")
NEW = ("audit", "chain_link", "checkpoint")


def upgrade() -> None:
    """Add the columns and tables, and the rows of what is there."""
    connection = op.get_bind()
    _columns()
    _tables()
    backfill(connection)
    for table in NEW:
        for statement in refusals(connection.dialect.name, table):
            connection.exec_driver_sql(statement)
    for table in (*OLDER, *NEW):
        for statement in truncations(connection.dialect.name, table):
            connection.exec_driver_sql(statement)


def downgrade() -> None:
    """Drop them: versions stay, what was proved of them and why they were made goes."""
    if op.get_bind().dialect.name == "postgresql":
        for table in OLDER:
            op.execute(f"DROP TRIGGER {table}_is_whole ON {table}")
    for table in reversed(NEW):
        op.drop_table(table)
    op.drop_index("resource_version_in_order", "resource_version")
    for table, column in (
        ("record_version", "kind"),
        ("record_version", "reason"),
        ("record_version", "source_at"),
    ):
        op.drop_column(table, column)


def _columns() -> None:
    op.add_column("record_version", sa.Column("source_at", sa.Text))
    op.add_column("record_version", sa.Column("reason", sa.Text))
    op.add_column("record_version", sa.Column("kind", sa.Text, nullable=False, server_default="stated"))
    op.create_index("resource_version_in_order", "resource_version", ["submission"])


def _tables() -> None:
    op.create_table(
        "audit",
        sa.Column("submission", IDENTITY, sa.ForeignKey("submission.number"), primary_key=True),
        sa.Column("place", sa.Integer, primary_key=True),
        sa.Column("action", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("target", IDENTITY, nullable=False),
        sa.Column("what", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("restricted", sa.Boolean, nullable=False),
        sa.Column("reason", sa.Text),
        sa.Column("digest", sa.Text, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "chain_link",
        sa.Column("chain", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("position", IDENTITY, primary_key=True, autoincrement=False),
        sa.Column("submission", IDENTITY, sa.ForeignKey("submission.number"), nullable=False),
        sa.Column("previous", sa.Text, nullable=False),
        sa.Column("hash", sa.Text, nullable=False),
        sa.Column("shown", sa.Text, nullable=False),
        sa.UniqueConstraint("submission", name="chain_link_of_submission"),
    )
    op.create_table(
        "checkpoint",
        sa.Column("number", IDENTITY, primary_key=True, autoincrement=False),
        sa.Column("at", sa.Text, nullable=False),
        sa.Column("heads", sa.Text, nullable=False),
        sa.Column("previous", sa.Text, nullable=False),
        sa.Column("mac", sa.Text, nullable=False),
    )
