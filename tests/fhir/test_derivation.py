import pytest

from adapter.fhir import derivation, differential, profile
from tests.fhir.structures import CORE, OURS, element, sliced, structure, typed


def found(*structures):
    """The flaws of the last of these structures, as 'element: why'."""
    rows = [differential.row(each, "differential") for each in structures]
    return [f"{flaw.element}: {flaw.why}" for flaw in profile.flaws(rows, derivation.flaws)]


def bound(strength, path="Observation.method"):
    return element(path, binding={"strength": strength, "valueSet": "http://example.org/ValueSet/a"})


def referring(*names):
    return element("Observation.subject", type=[{"code": "Reference", "targetProfile": [*names]}])


def on(base, stated):
    return found(structure("Observation", *base), structure("Observation", *stated, name="q", base="p"))


def test_a_required_binding_is_not_weakened():
    for weaker in ("example", "preferred", "extensible"):
        why = f"the binding is {weaker}, and required in what it stands on"
        assert on([bound("required")], [bound(weaker)]) == [f"Observation.method: {why}"]
        assert found(structure("Observation", bound(weaker, "Observation.status"))) == [f"Observation.status: {why}"]


@pytest.mark.parametrize("strength", ["extensible", "preferred", "example"])
def test_other_bindings_may_be_replaced(strength):
    assert on([bound(strength)], [bound("example")]) == []
    assert on([bound(strength)], [bound("required")]) == []
    assert on([bound("required")], [bound("required"), element("Observation.status", min=1)]) == []


def test_slices_are_told_apart_as_before():
    name = "Observation.category"
    by_code, by_text = sliced("value", "coding.code"), sliced("value", "text")
    why = "slices are told apart by other signs than in what it stands on: value coding.code"
    stated = element(name, slicing=by_code)
    assert on([stated], [element(name, slicing=by_text)]) == [f"{name}: {why}"]
    assert on([stated], [element(name, slicing=by_code)]) == []
    assert on([stated], [element(name, slicing={"rules": "closed"})]) == []


def test_more_signs_may_tell_slices_apart_and_none_may_be_left_out():
    name, code, text = (
        "Observation.category",
        {"type": "value", "path": "coding.code"},
        {"type": "value", "path": "text"},
    )

    def resliced(before, after):
        stated = [[element(name, slicing={"discriminator": each, "rules": "open"})] for each in (before, after)]
        return on(*stated)

    assert resliced([code], [code, text]) == []
    assert resliced([code, text], [code, text]) == []
    assert len(resliced([code, text], [code])) == len(resliced([code], [text, code])) == 1


@pytest.mark.parametrize(
    ("before", "after", "flaws"),
    [
        *[("closed", "open", 1), ("openAtEnd", "open", 1)],
        *[("closed", "openAtEnd", 0), ("openAtEnd", "closed", 0), ("open", "closed", 0), ("open", "openAtEnd", 0)],
    ],
)
def test_closed_slicing_is_not_opened(before, after, flaws):
    name = "Observation.category"
    why = f"{name}: slicing is {after}, and {before} in what it stands on"
    stated = [[element(name, slicing=sliced("value", "text", rules))] for rules in (before, after)]
    assert on(*stated) == [why] * flaws


def test_ordered_slices_stay_ordered():
    name, by_text = "Observation.category", sliced("value", "text")
    ordered, not_ordered = {**by_text, "ordered": True}, {**by_text, "ordered": False}
    why = f"{name}: slices are in no order, and ordered in what it stands on"
    assert on([element(name, slicing=ordered)], [element(name, slicing=not_ordered)]) == [why]
    for before, after in ((ordered, by_text), (ordered, ordered), (by_text, ordered), (not_ordered, by_text)):
        assert on([element(name, slicing=before)], [element(name, slicing=after)]) == []


def test_a_choice_is_sliced_by_type_however_that_is_said():
    base = [element("Observation.value[x]:valueString", max="1")]
    assert on(base, [element("Observation.value[x]", slicing=sliced("exists", "code"))]) == []


def test_a_reference_goes_where_r4_lets_it():
    (why,) = found(structure("Observation", referring(CORE + "Practitioner")))
    assert why == "Observation.subject: a reference to Practitioner is none to Device, Group, Location, Patient"
    assert found(structure("Observation", referring(CORE + "Patient", OURS + "p", CORE + "Resource"))) == []
    assert found(structure("Observation", element("Observation.focus", type=[typed("Reference")]))) == []


def test_a_reference_goes_where_the_profile_beneath_lets_it():
    patient, group, ours = CORE + "Patient", CORE + "Group", OURS + "patient"
    (why,) = on([referring(patient)], [referring(group)])
    assert why == f"Observation.subject: a reference to Group is none to {patient}"
    assert len(on([referring(ours)], [referring(patient)])) == 1, "any Patient where one of a profile is asked for"
    assert len(on([referring(patient)], [referring(CORE + "Resource")])) == 1
    assert on([referring(patient, group)], [referring(group)]) == []
    assert on([referring(patient + "|4.0")], [referring(patient)]) == []
    assert on([referring(patient)], [referring(ours)]) == [], "whose type is not known here"
    focus = [element("Observation.focus", type=[typed("Reference", targets=["DomainResource"])])]
    assert on(focus, [element("Observation.focus", type=[typed("Reference", targets=["Patient"])])]) == []
