from adapter.sample.hospital import hospital

SIDE = "https://tiny.example/fhir/CodeSystem/side"
LOCAL = "https://tiny.example/fhir/CodeSystem/tiny"


def test_the_codes_of_a_site_are_known_by_the_codes_of_the_study(tiny):
    assert hospital(tiny, "A").own[SIDE, "L"] == ({"system": "https://a.example/sides", "code": "l"},)


def test_the_named_codings_of_a_site_are_known_by_those_of_the_study(tiny):
    assert hospital(tiny, "A").own[LOCAL, "drug"] == ({"system": "https://a.example/drugs", "code": "d"},)


def test_a_site_without_a_file_has_no_words_of_its_own(tiny):
    assert hospital(tiny, "B").own == {}


def test_a_coding_is_called_what_its_answer_is_labelled(tiny):
    assert hospital(tiny, "B").displays[SIDE, "R"] == "Right"


def test_the_addresses_of_a_hospital_lead_nowhere(tiny):
    assert hospital(tiny, "A").host.endswith(".example")
