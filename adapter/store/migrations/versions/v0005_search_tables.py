"""The tables that search parameters are looked up in; the identifiers of a resource are among them.

They are filled when the database is opened: what they hold follows from the resources and the search parameters.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

IDENTITY = sa.BigInteger().with_variant(sa.Integer, "sqlite")
SORTED = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
TABLES: dict[str, tuple[tuple[str, Any], ...]] = {
    "token": (("code", sa.BigInteger), ("system", sa.BigInteger)),
    "string": (("value", SORTED), ("exact", sa.BigInteger)),
    "date": (("low", sa.BigInteger), ("high", sa.BigInteger)),
    "number": (
        ("low", SORTED),
        ("high", SORTED),
        ("code", sa.BigInteger),
        ("unit", sa.BigInteger),
        ("system", sa.BigInteger),
    ),
}
INDEXES = {
    "search_token_by_code": ("search_token", ["place", "code", "resource", "system"]),
    "search_string_by_value": ("search_string", ["place", "value", "resource"]),
    "search_date_by_low": ("search_date", ["place", "low", "high", "resource"]),
    "search_number_by_low": ("search_number", ["place", "low", "high", "resource"]),
    "resource_in_order": ("resource", ["type", "restricted", "deleted", "number"]),
}


def upgrade() -> None:
    """Add the tables; take away what they stand for."""
    for kind, columns in TABLES.items():
        op.create_table(
            f"search_{kind}",
            sa.Column("resource", IDENTITY, primary_key=True, autoincrement=False),
            sa.Column("place", sa.Integer, primary_key=True, autoincrement=False),
            *(sa.Column(name, type_, primary_key=True, autoincrement=False) for name, type_ in columns),
            sqlite_with_rowid=False,
        )
    state = op.create_table(
        "search_state",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("value", sa.LargeBinary, nullable=False),
    )
    op.bulk_insert(state, [{"name": "catalogue", "value": b""}])
    for name, (table, columns_) in INDEXES.items():
        op.create_index(name, table, columns_)
    op.drop_table("identifier")


def downgrade() -> None:
    """Give back the tables that were; a database that goes back finds nothing by identifier until it is loaded anew."""
    op.create_table(
        "identifier",
        sa.Column("type", sa.Text, primary_key=True),
        sa.Column("value", sa.Text, primary_key=True),
        sa.Column("system", sa.Text, primary_key=True),
        sa.Column("resource", IDENTITY, sa.ForeignKey("resource.number"), primary_key=True),
    )
    op.create_index("identifier_of_resource", "identifier", ["resource"])
    op.drop_index("resource_in_order", "resource")
    for kind in TABLES:
        op.drop_table(f"search_{kind}")
    op.drop_table("search_state")
