"""The url by which a definition is known everywhere: absolute.

"An absolute URI that is used to identify this [definition] when it is referenced in a specification, model, design or
an instance": so the definition of `url` in each of these types.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from adapter.fhir.primitive import why
from adapter.validation.finding import Found, error

if TYPE_CHECKING:
    from adapter.validation.scope import Scope

CANONICAL = frozenset(
    [
        "ActivityDefinition",
        "CapabilityStatement",
        "ChargeItemDefinition",
        "CodeSystem",
        "CompartmentDefinition",
        "ConceptMap",
        "EffectEvidenceSynthesis",
        "EventDefinition",
        "Evidence",
        "EvidenceVariable",
        "ExampleScenario",
        "GraphDefinition",
        "ImplementationGuide",
        "Library",
        "Measure",
        "MessageDefinition",
        "OperationDefinition",
        "PlanDefinition",
        "Questionnaire",
        "ResearchDefinition",
        "ResearchElementDefinition",
        "RiskEvidenceSynthesis",
        "SearchParameter",
        "StructureDefinition",
        "StructureMap",
        "TerminologyCapabilities",
        "TestScript",
        "ValueSet",
    ]
)
"""The types of R4 whose resources are definitions with a url."""


def check_url(value: dict[str, Any], scope: Scope) -> Found:
    """Return an error for a definition whose url is not absolute."""
    url = value.get("url")
    if type(url) is not str or (why("canonical", url) is None and not url.startswith("#")):
        return None
    text = f"{url[:80]!r} is not absolute: a definition is known by its url everywhere, https://… or urn:…."
    return [error("value", text, "canonical-url", ".url")]
