"""Bundles: which entry a reference leads to, and the rules that hold among entries.

R4's own bdl-* are invariants and are judged as such, but those that would ask the whole Bundle anew for each entry;
entries are judged each by itself. Source: http://hl7.org/fhir/R4/bundle.html
"""

from adapter.validation.bundle.check import check_bundle
from adapter.validation.bundle.index import BundleIndex, not_held

__all__ = ["BundleIndex", "check_bundle", "not_held"]
