from __future__ import annotations

from typing import Any

from tests.validation.known.conftest import Found

CORE = "http://hl7.org/fhir/StructureDefinition/"
STRUCTURES = [{"url": f"{CORE}Patient", "mode": "source"}, {"url": f"{CORE}Person", "mode": "target", "alias": "Who"}]
INPUTS = [{"name": "from", "type": "Patient", "mode": "source"}, {"name": "to", "type": "Who", "mode": "target"}]


def rule(source: dict[str, Any], *rules: dict[str, Any], target: dict[str, Any] | None = None) -> dict[str, Any]:
    return {"source": [source], "rule": list(rules), "target": [] if target is None else [target]}


def mapped(*rules: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"structure": STRUCTURES, "group": [{"name": "g", "input": INPUTS, "rule": list(rules)}], **more}


NAME = {"context": "from", "element": "name", "variable": "name"}


def test_a_variable_is_known_in_the_rules_below_and_nowhere_else(found: Found) -> None:
    inner = rule({"context": "name", "element": "family"})
    assert found("StructureMap", mapped(rule(NAME, inner))) == []
    assert found("StructureMap", mapped(rule(NAME), inner)) == [
        ("structure-map", ".group[0].rule[1].source[0].context")
    ]


def test_a_variable_has_the_type_of_its_element(found: Found) -> None:
    wrong = rule({"context": "name", "element": "birthDate"})
    assert found("StructureMap", mapped(rule(NAME, wrong))) == [
        ("structure-map", ".group[0].rule[0].rule[0].source[0].element")
    ]


def test_what_has_an_alias_is_named_by_it(found: Found) -> None:
    assert found("StructureMap", mapped(rule(NAME, target={"context": "to", "element": "name"}))) == []
    wrong = {"context": "to", "element": "nothing"}
    assert found("StructureMap", mapped(rule(NAME, target=wrong))) == [
        ("structure-map", ".group[0].rule[0].target[0].element")
    ]


def test_a_choice_and_a_contained_resource_may_be_anything(found: Found) -> None:
    for element in ("deceased", "contained"):
        source = {"context": "from", "element": element, "variable": "any"}
        assert found("StructureMap", mapped(rule(source, rule({"context": "any", "element": "nothing"})))) == []


def test_groups_of_imported_maps_are_not_known(found: Found) -> None:
    calling = rule(NAME) | {"dependent": [{"name": "elsewhere", "variable": ["name"]}]}
    assert found("StructureMap", mapped(calling)) == [("structure-map", ".group[0].rule[0].dependent[0].name")]
    assert found("StructureMap", mapped(calling, **{"import": ["http://example.org/other"]})) == []
