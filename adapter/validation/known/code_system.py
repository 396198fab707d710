"""CodeSystems: the concepts that are there are those that `content` and `count` speak of.

Source: http://hl7.org/fhir/R4/codesystem.html, http://hl7.org/fhir/R4/valueset-codesystem-content-mode.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from adapter.validation.finding import Finding, Found, error
from adapter.validation.known.read import deep, each, text

if TYPE_CHECKING:
    from adapter.validation.scope import Scope

PROPERTY = "code-system-property"


def check_code_system(value: dict[str, Any], scope: Scope) -> Found:
    """Return where content, count, supplements and the concepts contradict each other."""
    content, count = value.get("content"), value.get("count")
    concepts = sum(1 for _ in deep(value, "concept"))
    found: list[Finding] = []
    if content == "complete" and type(count) is int and count != concepts:
        # "All the concepts defined by the code system are included in the code system resource"
        text = f"count says {count}, and there are {concepts}: a complete code system has all of its concepts."
        found.append(error("business-rule", text, "code-system-count", ".count"))
    if content == "not-present" and concepts:
        # "None of the concepts defined by the code system are included in the code system resource"
        text = "content says that no concept is present: leave them out, or say what is there."
        found.append(error("business-rule", text, "code-system-content", ".concept[0]"))
    if (content == "supplement") is not ("supplements" in value or "_supplements" in value):
        # "The canonical URL of the code system that this code system supplement is adding ... to"
        text = "A supplement says which code system it supplements, and has the content 'supplement'; no other does."
        found.append(error("business-rule", text, "code-system-supplement", ".content"))
    return [*found, *_properties(value)] or None


def _properties(value: dict[str, Any]) -> Iterator[Finding]:
    """CodeSystem.property: its code identifies it, its type is "The type of the property value"."""
    types: dict[str, str | None] = {}
    for step, stated in each(value, "property"):
        code = text(stated, "code")
        if code in types:
            yield error("duplicate", f"The property {code!r} is defined twice.", PROPERTY, f"{step}.code")
        elif code is not None:
            types[code] = text(stated, "type")
    for step, concept in deep(value, "concept"):
        for place, stated in each(concept, "property"):
            wanted = types.get(text(stated, "code") or "")
            given = next((key for key in stated if key.startswith("value")), None)
            if wanted and given is not None and given != f"value{wanted[0].upper()}{wanted[1:]}":
                told = f"The property {text(stated, 'code')!r} has values of the type {wanted}: found {given}."
                yield error("business-rule", told, PROPERTY, f"{step}{place}.value")
