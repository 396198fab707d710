"""Codes: what is a code, of which system and value set, and how it is displayed. `Terminology` answers."""

from adapter.fhir.terminology.membership import Membership
from adapter.fhir.terminology.terminology import Lookup, Terminology

__all__ = ["Lookup", "Membership", "Terminology"]
