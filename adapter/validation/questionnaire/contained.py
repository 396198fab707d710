"""Value sets that a Questionnaire contains, beside those that are known to all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from adapter.validation.questionnaire.reading import Object, objects, text

if TYPE_CHECKING:
    from adapter.fhir.conformance import Definitions
    from adapter.fhir.terminology import Terminology


class Within:
    """The definitions as a Questionnaire sees them: `#id` is what it contains."""

    def __init__(self, questionnaire: Object, definitions: Definitions) -> None:
        self._definitions = definitions
        self._held: dict[tuple[str, str], Object] = {}
        for each in objects(questionnaire, "contained"):
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


def terminology_of(questionnaire: Object, definitions: Definitions) -> Terminology:
    """Return the codes that a Questionnaire speaks of."""
    if not objects(questionnaire, "contained"):
        return definitions.terminology
    from adapter.fhir.terminology import Terminology

    return Terminology(Within(questionnaire, definitions))
