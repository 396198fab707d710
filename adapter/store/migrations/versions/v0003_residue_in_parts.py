"""What no map read leaves the receipt for a table of its own, in parts: a load never holds all of it in memory."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from adapter.store.dialect import refusals

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

IDENTITY = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Create the table, with what the receipts hold so far, and the triggers that keep it as it is."""
    op.create_table(
        "residue",
        sa.Column("submission", IDENTITY, sa.ForeignKey("submission.number"), primary_key=True),
        sa.Column("part", sa.Integer, primary_key=True),
        sa.Column("content", sa.Text, nullable=False),
    )
    connection = op.get_bind()
    connection.exec_driver_sql(
        "INSERT INTO residue (submission, part, content)"
        " SELECT submission, 1, residue FROM receipt WHERE residue <> '[]'"
    )
    op.drop_column("receipt", "residue")
    for statement in refusals(connection.dialect.name, "residue"):
        connection.exec_driver_sql(statement)


def downgrade() -> None:
    """Give the receipts a column of residue again; what is in parts is dropped."""
    op.add_column("receipt", sa.Column("residue", sa.Text, nullable=False, server_default="[]"))
    op.drop_table("residue")
