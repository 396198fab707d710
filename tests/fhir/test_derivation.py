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


def test_closed_slicing_is_not_opened():
    name, shut = "Observation.category", {**sliced("value", "text"), "rules": "closed"}
    why = "slicing is open, and closed in what it stands on"
    assert on([element(name, slicing=shut)], [element(name, slicing={**shut, "rules": "open"})]) == [f"{name}: {why}"]
    assert on([element(name, slicing={**shut, "rules": "open"})], [element(name, slicing=shut)]) == []


def test_a_choice_is_sliced_by_type_however_that_is_said():
    base = [element("Observation.value[x]:valueString", max="1")]
    assert on(base, [element("Observation.value[x]", slicing=sliced("exists", "code"))]) == []


def test_a_reference_goes_where_r4_lets_it():
    (why,) = found(structure("Observation", referring(CORE + "Practitioner")))
    assert why == "Observation.subject: a reference to Practitioner is none to Device, Group, Location, Patient"
    assert found(structure("Observation", referring(CORE + "Patient", OURS + "p", CORE + "Resource"))) == []
    assert found(structure("Observation", element("Observation.focus", type=[typed("Reference")]))) == []
