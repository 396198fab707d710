import json

import pytest

from adapter.fhir import differential
from adapter.fhir.proof import prove
from tests.fhir.structures import CORE, OURS, element, structure


def faults(*structures):
    entries = {}
    raw = {}
    for each in structures:
        file = f"{each['name']}.json"
        entries[f"StructureDefinition {each['url']}|"] = differential.row(each, "differential", file)
        raw[file] = json.dumps(each, indent=1).encode()
    return [str(fault) for fault in prove(entries, raw)]


def test_profiles_that_stand_on_r4_or_on_each_other_are_sound():
    assert faults(structure("Patient"), structure("Patient", name="q", base="p")) == []
    assert faults(structure("Observation", base=CORE + "bp")) == []


def test_a_cycle_is_told_by_each_of_its_profiles_with_its_way():
    circle = [structure("Patient", name=name, base=base) for name, base in (("a", "c"), ("b", "a"), ("c", "b"))]
    first, *_ = faults(*circle)
    assert first == f"a.json:9: Patient: it stands on itself: {OURS}a → {OURS}c → {OURS}b → {OURS}a"
    assert len(faults(*circle)) == 3


def test_a_profile_on_itself_is_a_cycle():
    assert faults(structure("Patient", base="p")) == [f"p.json:9: Patient: it stands on itself: {OURS}p → {OURS}p"]


def test_a_profile_that_leads_into_a_cycle_is_told_too():
    lost = structure("Patient", name="lost", base="p")
    assert any(
        "lost.json:9: Patient: it stands on itself" in each for each in faults(structure("Patient", base="p"), lost)
    )


@pytest.mark.parametrize(
    "base", [OURS + "none", CORE + "None", CORE + "bp|5.0", CORE + "Patient|5.0.0", CORE + "Patient.contact"]
)
def test_a_base_that_is_not_here_is_told(base):
    assert faults(structure("Patient", base=base)) == [f"p.json:9: Patient: its base {base} is not here"]


def test_a_type_that_r4_does_not_have_is_told():
    assert faults(structure("Patients", base=CORE + "Patient")) == ["p.json:9: Patients: R4 has no type 'Patients'"]
    backbone = structure("Patient.contact", base=CORE + "Patient")
    assert faults(backbone) == ["p.json:9: Patient.contact: R4 has no type 'Patient.contact'"]


def test_a_profile_has_the_type_of_its_base():
    assert faults(structure("Patient", base=CORE + "bp")) == [
        "p.json:9: Patient: type Patient, on a base of type Observation"
    ]
    assert faults(structure("Patient", base=CORE + "Group")) == [
        "p.json:9: Patient: type Patient, on a base of type Group"
    ]


def test_flaws_of_elements_are_told_with_the_line_of_their_id():
    (fault,) = faults(structure("Patient", element("Patient.name", max="0"), element("Patient.nam", max="0")))
    raw = json.dumps(structure("Patient", element("Patient.name", max="0"), element("Patient.nam", max="0")), indent=1)
    line = 1 + next(number for number, text in enumerate(raw.splitlines()) if '"Patient.nam"' in text)
    assert fault == f"p.json:{line}: Patient.nam: Patient has no element 'nam'"


def test_what_is_no_profile_is_not_judged():
    assert list(prove({"Questionnaire http://x|": {"resourceType": "Questionnaire", "elements": 3}}, {})) == []


def test_a_context_that_does_not_parse_is_told():
    stated = structure("Extension")
    stated["context"] = [{"type": "element", "expression": "Patient("}, {"type": "fhirpath", "expression": "name("}]
    stated["contextInvariant"] = ["%extension.value = 'a'", "active = "]
    first, second = faults(stated)
    assert "Extension: the context 'name(' does not parse" in first
    assert "Extension: the context 'active = ' does not parse" in second
