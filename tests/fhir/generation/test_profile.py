from adapter.fhir.generation import profile
from adapter.fhir.generation.package import Published
from tests.fhir.structures import CORE, OURS, element, structure


def rows(*structures):
    return profile.rows(Published(structures={each["url"]: each for each in structures}))


def test_profiles_and_extensions_are_rows_by_url_and_types_are_not():
    type_ = {**structure("Patient", name="type"), "derivation": "specialization"}
    found = rows(structure("Patient"), structure("Extension", name="e"), type_)
    assert list(found) == [OURS + "e", OURS + "p"]
    assert found[OURS + "p"]["elements"] == [{"id": "Patient", "path": "Patient"}]


def test_a_binding_that_asks_too_much_is_loosened_in_the_vital_signs_alone():
    binding = {"strength": "required", "valueSet": "http://hl7.org/fhir/ValueSet/ucum-vitals-common|4.0.1"}
    stated = element("Observation.component.value[x]", binding=binding)
    known, other = {**structure("Observation", stated), "url": CORE + "vitalsigns"}, structure("Observation", stated)
    found = rows(known, other)
    assert found[known["url"]]["elements"][1]["binding"] == {**binding, "strength": "extensible"}
    assert found[other["url"]]["elements"][1]["binding"] == binding


def test_slice_names_of_what_is_not_sliced_are_taken_off_two_known_profiles():
    stated = (
        element("FamilyMemberHistory.condition:Condition", max="1"),
        element("FamilyMemberHistory.condition:Condition.code", min=1),
        element("FamilyMemberHistory.extension:Sibling", max="1"),
    )
    known = {**structure("FamilyMemberHistory", *stated), "url": CORE + "familymemberhistory-genetic"}
    other = structure("FamilyMemberHistory", *stated)
    found = rows(known, other)
    corrected = found[known["url"]]["elements"]
    assert [each["id"] for each in corrected[1:3]] == [
        "FamilyMemberHistory.condition",
        "FamilyMemberHistory.condition.code",
    ]
    assert "sliceName" not in corrected[1]
    assert corrected[3]["sliceName"] == "Sibling"
    assert found[OURS + "p"]["elements"][1]["sliceName"] == "Condition"
