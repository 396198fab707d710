from decimal import Decimal

import pytest

from adapter.fhir import definitions, differential, profile
from adapter.fhir.constraints import UNBOUNDED, Binding, Discriminator, Slicing, Type
from adapter.fhir.definitions import Invariant
from tests.fhir.structures import CORE, OURS, element, rule, sliced, structure, typed

ELE_1 = next(each.expression for each in definitions.invariants("Element") if each.key == "ele-1")
BY_TYPE = Slicing((Discriminator("type", "$this"),))


def rows(*structures, part="differential"):
    return [differential.row(each, part) for each in structures]


def root(*structures):
    return profile.build(rows(*structures)).root


def observation(*elements, **more):
    return structure("Observation", *elements, **more)


def test_what_an_element_states_is_in_its_node_and_nothing_else():
    node = root(
        observation(
            element("Observation.subject", min=1),
            element(
                "Observation.code",
                binding={"strength": "required", "valueSet": "http://x/vs|1.0"},
                constraint=[rule("a-1", "coding.exists()")],
            ),
            element("Observation.method", patternCodeableConcept={"text": "by hand"}),
            element("Observation.note", max="3"),
        )
    )
    assert list(node.children) == ["subject", "code", "method", "note"]
    subject, code, method, note = node.children.values()
    assert (subject.id, subject.min, subject.max, subject.profile) == ("Observation.subject", 1, None, OURS + "p")
    assert code.binding == Binding("required", "http://x/vs|1.0")
    assert code.invariants == (Invariant("a-1", "error", "coding.exists()", "so it is"),)
    assert (method.pattern, method.fixed, method.fixed_key) == ({"text": "by hand"}, None, None)
    assert note.max == 3


def test_fixed_and_limiting_values_keep_their_key_and_their_digits():
    high = {"value": Decimal("4.50"), "unit": "g"}
    node = root(
        observation(
            element("Observation.status", fixedCode="final"),
            element("Observation.value[x]", minValueInteger=0, maxValueQuantity=high),
            element("Observation.device.display", maxLength=5),
        )
    )
    assert (node.children["status"].fixed, node.children["status"].fixed_key) == ("final", "fixedCode")
    value = node.children["value[x]"]
    assert (value.min_value, value.max_value) == (0, high)
    assert str(value.max_value["value"]) == "4.50"
    assert node.children["device"].children["display"].max_length == 5


def test_what_is_repeated_from_r4_is_left_out():
    stated = element("Observation.status", min=1, max="1", type=[typed("code")])
    bound = {"strength": "required", "valueSet": "http://hl7.org/fhir/ValueSet/observation-status|4.0.1"}
    assert root(observation({**stated, "binding": bound})).children == {}
    node = root(observation(element("Observation.subject", type=[typed("Reference", targets=("Patient",))])))
    assert node.children["subject"].types == (Type("Reference", (), (CORE + "Patient",)),)


def test_slices_hold_their_own_limits_and_children():
    node = root(
        observation(
            element("Observation.component", slicing=sliced(path="code", rules="closed"), min=1),
            element("Observation.component:systolic", min=1, max="1"),
            element("Observation.component:systolic.code", patternCodeableConcept={"text": "high"}),
            element("Observation.component:systolic.code.coding", slicing=sliced(), min=1),
            element("Observation.component:systolic.code.coding:loinc.code", fixedCode="8480-6"),
            element("Observation.component:diastolic", max="1"),
        )
    )
    component = node.children["component"]
    assert component.slicing == Slicing((Discriminator("value", "code"),), "closed")
    assert list(component.slices) == ["systolic", "diastolic"]
    systolic = component.slices["systolic"]
    assert (systolic.min, systolic.max, systolic.slice_name) == (1, 1, "systolic")
    assert systolic.id == "Observation.component:systolic"
    inner = systolic.children["code"].children["coding"].slices["loinc"].children["code"]
    assert (inner.id, inner.fixed) == ("Observation.component:systolic.code.coding:loinc.code", "8480-6")


def test_a_reslice_stands_beside_its_slice_whose_slicing_tells_it():
    node = root(
        observation(
            element("Observation.component", slicing=sliced()),
            element("Observation.component:a", slicing=sliced(path="method")),
            element("Observation.component:a/b", max="2"),
        )
    ).children["component"]
    assert list(node.slices) == ["a", "a/b"]
    assert node.slices["a"].slicing == Slicing((Discriminator("value", "method"),))
    assert node.slices["a/b"].max == 2


@pytest.mark.parametrize(
    "stated",
    [
        {"id": "Observation.valueQuantity.code", "path": "Observation.valueQuantity.code"},
        {"id": "Observation.value[x]:valueQuantity.code", "path": "Observation.value[x].code"},
        {"id": "Observation.value[x]:valueQuantity.code", "path": "Observation.valueQuantity.code"},
    ],
)
def test_a_type_of_a_choice_may_be_named_in_three_ways(stated):
    value = root(observation({**stated, "fixedCode": "g"})).children["value[x]"]
    assert value.slicing == BY_TYPE
    assert value.slices["valueQuantity"].types == (Type("Quantity"),)
    assert value.slices["valueQuantity"].children["code"].fixed == "g"


def test_a_choice_of_which_some_types_are_stated_without_slicing_has_no_others():
    """As R4's own snapshots say of bodyweight's valueQuantity, and HL7's validator of any other."""
    value = root(observation(element("Observation.valueQuantity"), element("Observation.valueString", max="0")))
    assert [each.code for each in value.children["value[x]"].types] == ["Quantity", "string"]
    open_ = element("Observation.value[x]", slicing=sliced("type", "$this"))
    value = root(observation(open_, element("Observation.value[x]:valueQuantity", max="1")))
    assert value.children["value[x]"].types == ()


def test_extensions_are_sliced_by_url_without_saying_so():
    node = root(
        structure(
            "Patient",
            element("Patient.extension:race", type=[typed("Extension", "http://x/race|2.0")], min=1),
            element("Patient.modifierExtension:never", type=[typed("Extension", "http://x/never")]),
        )
    )
    extension = node.children["extension"]
    assert extension.slicing == Slicing((Discriminator("value", "url"),))
    assert extension.slices["race"].children["url"].fixed == "http://x/race"
    assert node.children["modifierExtension"].slices["never"].children["url"].fixed == "http://x/never"


def test_a_nested_extension_has_the_url_it_states_or_its_name():
    node = root(
        structure(
            "Extension",
            element("Extension.extension:first", min=1),
            element("Extension.extension:second.url", fixedUri="other"),
            element("Extension.url", fixedUri=OURS + "p"),
            context=[{"type": "element", "expression": "Patient"}],
        )
    )
    urls = [each.children["url"].fixed for each in node.children["extension"].slices.values()]
    assert urls == ["first", "other"]


def test_an_extension_tells_where_it_may_stand_and_whether_it_modifies():
    stated = structure("Extension", context=[{"type": "element", "expression": "Patient"}], title="Of a patient")
    stated["differential"]["element"][0]["isModifier"] = True
    made = profile.build(rows(stated))
    assert (made.type, made.contexts, made.modifier) == ("Extension", (("element", "Patient"),), True)
    assert made.title == "Of a patient"
    assert not profile.build(rows(observation(element("Observation.status", isModifier=True)))).modifier
    derived = profile.build(rows(stated, structure("Extension", name="derived", base="p")))
    assert (derived.contexts, derived.modifier, derived.title) == ((("element", "Patient"),), True, None)


def test_the_most_derived_word_counts_and_invariants_add_up():
    base = observation(
        element("Observation.note", min=1, max="5", constraint=[rule("a-1", "exists()")]),
        element("Observation.component", slicing=sliced()),
        element("Observation.component:a", max="1"),
        name="base",
    )
    derived = observation(
        element("Observation.note", max="2", constraint=[rule("b-1", "count() < 9"), rule("a-1", "exists()")]),
        element("Observation.component:a", min=1),
        element("Observation.component:b", max="1"),
        name="derived",
        base="base",
    )
    made = profile.build(rows(base, derived))
    note, component = made.root.children.values()
    assert (made.url, made.bases) == (OURS + "derived", (OURS + "base",))
    assert (note.min, note.max, note.profile) == (1, 2, OURS + "derived")
    assert [each.key for each in note.invariants] == ["a-1", "b-1"]
    assert [(each.min, each.max) for each in component.slices.values()] == [(1, 1), (None, 1)]
    assert component.profile == OURS + "base"


def test_a_slice_of_a_slice_needs_no_slicing_that_its_element_has():
    node = root(
        observation(
            element("Observation.component", slicing=sliced()),
            element("Observation.component.code.coding", slicing=sliced("pattern", "$this")),
            element("Observation.component:a.code.coding:one", min=1),
        )
    )
    coding = node.children["component"].slices["a"].children["code"].children["coding"]
    assert coding.slicing == Slicing((Discriminator("pattern", "$this"),))


def test_children_are_those_of_the_stated_type():
    node = root(
        structure(
            "Bundle",
            element("Bundle.entry", slicing=sliced("type", "resource")),
            element("Bundle.entry:patient.resource", type=[typed("Patient")], min=1),
            element("Bundle.entry:patient.resource.birthDate", min=1),
        )
    )
    resource = node.children["entry"].slices["patient"].children["resource"]
    assert resource.children["birthDate"].min == 1


def test_repeated_content_is_reached_by_its_path():
    node = root(structure("Questionnaire", element("Questionnaire.item.item.item.prefix", min=1)))
    assert node.children["item"].children["item"].children["item"].children["prefix"].min == 1
    assert node.children["item"].children.keys() == {"item"}  # and is not stated of the outer item


def test_types_written_once_a_target_are_one_type():
    twice = [typed("Reference", targets=("Patient",)), typed("Reference", targets=("Group",))]
    node = root(observation(element("Observation.subject", type=twice)))
    assert node.children["subject"].types == (Type("Reference", (), (CORE + "Patient", CORE + "Group")),)


def test_a_snapshot_says_the_same_as_its_differential():
    elements = [
        element("Observation"),
        element("Observation.id", min=0, max="1", type=[{"code": "http://hl7.org/fhirpath/System.String"}]),
        element("Observation.status", min=1, max="1", constraint=[rule("ele-1", ELE_1)]),
        element("Observation.component", min=0, max="*", type=[typed("BackboneElement")]),
        element("Observation.subject", min=1, max="1", constraint=[rule("o-1", "reference.exists()")]),
    ]
    stated = observation(snapshot={"element": elements}, baseDefinition="http://nowhere/base")
    node = profile.build(rows(stated, part="snapshot")).root
    assert list(node.children) == ["subject"]
    assert [each.key for each in node.children["subject"].invariants] == ["o-1"]


def test_limits_without_end_are_unbounded():
    node = root(
        observation(element("Observation.component", slicing=sliced()), element("Observation.component:a", max="*"))
    )
    assert node.children["component"].slices["a"].max == UNBOUNDED
