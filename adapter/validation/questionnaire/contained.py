"""Value sets that a Questionnaire contains, or that are contained with it, and those that are known to all."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from adapter.validation.questionnaire.reading import Object, objects, text

if TYPE_CHECKING:
    from adapter.fhir.conformance import Definitions
    from adapter.fhir.terminology import Terminology


class Within:
    """The definitions as a Questionnaire sees them: `#id` is what is contained with it."""

    def __init__(self, contained: Iterable[Object], definitions: Definitions) -> None:
        self._definitions = definitions
        self._held: dict[tuple[str, str], Object] = {}
        for each in contained:
            kind, name, url = text(each, "resourceType"), text(each, "id"), text(each, "url")
            names = (f"#{name}" if name is not None else None, url)
            self._held.update({(kind, one): each for one in names if kind is not None and one is not None})

    def value_set(self, url: str) -> dict[str, Any] | None:
        """Return a ValueSet, the Questionnaire's own first."""
        held = self._held.get(("ValueSet", url))
        return self._definitions.value_set(url) if held is None else held

    def code_system(self, url: str) -> dict[str, Any] | None:
        """Return a CodeSystem, the Questionnaire's own first."""
        held = self._held.get(("CodeSystem", url))
        return self._definitions.code_system(url) if held is None else held


def terminology_of(questionnaire: Object, definitions: Definitions, around: Object | None) -> Terminology:
    """Return the codes that a Questionnaire speaks of; `around` is the response that contains it.

    "Contained resources SHALL NOT contain additional contained resources": what it names by # stands beside it.
    """
    contained = [*objects(questionnaire, "contained"), *(objects(around, "contained") if around is not None else ())]
    if not contained:
        return definitions.terminology
    from adapter.fhir.terminology import Terminology

    return Terminology(Within(contained, definitions))
