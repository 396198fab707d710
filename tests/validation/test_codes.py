from functools import cache
from pathlib import Path

import pytest

from adapter.fhir.conformance import load_definitions
from adapter.validation.validator import Validator
from tests.validation.cases import definition, pretty

CLASS = "http://example.org/ValueSet/class"
ACT = "http://terminology.hl7.org/CodeSystem/v3-ActCode"


@cache
def validator(folder: Path) -> Validator:
    include = [{"system": ACT, "concept": [{"code": "AMB"}, {"code": "IMP"}]}]
    codes = {"resourceType": "ValueSet", "url": CLASS, "status": "draft", "compose": {"include": include}}
    binding = {"Encounter.class": {"binding": {"strength": "required", "valueSet": CLASS}}}
    for name, each in (("codes", codes), ("p", definition({"id": "p", "type": "Encounter", "elements": binding}))):
        (folder / f"{name}.json").write_text(pretty(each))
    return Validator(load_definitions(folder, cache=None))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("codes")


@pytest.mark.parametrize(
    ("coding", "words"),
    [
        ({"code": "AMB"}, f"'AMB' is a code of {CLASS} with the system {ACT}, and no system is stated."),
        (
            {"system": "http://example.org/mine", "code": "AMB"},
            f"'AMB' is a code of {CLASS} with the system {ACT}, not of http://example.org/mine.",
        ),
        ({"system": ACT, "code": "AMBI"}, f"'AMBI' is not a code of {CLASS}. Did you mean 'AMB'? Allowed: AMB, IMP."),
    ],
)
def test_what_is_said_of_a_code_is_what_is_next_to_right(coding: dict[str, str], words: str, folder: Path) -> None:
    encounter = {"resourceType": "Encounter", "status": "planned", "class": coding}
    found = validator(folder).check(encounter, ["http://example.org/StructureDefinition/p"])
    (said,) = [each.diagnostics for each in found if each.key == "binding" and each.refuses]
    assert said == words
