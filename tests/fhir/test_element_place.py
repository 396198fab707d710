import pytest

from adapter.fhir.element_place import Placing, elements, fields_of, is_type


def steps(*stated):
    placing = Placing()
    return [placing.steps(each) for each in stated]


def by_path(path, name=None):
    return {"path": path} if name is None else {"path": path, "sliceName": name}


def test_an_id_names_the_slices_on_the_way():
    stated = {"id": "A.b:one.c.d:two", "path": "A.b.c.d", "sliceName": "two"}
    assert steps({"id": "A", "path": "A"}, stated) == [(), (("b", "one"), ("c", None), ("d", "two"))]


def test_without_ids_the_order_tells_the_slices():
    stated = [
        by_path("A"),
        by_path("A.b"),
        by_path("A.b", "one"),
        by_path("A.b.c"),
        by_path("A.b.c.d", "deep"),
        by_path("A.b", "two"),
        by_path("A.b.c.d"),
        by_path("A.e.f"),
    ]
    assert steps(*stated) == [
        (),
        (("b", None),),
        (("b", "one"),),
        (("b", "one"), ("c", None)),
        (("b", "one"), ("c", None), ("d", "deep")),
        (("b", "two"),),
        (("b", "two"), ("c", None), ("d", None)),
        (("e", None), ("f", None)),
    ]


@pytest.mark.parametrize("identity", ["", "12345", "A.x", "A.b.c", "other.b:one.c"])
def test_an_id_that_says_something_else_than_the_path_is_not_followed(identity):
    assert steps(by_path("A.b", "two"), {"id": identity, "path": "A.b"})[1] == (("b", None),)


def test_a_choice_is_named_by_id_and_path_in_either_way():
    assert steps({"id": "A.value[x]:valueCode", "path": "A.valueCode"}) == [(("value[x]", "valueCode"),)]
    assert steps({"id": "A.valueCode", "path": "A.value[x]", "sliceName": "valueCode"}) == [
        (("value[x]", "valueCode"),)
    ]


def test_the_elements_of_a_type_are_told_by_name_with_every_type_of_a_choice():
    observation = elements("Observation")
    assert [field.type for field in observation["effective[x]"]] == ["dateTime", "Period", "Timing", "instant"]
    assert "effectivePeriod" not in observation
    assert [field.type for field in fields_of(("Period", "Quantity"), "value")] == ["decimal"]


def test_a_backbone_is_no_type_that_a_profile_names():
    assert is_type("Quantity")
    assert not is_type("Observation.component")
    assert not is_type("Kode")
