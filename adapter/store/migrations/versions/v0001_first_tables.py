"""The first tables: submissions and receipts, records, resources and their versions, identifiers.

Written out, not taken from adapter.store.schema: a migration must stay what it was when the schema moves on.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from adapter.store.dialect import refusals

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

IDENTITY = sa.BigInteger().with_variant(sa.Integer, "sqlite")
VERSIONED = ("submission", "receipt", "record_version", "resource_version")


def upgrade() -> None:
    """Create the tables, their indexes and the triggers that keep versions as they are."""
    _submissions()
    _records()
    _resources()
    connection = op.get_bind()
    for table in VERSIONED:
        for statement in refusals(connection.dialect.name, table):
            connection.exec_driver_sql(statement)


def downgrade() -> None:
    """Drop the tables, and with them everything that was stored."""
    for table in (
        "identifier",
        "resource_version",
        "resource",
        "record_version",
        "record",
        "receipt",
        "submission",
    ):
        op.drop_table(table)


def _submissions() -> None:
    op.create_table(
        "submission",
        sa.Column("number", IDENTITY, primary_key=True),
        sa.Column("received_at", sa.Text, nullable=False),
        sa.Column("sender", sa.Text, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
    )
    op.create_index("submission_by_content", "submission", ["sender", "digest"])
    op.create_table(
        "receipt",
        sa.Column("submission", IDENTITY, sa.ForeignKey("submission.number"), primary_key=True),
        sa.Column("content", sa.Text, nullable=False),
        sa.Column("residue", sa.Text, nullable=False),
    )


def _records() -> None:
    op.create_table(
        "record",
        sa.Column("number", IDENTITY, primary_key=True),
        sa.Column("form", sa.Text, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("part", sa.Text, nullable=False),
        sa.Column("subject", sa.Text),
        sa.Column("position", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.UniqueConstraint("form", "key", "part", name="record_identity"),
    )
    op.create_index("record_in_order", "record", ["form", "part", "position", "key"])
    op.create_index("record_of_subject", "record", ["form", "part", "subject", "position", "key"])
    op.create_table(
        "record_version",
        sa.Column("record", IDENTITY, sa.ForeignKey("record.number"), primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True),
        sa.Column("submission", IDENTITY, sa.ForeignKey("submission.number"), nullable=False),
        sa.Column("at", sa.Text, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("content", sa.Text, nullable=False),
    )


def _resources() -> None:
    op.create_table(
        "resource",
        sa.Column("number", IDENTITY, primary_key=True),
        sa.Column("type", sa.Text, nullable=False),
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("record", IDENTITY, sa.ForeignKey("record.number"), nullable=False),
        sa.Column("subject", sa.Text),
        sa.Column("restricted", sa.Boolean, nullable=False),
        sa.Column("deleted", sa.Boolean, nullable=False),
        sa.Column("low", sa.Text),
        sa.Column("high", sa.Text),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("updated", sa.Text, nullable=False),
        sa.UniqueConstraint("type", "id", name="resource_identity"),
    )
    op.create_index("resource_of_record", "resource", ["record"])
    op.create_index("resource_of_subject", "resource", ["type", "subject", "id"])
    op.create_index("resource_by_update", "resource", ["type", "updated", "id"])
    op.create_table(
        "resource_version",
        sa.Column("resource", IDENTITY, sa.ForeignKey("resource.number"), primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True),
        sa.Column("submission", IDENTITY, sa.ForeignKey("submission.number"), nullable=False),
        sa.Column("at", sa.Text, nullable=False),
        sa.Column("deleted", sa.Boolean, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "identifier",
        sa.Column("type", sa.Text, primary_key=True),
        sa.Column("value", sa.Text, primary_key=True),
        sa.Column("system", sa.Text, primary_key=True),
        sa.Column("resource", IDENTITY, sa.ForeignKey("resource.number"), primary_key=True),
    )
