"""Who changed what, when and why: rows that are only ever added, chained by their hashes.

Every submission has its rows of `audit`, one for each version that it wrote, and one `chain_link` that hashes them
together with the submission, its receipt and the link before. Writers at the same time append to chains of their
own, so that none waits for another; a `checkpoint` signs the heads of all chains, and the checkpoint before it.
When and who are the submission's: `received_at` and `sender`.
"""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Integer,
    Table,
    Text,
    UniqueConstraint,
)

from adapter.store.schema.core import Identity, metadata

audit = Table(
    "audit",
    metadata,
    Column("submission", Identity, ForeignKey("submission.number"), primary_key=True),
    Column("place", Integer, primary_key=True),
    Column("action", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("target", Identity, nullable=False),
    Column("what", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("restricted", Boolean, nullable=False),
    Column("reason", Text),
    Column("digest", Text, nullable=False),
    sqlite_with_rowid=False,
)

chain_link = Table(
    "chain_link",
    metadata,
    Column("chain", Integer, primary_key=True, autoincrement=False),
    Column("position", Identity, primary_key=True, autoincrement=False),
    Column("submission", Identity, ForeignKey("submission.number"), nullable=False),
    Column("previous", Text, nullable=False),
    Column("hash", Text, nullable=False),
    Column("shown", Text, nullable=False),
    UniqueConstraint("submission", name="chain_link_of_submission"),
)
"""`hash` covers all of the submission; `shown` what a blinded reader may know of it, and is what receipts carry."""

checkpoint = Table(
    "checkpoint",
    metadata,
    Column("number", Identity, primary_key=True, autoincrement=False),
    Column("at", Text, nullable=False),
    Column("heads", Text, nullable=False),
    Column("previous", Text, nullable=False),
    Column("mac", Text, nullable=False),
)
"""`heads`: JSON of [chain, position, hash], in the order of the chains; `mac` signs it all with a key that is kept
outside the database."""
