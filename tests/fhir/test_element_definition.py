from adapter.fhir.constraints import UNBOUNDED, Binding, Constraints, Discriminator, Slicing, Type
from adapter.fhir.definitions import Invariant
from adapter.fhir.element_definition import apply, invariants, limit, types
from tests.fhir.structures import CORE, element, rule, sliced, typed


def applied(*stated):
    node = Constraints("A.b", "p")
    for each in stated:
        apply(element("A.b", **each), node)
    return node


def test_what_is_left_unsaid_stays_as_it_was():
    first = {"min": 1, "max": "2", "maxLength": 3, "type": [typed("code")], "slicing": sliced(), "fixedCode": "a"}
    bound = {"binding": {"strength": "required", "valueSet": "http://x"}, "constraint": [rule("a", "true")]}
    node = applied({**first, **bound}, {})
    assert (node.min, node.max, node.max_length, node.types) == (1, 2, 3, (Type("code"),))
    assert node.slicing == Slicing((Discriminator("value", "code"),))
    assert node.binding == Binding("required", "http://x")
    assert (node.fixed, node.fixed_key) == ("a", "fixedCode")
    assert node.invariants == (Invariant("a", "error", "true", "so it is"),)


def test_a_later_word_takes_the_place_of_an_earlier_one():
    node = applied({"min": 1, "max": "*", "type": [typed("code")]}, {"min": 0, "max": "0", "type": [typed("id")]})
    assert (node.min, node.max, node.types) == (0, 0, (Type("id"),))


def test_false_and_zero_are_values():
    node = applied({"fixedBoolean": False, "minValueInteger": 0, "maxValueInteger": 0, "maxLength": 0})
    assert (node.fixed, node.min_value, node.max_value, node.max_length) == (False, 0, 0, 0)


def test_a_binding_without_a_value_set_binds_nothing():
    assert applied({"binding": {"strength": "required"}}).binding is None


def test_a_slicing_that_says_little_is_open_and_in_any_order():
    assert applied({"slicing": {}}).slicing == Slicing((), "open", False)
    assert applied({"slicing": {"rules": "closed", "ordered": True}}).slicing == Slicing((), "closed", True)


def test_a_slicing_that_is_stated_again_keeps_its_signs_and_order():
    node = applied({"slicing": {**sliced(), "ordered": True}}, {"slicing": {"rules": "closed"}})
    assert node.slicing == Slicing((Discriminator("value", "code"),), "closed", True)


def test_a_type_that_is_written_twice_asks_what_either_asks():
    assert types([typed("HumanName", "http://a"), typed("HumanName", "http://b")]) == (
        Type("HumanName", ("http://a", "http://b")),
    )
    assert types([typed("HumanName"), typed("HumanName", "http://a")]) == (Type("HumanName"),)
    assert types([typed("Reference", targets=["Patient"]), typed("Reference")]) == (Type("Reference"),)


def test_types_that_only_repeat_what_a_backbone_is_are_none():
    assert types([typed("BackboneElement")]) == ()
    assert types([typed("Element")]) == ()
    assert types([{"code": "http://hl7.org/fhirpath/System.String"}]) == ()
    assert types([typed("Quantity", CORE + "SimpleQuantity")]) == (Type("Quantity", (CORE + "SimpleQuantity",)),)


def test_a_limit_is_a_number_or_none_at_all():
    assert (limit("0"), limit("12"), limit("*")) == (0, 12, UNBOUNDED)


def test_an_element_without_constraints_has_no_invariants():
    assert invariants({}) == ()
