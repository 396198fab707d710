"""Every invariant of R4 by example: what it lets pass and what it refuses."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from adapter.fhir import definitions, json
from adapter.fhir.fhirpath import Env, Expression, compile_expression
from adapter.fhir.table import FOLDER, Table

CASES = json.parse((Path(__file__).parent / "cases" / "invariants.json").read_bytes())
NAMED = "name.matches('[A-Z]([A-Za-z0-9_]){0,254}')"

BY_THEIR_RESOURCE = {"StructureDefinition.snapshot sdf-8", "StructureDefinition.differential sdf-8a"}
"""Asked of an element, about the resource around it: tested below."""
BY_THE_NARRATIVE = {"Narrative.div txt-1", "Narrative.div txt-2"}
NEVER_BROKEN = {
    "CareTeam.participant ctm-1": "needs a member that resolves: tested below",
    "Condition con-3": "compares a CodeableConcept with a text",
    "ElementDefinition eld-11": "the selection gives a verdict for each code: there is always one",
    "SimpleQuantity sqty-1": "a SimpleQuantity has no comparator at all",
}


@cache
def stated() -> dict[str, tuple[str, str]]:
    """Return (type of the focus, expression) by 'path key', as the table states them."""
    found = {}
    for name in Table(FOLDER / "types.ndjson"):
        for path, type_name in ((name, name), *elements(name)):
            own = definitions.invariants(path)[inherited(path) :]
            found.update({f"{path} {each.key}": (type_name, each.expression) for each in own})
    return found


def inherited(path: str) -> int:
    if not definitions.is_type(path):
        return 0
    above = definitions.bases(path)
    return len(definitions.invariants(above[0])) if above else 0


def elements(name: str) -> Iterator[tuple[str, str]]:
    for field in definitions.fields(name).values():
        if not definitions.is_type(field.path):
            yield field.path, field.type


def compiled(name: str) -> Expression:
    type_name, expression = stated()[name]
    return compile_expression(expression, "Range" if name.endswith("ras-1") else type_name)


def around(focus: Any) -> Env:
    resource = focus if isinstance(focus, dict) and "resourceType" in focus else {"resourceType": "Basic"}
    return Env(resource=resource, root=resource)


def examples(verdict: str) -> list[Any]:
    return [pytest.param(name, each, id=f"{name} {n}") for name in CASES for n, each in enumerate(CASES[name][verdict])]


@pytest.mark.parametrize(("name", "focus"), examples("holds"))
def test_an_invariant_holds(name: str, focus: Any) -> None:
    assert compiled(name).holds(focus, around(focus))


@pytest.mark.parametrize(("name", "focus"), examples("fails"))
def test_an_invariant_is_broken(name: str, focus: Any) -> None:
    assert not compiled(name).holds(focus, around(focus))


@pytest.mark.parametrize(("name", "focus"), examples("fails"))
def test_what_is_broken_is_never_settled_by_its_keys(name: str, focus: Any) -> None:
    keys = frozenset(focus) if isinstance(focus, dict) else frozenset()
    assert not compiled(name).settled(keys)


def test_every_invariant_of_r4_has_an_example_that_passes_and_one_that_fails() -> None:
    named = {name for name, (_, text) in stated().items() if text == NAMED}
    both = {name for name, case in CASES.items() if case["holds"] and (case["fails"] or name in NEVER_BROKEN)}
    assert set(stated()) - named - both == BY_THEIR_RESOURCE | BY_THE_NARRATIVE
    assert set(CASES) <= set(stated())


def test_every_invariant_of_r4_compiles() -> None:
    assert len({name for name in stated() if compiled(name).text}) > 230


@pytest.mark.parametrize(("name", "verdict"), [("Good_1", True), ("a Name", False), ("A name", False), (None, True)])
def test_a_computable_name_is_wholly_one_word_or_absent(name: str | None, verdict: bool) -> None:
    resource = {"resourceType": "ValueSet"} if name is None else {"resourceType": "ValueSet", "name": name}
    assert compiled("ValueSet vsd-0").holds(resource, around(resource)) is verdict


def structure(**parts: Any) -> dict[str, Any]:
    return {"resourceType": "StructureDefinition", "kind": "resource", "type": "Patient", **parts}


@pytest.mark.parametrize(("second", "verdict"), [("Patient.name", True), ("Group.name", False)])
def test_the_elements_of_a_structure_begin_with_its_type(second: str, verdict: bool) -> None:
    listed = {"element": [{"path": "Patient"}, {"path": second}]}
    resource = structure(snapshot=listed, differential=listed)
    for name in sorted(BY_THEIR_RESOURCE):
        assert compiled(name).holds(listed, around(resource)) is verdict


@pytest.mark.parametrize(("found", "verdict"), [("Practitioner", True), ("Patient", False)])
def test_only_a_practitioner_acts_on_behalf_of_somebody(found: str, verdict: bool) -> None:
    participant = {"member": {"reference": f"{found}/1"}, "onBehalfOf": {"display": "x"}}
    env = Env(resolve=lambda _: {"resourceType": found})
    assert compiled("CareTeam.participant ctm-1").holds(participant, env) is verdict


@pytest.mark.parametrize("name", sorted(BY_THE_NARRATIVE))
def test_a_narrative_is_judged_by_who_knows_xhtml(name: str) -> None:
    for verdict in (True, False):
        assert compiled(name).holds("<div/>", Env(html_ok=lambda _, found=verdict: found)) is verdict


def test_a_reference_to_what_is_contained_is_looked_up_in_the_outermost_resource() -> None:
    root = {"resourceType": "Patient", "contained": [{"resourceType": "Organization", "id": "o"}]}
    inside = root["contained"][0]
    assert compiled("Reference ref-1").holds({"reference": "#o"}, Env(resource=inside, root=root))
