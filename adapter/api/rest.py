"""The modules whose routes are the FHIR REST side, together."""

from __future__ import annotations

from adapter.api import bundles, conformance, delete, history, operations, patch, read, searching, write

ROUTES = (read, searching, write, patch, delete, bundles, history, operations, conformance)
