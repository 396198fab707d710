"""The extension that holds the exact date of a period whose ends R4 could not compare, for a study that may write it.

What is written, and when, is adapter/mapping/period.py's.
"""

from __future__ import annotations

from collections.abc import Iterator

from adapter.mapping.plan import Node, Object, children
from adapter.mapping.study import MappedStudy
from adapter.publish.naming import Resource, head

TITLE = "Exact date"
DESCRIBED = "The end of a period as it was told, which stands there only as exactly as the other end is known."


def exact_date(mapped: MappedStudy) -> Iterator[Resource]:
    """Yield the definition of the extension, if a resource of the study may have it."""
    study = mapped.definition
    plans = (plan for form in study.forms for plan in mapped.plan(form).clinical)
    url = next((url for plan in plans for url in _urls(plan.root)), None)
    if url is not None:
        made = head(study, "StructureDefinition", url.rpartition("/")[2], TITLE, DESCRIBED)
        yield {**made, **_definition(url)}


def _urls(node: Node) -> Iterator[str]:
    if isinstance(node, Object) and node.exact is not None:
        yield node.exact
    for child in children(node):
        yield from _urls(child)


def _definition(url: str) -> Resource:
    return {
        "fhirVersion": "4.0.1",
        "kind": "complex-type",
        "abstract": False,
        "context": [{"type": "element", "expression": "dateTime"}],
        "type": "Extension",
        "baseDefinition": "http://hl7.org/fhir/StructureDefinition/Extension",
        "derivation": "constraint",
        "differential": {
            "element": [
                {"id": "Extension", "path": "Extension", "short": TITLE, "definition": DESCRIBED},
                {"id": "Extension.extension", "path": "Extension.extension", "max": "0"},
                {"id": "Extension.url", "path": "Extension.url", "fixedUri": url},
                {
                    "id": "Extension.value[x]",
                    "path": "Extension.value[x]",
                    "min": 1,
                    "type": [{"code": "dateTime"}],
                },
            ]
        },
    }
