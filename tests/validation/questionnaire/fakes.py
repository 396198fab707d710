"""Definitions, terminology and a judge for these tests: as much of them as a Questionnaire asks."""

from __future__ import annotations

from typing import Any

from adapter.fhir.definitions import systems
from adapter.fhir.fhirpath import Env
from adapter.validation.scope import Scope


class FakeTerminology:
    """Enumerable value sets: R4's own, and those given that list their concepts."""

    def __init__(self, lookup: Any) -> None:
        self.lookup = lookup

    def systems(self, url: str) -> Any:
        given = self.lookup.value_set(url)
        if given is None:
            return systems(url)
        include = given["compose"]["include"]
        return {each["system"]: frozenset(row["code"] for row in each["concept"]) for each in include}

    def codes(self, url: str) -> frozenset[str] | None:
        by_system = self.systems(url)
        return None if by_system is None else frozenset().union(*by_system.values())

    def member(self, url: str, system: str | None, code: str) -> bool | None:
        by_system = self.systems(url)
        if by_system is None:
            return None
        return any(code in codes for name, codes in by_system.items() if system in (None, name))

    def why(self, url: str) -> str:
        return "the value set is not at hand."


class FakeDefinitions:
    """Questionnaires by canonical; value sets by url."""

    def __init__(self, *questionnaires: dict[str, Any], profiles: frozenset[str] = frozenset()) -> None:
        self.questionnaires = questionnaires
        self.profiles = profiles
        self.asked = 0
        self.terminology = FakeTerminology(self)

    def questionnaire(self, canonical: str) -> dict[str, Any] | None:
        self.asked += 1
        url, _, version = canonical.partition("|")
        fit = [each for each in self.questionnaires if each["url"] == url and version in ("", each.get("version"))]
        return fit[-1] if fit else None

    def versions(self, url: str) -> tuple[str, ...]:
        return tuple(each.get("version", "") for each in self.questionnaires if each["url"] == url)

    def value_set(self, url: str) -> None:
        return None

    def code_system(self, url: str) -> None:
        return None

    def profile(self, url: str) -> str | None:
        return url if url in self.profiles else None


class FakeJudge:
    def __init__(self, definitions: Any, refused: frozenset[str] = frozenset()) -> None:
        self.definitions = definitions
        self.refused = refused

    def conforms(self, resource: dict[str, Any], profile: str, scope: Scope) -> Any:
        from adapter.validation.finding import error

        return [error("structure", "no", "x")] if profile in self.refused else None

    def environment(self, scope: Scope) -> Env:
        return Env(resource=scope.resource, root=scope.root)


def scope_of(response: dict[str, Any], *questionnaires: dict[str, Any]) -> Scope:
    return Scope(FakeJudge(FakeDefinitions(*questionnaires)), response, response)


def shown(found: Any) -> list[str]:
    """Findings as the cases write them: 'error qr-type QuestionnaireResponse.item[0].answer[0].value'."""
    return [f"{each.severity} {each.key} QuestionnaireResponse{each.path}" for each in found or ()]
