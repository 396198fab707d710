from adapter.fhir.terminology import Terminology
from adapter.sample.hospital import hospital
from tests.studies import study

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


def test_what_others_call_their_codes_is_said_as_they_say_it_or_not_at_all():
    definition, known = study("il2_csu").definition, Terminology()
    theirs = {
        coding: called
        for coding, called in hospital(definition, "01").displays.items()
        if not coding[0].startswith(definition.base)
    }
    assert theirs["http://terminology.hl7.org/CodeSystem/v3-ActSite", "LG"] == "left gluteus medius"
    assert all(known.is_display(*coding, called) for coding, called in theirs.items())


def test_the_addresses_of_a_hospital_lead_nowhere(tiny):
    assert hospital(tiny, "A").host.endswith(".example")
