"""The tables. Versions are only ever added: triggers refuse UPDATE and DELETE on them (see migrations).

A record stands in up to two parts, `open` and `restricted`, each with versions of its own: a change of a
restricted item alone leaves no trace in the versions, ETags, times or counts of what a blinded reader sees. A
resource's address and its identity are one: UNIQUE (type, id), the id made from the business key. Times are
UTC as text of fixed width (2026-01-31T08:00:00.000Z), which sorts as time does.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    text,
)

metadata = MetaData()

Identity = BigInteger().with_variant(Integer, "sqlite")
"""A row's number: SQLite counts only INTEGER PRIMARY KEY by itself."""

submission = Table(
    "submission",
    metadata,
    Column("number", Identity, primary_key=True),
    Column("received_at", Text, nullable=False),
    Column("sender", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Index("submission_by_content", "sender", "digest"),
)

receipt = Table(
    "receipt",
    metadata,
    Column("submission", Identity, ForeignKey("submission.number"), primary_key=True),
    Column("content", Text, nullable=False),
)

residue = Table(
    "residue",
    metadata,
    Column("submission", Identity, ForeignKey("submission.number"), primary_key=True),
    Column("part", Integer, primary_key=True),
    Column("content", Text, nullable=False),
)

record = Table(
    "record",
    metadata,
    Column("number", Identity, primary_key=True),
    Column("form", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("part", Text, nullable=False),
    Column("subject", Text),
    Column("position", Text, nullable=False),
    Column("version", Integer, nullable=False),
    UniqueConstraint("form", "key", "part", name="record_identity"),
    Index("record_in_order", "form", "part", "position", "key"),
    Index("record_of_subject", "form", "part", "subject", "position", "key"),
)

_VOIDED = "kind = 'voided'"

record_version = Table(
    "record_version",
    metadata,
    Column("record", Identity, ForeignKey("record.number"), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("submission", Identity, ForeignKey("submission.number"), nullable=False),
    Column("at", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Column("content", Text, nullable=False),
    Column("source_at", Text),
    Column("reason", Text),
    Column("kind", Text, nullable=False, server_default="stated"),
    Index("record_version_voided", "record", sqlite_where=text(_VOIDED), postgresql_where=text(_VOIDED)),
)
"""`source_at`: the sender's own time of this version; `kind`: `stated`, or `voided` for what was entered in error."""

resource = Table(
    "resource",
    metadata,
    Column("number", Identity, primary_key=True),
    Column("type", Text, nullable=False),
    Column("id", Text, nullable=False),
    Column("record", Identity, ForeignKey("record.number"), nullable=False),
    Column("subject", Text),
    Column("restricted", Boolean, nullable=False),
    Column("deleted", Boolean, nullable=False),
    Column("low", Text),
    Column("high", Text),
    Column("version", Integer, nullable=False),
    Column("updated", Text, nullable=False),
    UniqueConstraint("type", "id", name="resource_identity"),
    Index("resource_of_record", "record"),
    Index("resource_of_subject", "type", "subject", "id"),
    Index("resource_by_update", "type", "updated", "id"),
    Index("resource_in_order", "type", "restricted", "deleted", "number"),
)

resource_version = Table(
    "resource_version",
    metadata,
    Column("resource", Identity, ForeignKey("resource.number"), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("submission", Identity, ForeignKey("submission.number"), nullable=False),
    Column("at", Text, nullable=False),
    Column("deleted", Boolean, nullable=False),
    Column("digest", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Index("resource_version_in_order", "submission"),
)
