import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from adapter.fhir import definitions
from adapter.fhir.terminology import Terminology

SETS = "http://hl7.org/fhir/ValueSet/"
THO = "http://terminology.hl7.org/CodeSystem/"
UCUM = "http://unitsofmeasure.org"

ITCH = {
    "resourceType": "CodeSystem",
    "url": "http://example.org/itch",
    "version": "2.0",
    "content": "complete",
    "caseSensitive": True,
    "concept": [
        {"code": "none", "display": "No itch", "designation": [{"language": "de", "value": "Kein Juckreiz"}]},
        {"code": "severe", "display": "Severe itch"},
    ],
}
ITCH_SET = {"url": "http://example.org/vs/itch", "compose": {"include": [{"system": ITCH["url"]}]}}
MIXED = {
    "url": "http://example.org/vs/mixed",
    "compose": {
        "include": [
            {"valueSet": [ITCH_SET["url"]]},
            {"valueSet": [SETS + "administrative-gender"]},
            {"system": "http://snomed.info/sct"},
        ]
    },
}
CIRCLE = {"url": "http://example.org/vs/circle", "compose": {"include": [{"valueSet": ["http://example.org/vs/back"]}]}}
BACK = {
    "url": "http://example.org/vs/back",
    "compose": {"include": [{"valueSet": [CIRCLE["url"]]}, ITCH_SET["compose"]["include"][0]]},
}
OWN_GENDER = {"url": SETS + "administrative-gender", "compose": {"include": [{"system": ITCH["url"]}]}}


class Package:
    """What a loaded package holds, by url; a version that it does not hold it has not."""

    def __init__(self, *resources):
        self._held = {resource["url"]: resource for resource in resources}

    def value_set(self, url):
        return self._find(url) if "compose" in (self._find(url) or {}) else None

    def code_system(self, url):
        return self._find(url) if "content" in (self._find(url) or {}) else None

    def _find(self, url):
        name, _, version = url.partition("|")
        found = self._held.get(name)
        return found if found is not None and version in ("", found.get("version", "")) else None


@pytest.fixture(scope="module")
def study():
    return Terminology(Package(ITCH, ITCH_SET, MIXED, CIRCLE, BACK))


@pytest.mark.parametrize(
    ("url", "system", "code", "expected"),
    [
        ("administrative-gender", None, "male", True),
        ("administrative-gender|4.0.1", None, "male", True),
        ("administrative-gender", None, "Male", False),
        ("administrative-gender", "http://hl7.org/fhir/administrative-gender", "male", True),
        ("administrative-gender", "http://example.org", "male", False),
        ("administrative-gender", "", "male", False),
        ("administrative-gender|5.0.0", None, "male", None),
        ("identifier-type", THO + "v2-0203", "mr", True),
        ("mimetypes", None, "text/plain", True),
        ("mimetypes", None, "banana", False),
        ("currencies|4.0.1", None, "CHF", True),
        ("currencies", None, "CHX", False),
        ("all-languages", None, "de-CH", True),
        ("all-languages", None, "deu", False),
        ("ucum-units", UCUM, "mg", True),
        ("ucum-units", UCUM, "mmHg", False),
        ("timezones", None, "Europe/Zurich", True),
        ("timezones", None, "Mars", False),
        ("iso3166-1-2", "urn:iso:std:iso:3166", "CH", True),
        ("iso3166-1-2", "urn:iso:std:iso:3166", "CHE", False),
        ("jurisdiction", "urn:iso:std:iso:3166", "XX", False),
        ("jurisdiction", "urn:iso:std:iso:3166:-2", "CH-ZH", None),
        ("condition-code", "http://snomed.info/sct", "22298006", None),
        ("condition-code", "http://example.org", "22298006", False),
        ("nowhere", None, "x", None),
    ],
)
def test_a_code_of_r4_is_in_its_value_set(url, system, code, expected):
    terminology = Terminology()
    assert terminology.member(SETS + url, system, code) is expected
    if expected is None:
        assert terminology.why(SETS + url, system)


def test_why_names_the_system_that_is_not_held():
    said = Terminology().why(SETS + "jurisdiction", "http://unstats.un.org/unsd/methods/m49/m49.htm")
    assert said == "the code system http://unstats.un.org/unsd/methods/m49/m49.htm is not held here"


def test_the_value_sets_of_a_package_are_composed(study):
    assert study.systems(ITCH_SET["url"]) == {ITCH["url"]: {"none", "severe"}}
    assert study.codes(ITCH_SET["url"]) == {"none", "severe"}
    assert study.member(ITCH_SET["url"], None, "none") is True
    assert study.member(ITCH_SET["url"], None, "None") is False


def test_a_package_may_use_r4s_and_what_is_elsewhere(study):
    assert study.member(MIXED["url"], ITCH["url"], "severe") is True
    assert study.member(MIXED["url"], "http://hl7.org/fhir/administrative-gender", "male") is True
    assert study.member(MIXED["url"], "http://snomed.info/sct", "1") is None
    assert study.member(MIXED["url"], "http://loinc.org", "1") is False
    assert study.systems(MIXED["url"]) is None
    assert study.codes(MIXED["url"]) is None


def test_a_circle_of_value_sets_is_told_as_far_as_it_can_be(study):
    assert study.member(CIRCLE["url"], ITCH["url"], "none") is True
    assert study.member(CIRCLE["url"], ITCH["url"], "x") is None
    assert "itself" in (study.why(CIRCLE["url"]) or "")


def test_a_packages_word_counts_before_r4s():
    assert Terminology(Package(ITCH, OWN_GENDER)).codes(OWN_GENDER["url"]) == {"none", "severe"}


def test_a_value_set_that_is_at_hand_is_compiled(study):
    contained = {"resourceType": "ValueSet", "id": "x", "compose": {"include": [{"valueSet": [ITCH_SET["url"]]}]}}
    assert study.compiled(contained).member(None, "severe") is True
    given_whole = {
        "compose": {"include": [{"system": "http://loinc.org"}]},
        "expansion": {"contains": [{"system": "s", "code": "c"}]},
    }
    assert study.compiled(given_whole).member("s", "c") is True


@pytest.mark.parametrize(
    ("system", "code", "expected"),
    [
        (ITCH["url"], "none", True),
        (ITCH["url"], "NONE", False),
        ("http://hl7.org/fhir/administrative-gender", "male", True),
        ("http://hl7.org/fhir/administrative-gender", "banana", False),
        (THO + "v2-0203", "mr", True),
        (THO + "v3-ActCode", "amb", False),
        (THO + "service-type", "banana", None),
        ("http://loinc.org", "1234-5", None),
        ("http://snomed.info/sct", "1", None),
        (UCUM, "mg", True),
        (UCUM, "foo", False),
        ("urn:iso:std:iso:4217", "AAA", False),
        ("http://example.org/unknown", "x", None),
    ],
)
def test_a_system_knows_its_codes(study, system, code, expected):
    assert study.known(system, code) is expected


def test_a_code_has_its_display_and_designations(study):
    assert study.displays(ITCH["url"], "none") == ("No itch", "Kein Juckreiz")
    assert study.displays(THO + "observation-category", "vital-signs") == ("Vital Signs",)
    assert study.displays(THO + "observation-category", "banana") is None
    assert study.displays(UCUM, "mg") is None
    assert study.displays("http://loinc.org", "1234-5") is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [("No itch", True), ("NO  ITCH ", True), ("kein juckreiz", True), ("Itch", False), ("", False)],
)
def test_a_display_is_compared_without_case_and_repeated_blanks(study, text, expected):
    assert study.is_display(ITCH["url"], "none", text) is expected


def test_where_no_display_is_known_none_is_wrong(study):
    assert study.is_display("http://loinc.org", "1234-5", "x") is None


def test_a_system_is_asked_for_in_a_version(study):
    assert study.system(ITCH["url"], "2.0") is not None
    assert study.system(ITCH["url"], "3.0") is None
    assert study.system("http://hl7.org/fhir/administrative-gender", "4.0.1") is not None
    assert study.system("http://hl7.org/fhir/administrative-gender", "5.0.0") is None


def test_a_value_set_is_held_or_not(study):
    assert study.holds(ITCH_SET["url"])
    assert study.holds(SETS + "mimetypes|4.0.1")
    assert not study.holds(SETS + "mimetypes|5.0.0")
    assert not study.holds(SETS + "nowhere")


def test_beyond_a_preferred_value_set_stands_the_one_that_is_required(study):
    assert study.maximum(SETS + "languages") == SETS + "all-languages"
    assert study.maximum(SETS + "duration-units|4.0.1") == SETS + "all-time-units"
    assert study.maximum(SETS + "administrative-gender") is None


def test_the_nearest_code_is_suggested(study):
    assert study.nearest(study.codes(ITCH_SET["url"]), "sever") == "severe"


def test_what_is_not_held_is_not_remembered(study):
    before = len(study._sets)
    for number in range(100):
        study.member(f"http://example.org/vs/{number}", None, "x")
    assert len(study._sets) == before


def test_every_value_set_that_r4_lists_is_as_it_lists_it():
    terminology = Terminology()
    listed = [url for url in definitions._VALUE_SETS if definitions.systems(url)]
    assert len(listed) > 1_000
    for url in listed[::25]:
        assert terminology.systems(url) == definitions.systems(url)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda below: (
        st.lists(below, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["include", "exclude", "system", "concept", "code", "filter", "op", "property", "value", "valueSet"]
            ),
            below,
            max_size=4,
        )
    ),
    max_leaves=20,
)


@example({"include": [{"valueSet": None}]}, None)
@given(JSON, JSON)
def test_whatever_a_value_set_holds_there_is_an_answer(compose, expansion):
    made = Terminology().compiled({"compose": compose, "expansion": expansion})
    assert made.member("s", "c") in (True, False, None)
