"""ValueSets: what they include comes from code systems, named by absolute urls without a version behind |.

"An absolute URI which is the code system from which the selected codes come from"; the version goes into `version`.
Source: http://hl7.org/fhir/R4/valueset.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from adapter.validation.finding import Finding, Found, error
from adapter.validation.known.read import each, part, text

if TYPE_CHECKING:
    from adapter.validation.scope import Scope

_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:", re.ASCII)


def check_value_set(value: dict[str, Any], scope: Scope) -> Found:
    """Return what is wrong with the systems that a composition names."""
    compose = part(value, "compose")
    found: list[Finding] = []
    for key in ("include", "exclude"):
        for step, included in each(compose, key):
            system = text(included, "system")
            if system is not None:
                found += [*_filters(included, f".compose{step}")]
                found += [
                    error("value", told, "value-set-system", f".compose{step}.system") for told in _why(system, scope)
                ]
    return found or None


def _filters(included: dict[str, Any], step: str) -> Iterator[Finding]:
    """ValueSet.compose.include.filter.value: "one of the values (true and false), when the operation is 'exists'"."""
    for place, stated in each(included, "filter"):
        value = text(stated, "value")
        if text(stated, "op") == "exists" and value not in (None, "true", "false"):
            told = f"{value!r}: a filter by what exists says true or false."
            yield error("business-rule", told, "value-set-filter", f"{step}{place}.value")


def _why(system: str, scope: Scope) -> Iterator[str]:
    if _ABSOLUTE.match(system) is None:
        yield f"{system[:80]!r} is no absolute url of a code system."
    elif "|" in system:
        yield f"{system[:80]!r} has a version behind |: put that into `version`."
    elif scope.judge.definitions.terminology.is_value_set(system):
        yield f"{system[:80]!r} is a value set: include it as `valueSet`, or name the code system."
