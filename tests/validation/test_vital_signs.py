from adapter.fhir.conformance import Definitions
from adapter.validation.vital_signs import CORE, LOINC, PROFILES, SNOMED_CT


def test_the_first_code_of_each_vital_sign_is_the_one_that_its_profile_asks_for() -> None:
    for name, codes in LOINC.items():
        profile = Definitions().profile(CORE + name)
        assert profile is not None
        assert CORE + "vitalsigns" in profile.bases
        (part,) = profile.root.children["code"].children["coding"].slices.values()
        assert part.children["system"].fixed == "http://loinc.org"
        assert part.children["code"].fixed == codes.split()[0]


def test_no_code_is_of_two_vital_signs() -> None:
    assert LOINC.keys() == SNOMED_CT.keys()
    for profiles, stated in zip(PROFILES.values(), (LOINC, SNOMED_CT), strict=True):
        assert len(profiles) == sum(len(codes.split()) for codes in stated.values())
