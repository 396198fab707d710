from adapter.fhir import definitions
from adapter.fhir.constraints import UNBOUNDED, Binding, Constraints, Type
from adapter.fhir.element_place import Place, fields_of
from adapter.fhir.profile_pruning import prune, without_base
from tests.fhir.structures import CORE, rule

STATUS = "http://hl7.org/fhir/ValueSet/observation-status"


def pruned(name, **stated):
    """What is left of one element of an Observation."""
    root = Constraints("Observation", "p", children={name: Constraints(f"Observation.{name}", "p", **stated)})
    prune(root, ("Observation",))
    return root.children.get(name)


def test_what_r4_says_is_no_constraint():
    assert pruned("status", min=1, max=1, binding=Binding("required", STATUS + "|4.0.1")) is None
    assert pruned("note", min=0, max=UNBOUNDED, types=(Type("Annotation"),)) is None
    targets = tuple(CORE + name for name in ("Patient", "Group", "Device", "Location"))
    assert pruned("subject", types=(Type("Reference", (), targets),)) is None


def test_what_r4_does_not_say_is_left():
    assert pruned("status", min=1, max=0).max == 0
    assert pruned("status", binding=Binding("required", "http://other")).binding is not None
    assert pruned("subject", types=(Type("Reference", (), (CORE + "Patient",)),)).types != ()
    assert pruned("note", types=(Type("Annotation", ("http://x",)),)).types != ()


def test_falsy_values_are_constraints():
    assert pruned("status", fixed=False).fixed is False
    assert pruned("value[x]", min_value=0).min_value == 0
    assert pruned("status", max_length=0).max_length == 0


def test_slices_keep_what_they_state_and_hold_their_element():
    slice_ = Constraints("Observation.component:a", "p", slice_name="a", min=0)
    left = pruned("component", slices={"a": slice_}, min=0)
    assert (left.min, left.slices["a"].min) == (None, 0)


def test_an_element_that_holds_a_constraint_below_is_left():
    left = pruned("code", min=1, children={"text": Constraints("Observation.code.text", "p", min=1)})
    assert (left.min, left.children["text"].min) == (None, 1)
    assert pruned("code", children={"text": Constraints("Observation.code.text", "p", min=0)}) is None


def test_invariants_of_r4_are_left_out_of_a_snapshots_element():
    place = Place(Constraints("Observation.text", "p"), ("Narrative",), 0, 1, fields_of(("Observation",), "text"))
    known = [rule(each.key, each.expression) for each in definitions.invariants("Element")]
    own = rule("o-1", "true")
    assert without_base({"constraint": [*known, own], "min": 0}, place) == {"min": 0, "constraint": [own]}
