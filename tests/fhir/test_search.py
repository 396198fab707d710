from adapter.fhir.search import SearchParameter, search_parameter

R4 = "http://hl7.org/fhir/SearchParameter/"


def test_a_parameter_of_r4_has_its_type_and_its_bases() -> None:
    assert search_parameter(f"{R4}Organization-name") == SearchParameter("string", ("Organization",))
    shared = search_parameter(f"{R4}clinical-patient")
    assert shared is not None
    assert shared.type == "reference"
    assert {"AllergyIntolerance", "Observation"} < set(shared.bases)


def test_of_another_nothing_is_known() -> None:
    assert search_parameter("http://x.example/SearchParameter/a") is None
