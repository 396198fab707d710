"""Definitions and a judge for these tests: as much of them as a Questionnaire asks."""

from __future__ import annotations

from typing import Any

from adapter.fhir.terminology import Terminology
from adapter.validation.scope import Scope


class FakeDefinitions:
    """Questionnaires by canonical, profiles by url, and R4's own codes."""

    def __init__(self, *questionnaires: dict[str, Any], profiles: frozenset[str] = frozenset()) -> None:
        self.questionnaires = questionnaires
        self.profiles = profiles
        self.asked = 0
        self.terminology = Terminology(self)

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

    def member_of(self, value: Any, url: str) -> None:
        return None


def scope_of(response: dict[str, Any], *questionnaires: dict[str, Any]) -> Scope:
    return Scope(FakeJudge(FakeDefinitions(*questionnaires)), response, response)


def shown(found: Any) -> list[str]:
    """Findings as the cases write them: 'error qr-type QuestionnaireResponse.item[0].answer[0].value'."""
    return [f"{each.severity} {each.key} QuestionnaireResponse{each.path}" for each in found or ()]
