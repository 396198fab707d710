"""What a push leaves beside its versions: whose word an item is, links, aliases, quarantine and queries."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from adapter.store.dialect import refusals

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

IDENTITY = sa.BigInteger().with_variant(sa.Integer, "sqlite")
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


def upgrade() -> None:
    """Create the tables, their indexes and the triggers that keep what is only ever added."""
    _of_pushes()
    _of_names()
    _quarantine()
    _queries()
    connection = op.get_bind()
    for table in ONLY_ADDED:
        for statement in refusals(connection.dialect.name, table):
            connection.exec_driver_sql(statement)


def downgrade() -> None:
    """Drop the tables: links, queries and what is in quarantine are gone with them."""
    for table in (
        "query_event",
        "query",
        "quarantine_event",
        "quarantine",
        "link",
        "alias",
        "aside",
        "origin",
        "told",
        "arrival",
        "claim_of_key",
    ):
        op.drop_table(table)


def _text(name: str, *, primary_key: bool = False, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text, primary_key=primary_key, nullable=nullable)


def _of(name: str, target: str, *, primary_key: bool = False, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, IDENTITY, sa.ForeignKey(f"{target}.number"), primary_key=primary_key, nullable=nullable)


def _of_pushes() -> None:
    op.create_table(
        "claim_of_key",
        _text("sender", primary_key=True),
        _text("key", primary_key=True),
        _text("digest"),
        _of("submission", "submission"),
    )
    op.create_table(
        "arrival",
        _of("submission", "submission", primary_key=True),
        _text("package"),
        _text("mac", nullable=True),
        sa.Column("content", sa.LargeBinary),
    )
    op.create_table(
        "told",
        _of("record", "record", primary_key=True),
        _of("submission", "submission", primary_key=True),
        _text("content"),
    )
    op.create_index("told_by_submission", "told", ["submission"])
    op.create_table(
        "origin",
        _of("record", "record", primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True),
        _text("content"),
    )
    op.create_table(
        "aside",
        sa.Column("number", IDENTITY, primary_key=True),
        _of("record", "record"),
        _of("submission", "submission"),
        _text("kind"),
        _text("content"),
    )
    op.create_index("aside_of_record", "aside", ["record"])


def _of_names() -> None:
    op.create_table(
        "alias",
        _text("sender", primary_key=True),
        _text("type", primary_key=True),
        _text("mac", primary_key=True),
        _text("id"),
        _of("submission", "submission"),
    )
    op.create_table(
        "link",
        _text("site", primary_key=True),
        _text("mac", primary_key=True),
        _text("subject"),
        _text("at"),
    )


def _quarantine() -> None:
    op.create_table(
        "quarantine",
        sa.Column("number", IDENTITY, primary_key=True),
        _of("submission", "submission"),
        _text("sender"),
        _text("site", nullable=True),
        _text("form", nullable=True),
        _text("awaits", nullable=True),
        _text("status"),
        _text("content", nullable=True),
        _text("issues"),
    )
    op.create_index("quarantine_in_order", "quarantine", ["status", "number"])
    op.create_index("quarantine_awaiting", "quarantine", ["awaits", "status"])
    _events("quarantine")


def _queries() -> None:
    op.create_table(
        "query",
        sa.Column("number", IDENTITY, primary_key=True),
        sa.Column("id", sa.Text, nullable=False, unique=True),
        _text("form"),
        _text("key"),
        _text("subject", nullable=True),
        _text("item"),
        _text("rule"),
        sa.Column("restricted", sa.Boolean, nullable=False),
        _text("status"),
        _text("text"),
        _text("at"),
        sa.UniqueConstraint("form", "key", "rule", "item", name="query_identity"),
    )
    op.create_index("query_in_order", "query", ["status", "id"])
    op.create_index("query_of_subject", "query", ["subject", "status"])
    _events("query")


def _events(of: str) -> None:
    op.create_table(
        f"{of}_event",
        _of(of, of, primary_key=True),
        sa.Column("position", sa.Integer, primary_key=True),
        _text("at"),
        _text("actor"),
        _text("action"),
        _text("reason", nullable=True),
        _of("submission", "submission", nullable=True),
    )
