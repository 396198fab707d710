"""The tables: what is kept of records and resources, what is found by, what is proved, and what awaits a decision."""

from __future__ import annotations

from adapter.store.schema.audit import audit, chain_link, checkpoint
from adapter.store.schema.core import (
    Identity,
    metadata,
    receipt,
    record,
    record_version,
    residue,
    resource,
    resource_version,
    submission,
)
from adapter.store.schema.index import search_date, search_number, search_state, search_string, search_token
from adapter.store.schema.intake import (
    ONLY_ADDED,
    alias,
    arrival,
    aside,
    claim_of_key,
    link,
    origin,
    quarantine,
    quarantine_event,
    query,
    query_event,
    told,
)

IMMUTABLE = (submission, receipt, residue, record_version, resource_version, audit, chain_link, checkpoint)
"""Tables that refuse UPDATE and DELETE."""

__all__ = [
    "IMMUTABLE",
    "ONLY_ADDED",
    "Identity",
    "alias",
    "arrival",
    "aside",
    "audit",
    "chain_link",
    "checkpoint",
    "claim_of_key",
    "link",
    "metadata",
    "origin",
    "quarantine",
    "quarantine_event",
    "query",
    "query_event",
    "receipt",
    "record",
    "record_version",
    "residue",
    "resource",
    "resource_version",
    "search_date",
    "search_number",
    "search_state",
    "search_string",
    "search_token",
    "submission",
    "told",
]
