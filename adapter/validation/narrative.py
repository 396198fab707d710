"""The xhtml of a narrative: R4's txt-1 and txt-2, and what HL7's validator asks beyond them.

Source: http://hl7.org/fhir/R4/narrative.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from adapter.validation.finding import Finding, Found, error

if TYPE_CHECKING:
    from adapter.fhir.xhtml import Fault
    from adapter.validation.scope import Scope

CODES = {"txt-1": "invariant", "txt-2": "invariant"}


def check_narrative(value: Any, scope: Scope) -> Found:
    """Return what is wrong with the text of a `div`."""
    if type(value) is not str or not value:
        return [error("value", "Expected the text of an xhtml <div> element.", "format")]
    from adapter.fhir import xhtml  # most resources have no narrative, and no start is to wait for it

    return [_finding(fault) for fault in xhtml.faults(value)] or None


def _finding(fault: Fault) -> Finding:
    return error(CODES.get(fault.key, "value"), fault.text, fault.key)
