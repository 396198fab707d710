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
