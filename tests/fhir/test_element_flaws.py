import pytest

from adapter.fhir import differential, element_flaws, profile
from tests.fhir.structures import CORE, element, rule, sliced, structure, typed


def found(*structures):
    """The flaws of the last of these structures, as 'element: why'."""
    rows = [differential.row(each, "differential") for each in structures]
    return [f"{flaw.element}: {flaw.why}" for flaw in profile.flaws(rows, element_flaws.flaws)]


def observation(*elements, **more):
    return structure("Observation", *elements, **more)


@pytest.mark.parametrize(
    ("stated", "flaw"),
    [
        (element("Observation.status", min=0), "min 0 is less than 1, which what it stands on asks for"),
        (element("Observation.status", max="*"), "max * is more than 1, which what it stands on allows"),
        (element("Observation.note", min=3, max="2"), "min 3 is more than max 2"),
        (element("Observation.subject", min=2), "min 2 is more than max 1"),
        (element("Observation.code", type=[typed("Kode")]), "R4 has no type 'Kode'"),
        (element("Observation.code", type=[typed("Coding")]), "type Coding is none of CodeableConcept"),
        (element("Observation.code", fixedBoolean=True), "fixedBoolean on an element of type CodeableConcept"),
        (
            element("Observation.code", patternCodeableConcept={"txt": 1}),
            "patternCodeableConcept holds no CodeableConcept",
        ),
        (element("Observation.code", patternCodeableConcept="a"), "patternCodeableConcept holds no CodeableConcept"),
        (element("Observation.status", fixedCode=1), "fixedCode holds no code"),
        (element("Observation.issued", minValueInstant="2020"), "minValueInstant holds no instant"),
        (element("Observation.issued", maxValueInteger=1), "maxValueInteger on an element of type instant"),
        (
            element("Observation.component", slicing=sliced("colour")),
            "slicing.discriminator.type is 'colour': expected value, exists, pattern, type, profile",
        ),
        (
            element("Observation.component", slicing=sliced(rules="shut")),
            "slicing.rules is 'shut': expected open, closed, openAtEnd",
        ),
        (
            element("Observation.code", binding={"strength": "strict", "valueSet": "http://x"}),
            "binding.strength is 'strict': expected example, preferred, extensible, required",
        ),
    ],
)
def test_an_element_that_cannot_stand_so_is_told_with_its_reason(stated, flaw):
    assert found(observation(stated)) == [f"{stated['id']}: {flaw}"]


@pytest.mark.parametrize(
    "stated",
    [
        element("Observation.status", min=1, max="1"),
        element("Observation.note", min=2, max="2"),
        element("Observation.note", max="0"),
        element("Observation.value[x]", type=[typed("Quantity"), typed("string")]),
        element("Observation.value[x]", fixedQuantity={"value": 1, "_value": {"id": "a"}}),
        element("Observation.component", type=[typed("BackboneElement")]),
        element("Observation.contained", type=[typed("Patient")]),
        element("Observation.id", type=[{"code": "http://hl7.org/fhirpath/System.String"}], fixedString="a"),
        element("Observation.implicitRules", fixedUrl="http://x"),
        element("Observation.code", type=[typed("CodeableConcept", "https://x/unknown")]),
        element("Observation.code", slicing={"rules": "open"}),
        element("Observation.code", binding={"strength": "example"}),
        element("Observation.status", constraint=[rule("a-1", "$this = 'final' or %resource.value.exists()")]),
    ],
)
def test_an_element_that_narrows_or_repeats_is_sound(stated):
    assert found(observation(stated)) == []


def test_limits_are_seen_against_the_base_profile():
    base = observation(element("Observation.note", min=1, max="3"), name="base")
    derived = observation(element("Observation.note", min=0, max="5"), base="base")
    assert found(base, derived) == [
        "Observation.note: min 0 is less than 1, which what it stands on asks for",
        "Observation.note: max 5 is more than 3, which what it stands on allows",
    ]
    assert found(base, observation(element("Observation.note", max="2"), base="base")) == []


def test_a_slice_may_ask_for_less_and_not_allow_more_than_its_element():
    slicing = element("Observation.component", slicing=sliced(), min=2, max="3")
    assert found(observation(slicing, element("Observation.component:a", min=0, max="3"))) == []
    assert found(observation(slicing, element("Observation.component:a", max="4"))) == [
        "Observation.component:a: max 4 is more than 3, which what it stands on allows"
    ]


def test_a_slice_of_the_base_profile_is_not_widened():
    slicing = element("Observation.component", slicing=sliced())
    base = observation(slicing, element("Observation.component:a", min=1), name="base")
    derived = observation(element("Observation.component:a", min=0), base="base")
    assert found(base, derived) == ["Observation.component:a: min 0 is less than 1, which what it stands on asks for"]


def test_types_are_seen_against_the_base_profile():
    base = observation(element("Observation.value[x]", type=[typed("Quantity")]), name="base")
    derived = observation(element("Observation.value[x]", type=[typed("string")]), base="base")
    assert found(base, derived) == ["Observation.value[x]: type string is none of Quantity"]
    assert found(base, observation(element("Observation.valueString", max="1"), base="base")) == [
        "Observation.valueString: type string was ruled out before"
    ]


def test_slices_without_slicing_are_told_where_they_stand():
    assert found(observation(element("Observation.component:a", min=1))) == [
        "Observation.component: slices without slicing: state how they are told apart"
    ]
    assert found(structure("Patient", element("Patient.extension:a", max="1"))) == []
    assert found(observation(element("Observation.value[x]:valueString", max="1"))) == []


def test_the_flaws_of_a_base_are_its_own():
    base = observation(element("Observation.component:a", min=1), name="base")
    assert found(base, observation(element("Observation.component:a", max="1"), base="base")) == []


@pytest.mark.parametrize(
    ("identity", "why"),
    [
        ("Observation.nothing", "Observation has no element 'nothing'"),
        ("Observation.code.cod", "CodeableConcept has no element 'cod'"),
        ("Observation.component.code.coding.nothing", "Coding has no element 'nothing'"),
        ("Observation.valueMoney", "Observation has no element 'valueMoney'"),
        ("Observation..code", "Observation has no element ''"),
        ("Patient.name", "no path in Observation"),
    ],
)
def test_an_element_that_r4_does_not_have_is_told_with_where_it_was_sought(identity, why):
    assert found(observation(element(identity, min=1))) == [f"{identity}: {why}"]


@pytest.mark.parametrize("expression", ["exists(", "", "a.b.c()", "1 +", "'open"])
def test_an_invariant_that_does_not_parse_is_told_with_its_key(expression):
    (flaw,) = found(observation(element("Observation.status", constraint=[rule("a-1", expression)])))
    assert flaw.startswith("Observation.status: the invariant a-1 does not parse: ")


@pytest.mark.parametrize("path", ["a..b", "", "code.", "resolve("])
def test_a_discriminator_whose_path_does_not_parse_is_told(path):
    (flaw,) = found(observation(element("Observation.component", slicing=sliced(path=path))))
    assert flaw.startswith("Observation.component: the discriminator's path does not parse: ")


def test_values_of_a_type_that_published_profiles_take_for_another_are_sound():
    assert found(structure("Extension", element("Extension.url", fixedUri=CORE + "x"))) == []
    assert found(structure("Patient", element("Patient.id", fixedId="a"))) == []
    assert found(observation(element("Observation.component.value[x]", type=[typed("SimpleQuantity")]))) == []
