"""Which Questionnaire a response answers: contained, in a loaded package, or in the same Bundle."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from adapter.validation.finding import Check, Finding, Found, note, warning
from adapter.validation.questionnaire.compile import compile_questionnaire
from adapter.validation.resolve import resolve

if TYPE_CHECKING:
    from adapter.fhir.conformance import Definitions
    from adapter.validation.scope import Scope

KEPT = 500
"""Compiled Questionnaires for each set of definitions."""

_COMPILED: WeakKeyDictionary[Definitions, dict[str, Check]] = WeakKeyDictionary()


def check_response(response: dict[str, Any], scope: Scope) -> Found:
    """Return what is wrong with a response by its Questionnaire; where that is not at hand, a note that says so."""
    canonical = response.get("questionnaire")
    definitions = scope.judge.definitions
    compiled = _COMPILED.get(definitions)
    if compiled is None:
        compiled = _COMPILED[definitions] = {}
    check = compiled.get(canonical) if type(canonical) is str else None
    if check is not None:
        return check(response, scope)
    questionnaire, found = find_questionnaire(response, scope)
    if questionnaire is None:
        return found
    is_contained = type(canonical) is str and canonical.startswith("#")
    check = compile_questionnaire(questionnaire, definitions, response if is_contained else None)
    if len(compiled) < KEPT and _is_packaged(canonical, scope):
        compiled[str(canonical)] = check
    return [*(found or ()), *(check(response, scope) or ())] or None


def _is_packaged(canonical: Any, scope: Scope) -> bool:
    """Tell whether a Questionnaire stays the same for other responses: one that is contained does not."""
    return not canonical.startswith("#") and scope.judge.definitions.questionnaire(canonical) is not None


def find_questionnaire(response: dict[str, Any], scope: Scope) -> tuple[dict[str, Any] | None, Found]:
    """Return the Questionnaire that a response names, or None and why it is not at hand."""
    canonical = response.get("questionnaire")
    if type(canonical) is not str:
        text = "The response names no Questionnaire: its items were not judged by one."
        return None, [note("informational", text, "qr-questionnaire")]
    if not canonical.startswith("#"):
        packaged = scope.judge.definitions.questionnaire(canonical.partition("#")[0])
        if packaged is not None:
            return packaged, None
    target = resolve(canonical.partition("|")[0], scope)
    if type(target) is dict and target.get("resourceType") == "Questionnaire" and _is_asked(target, canonical):
        return target, None
    return None, [_missing(canonical, scope.judge.definitions)]


def _is_asked(questionnaire: dict[str, Any], canonical: str) -> bool:
    version = canonical.partition("|")[2]
    return not version or questionnaire.get("version") == version


def _missing(canonical: str, definitions: Definitions) -> Finding:
    shown = canonical[:200]
    if canonical.startswith("#"):
        text = f"No Questionnaire {shown!r} is contained: the items were not judged by one."
        return warning("not-found", text, "qr-questionnaire", ".questionnaire")
    versions = [each for each in definitions.versions(canonical.partition("|")[0]) if each]
    if versions:
        text = f"The Questionnaire {shown} is known in another version only ({', '.join(versions)}): not judged by it."
        return warning("not-found", text, "qr-version", ".questionnaire")
    text = f"The Questionnaire {shown} is not at hand: the items were not judged by it."
    return note("not-found", text, "qr-questionnaire", ".questionnaire")
