"""What a push leaves beside its versions: whose word an item is, links, aliases, quarantine, queries.

Rows are only ever added, but for the status of a query and of what is in quarantine: their events say how each came
about. What a hospital calls its patients and resources stands here as an HMAC alone.
"""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, LargeBinary, Table, Text, UniqueConstraint

from adapter.store.schema.core import Identity, metadata


def _submission(*, primary_key: bool = False) -> Column[int]:
    return Column("submission", Identity, ForeignKey("submission.number"), primary_key=primary_key, nullable=False)


claim_of_key = Table(
    "claim_of_key",
    metadata,
    Column("sender", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("digest", Text, nullable=False),
    _submission(),
)

arrival = Table(
    "arrival",
    metadata,
    _submission(primary_key=True),
    Column("package", Text, nullable=False),
    Column("mac", Text),
    Column("content", LargeBinary),
)
"""What a push brought, freed of what identifies a person, as zlib of its JSON (not of loaded files); the HMAC of what
came; and the digest of the study package that read it."""

told = Table(
    "told",
    metadata,
    Column("record", Identity, ForeignKey("record.number"), primary_key=True),
    _submission(primary_key=True),
    Column("content", Text, nullable=False),
    Index("told_by_submission", "submission", "record"),
)
"""Which part of a record a push told of, changed or not: from which bytes (JSON pointer), how old by its sender."""

origin = Table(
    "origin",
    metadata,
    Column("record", Identity, ForeignKey("record.number"), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("content", Text, nullable=False),
)
"""Item -> the push that gave it its value, of a version whose items come from more than one push."""

aside = Table(
    "aside",
    metadata,
    Column("number", Identity, primary_key=True),
    Column("record", Identity, ForeignKey("record.number"), nullable=False),
    _submission(),
    Column("kind", Text, nullable=False),
    Column("content", Text, nullable=False),
    Index("aside_of_record", "record"),
    Index("aside_by_submission", "submission"),
)
"""What was sent and does not stand: superseded by what is newer, or disputed by another sender."""

alias = Table(
    "alias",
    metadata,
    Column("sender", Text, primary_key=True),
    Column("type", Text, primary_key=True),
    Column("mac", Text, primary_key=True),
    Column("id", Text, nullable=False),
    _submission(),
)

link = Table(
    "link",
    metadata,
    Column("site", Text, primary_key=True),
    Column("mac", Text, primary_key=True),
    Column("subject", Text, nullable=False),
    Column("at", Text, nullable=False),
)

quarantine = Table(
    "quarantine",
    metadata,
    Column("number", Identity, primary_key=True),
    _submission(),
    Column("sender", Text, nullable=False),
    Column("site", Text),
    Column("form", Text),
    Column("awaits", Text),
    Column("status", Text, nullable=False),
    Column("content", Text),
    Column("issues", Text, nullable=False),
    Index("quarantine_in_order", "status", "number"),
    Index("quarantine_awaiting", "awaits", "status"),
)
"""`form` None: `content` is a list of FHIR resources, else of that form's records; None: too broken to be kept."""

quarantine_event = Table(
    "quarantine_event",
    metadata,
    Column("quarantine", Identity, ForeignKey("quarantine.number"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("at", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("reason", Text),
    Column("submission", Identity, ForeignKey("submission.number")),
)

query = Table(
    "query",
    metadata,
    Column("number", Identity, primary_key=True),
    Column("id", Text, nullable=False, unique=True),
    Column("form", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("subject", Text),
    Column("item", Text, nullable=False),
    Column("rule", Text, nullable=False),
    Column("restricted", Boolean, nullable=False),
    Column("status", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("at", Text, nullable=False),
    UniqueConstraint("form", "key", "rule", "item", name="query_identity"),
    Index("query_in_order", "status", "id"),
    Index("query_of_subject", "subject", "status"),
)

query_event = Table(
    "query_event",
    metadata,
    Column("query", Identity, ForeignKey("query.number"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("at", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("reason", Text),
    Column("submission", Identity, ForeignKey("submission.number")),
    Index("query_event_by_submission", "submission"),
)

ONLY_ADDED = (claim_of_key, arrival, told, origin, aside, alias, link, quarantine_event, query_event)
"""Tables that refuse UPDATE and DELETE."""
