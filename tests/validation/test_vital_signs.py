from adapter.fhir.conformance import Definitions
from adapter.fhir.table import FOLDER, Table
from adapter.validation.vital_signs import CORE, NAMES, by_code

CODES = "85353-1 9279-1 8867-4 2708-6 8310-5 8302-2 9843-4 29463-7 39156-5 85354-9"


def test_every_profile_of_r4_that_stands_on_vital_signs_is_one() -> None:
    profiles = Table(FOLDER / "profiles.ndjson")
    on_it = {url for url in profiles if profiles.get(url)["base"] == f"{CORE}vitalsigns"}
    assert {CORE + name for name in NAMES} == on_it


def test_the_code_of_a_vital_sign_is_the_one_that_its_profile_asks_for() -> None:
    for (system, code), url in by_code().items():
        profile = Definitions().profile(url)
        assert profile is not None
        (part,) = profile.root.children["code"].children["coding"].slices.values()
        assert (part.children["system"].fixed, part.children["code"].fixed) == (system, code)


def test_the_codes_are_those_of_r4s_table() -> None:
    assert list(by_code()) == [("http://loinc.org", code) for code in CODES.split()]


def test_a_part_of_a_blood_pressure_alone_implies_nothing() -> None:
    assert ("http://loinc.org", "8480-6") not in by_code()
    assert ("http://loinc.org", "8462-4") not in by_code()
