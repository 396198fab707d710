from __future__ import annotations

from adapter.validation.known.read import deep, each, part, text


def test_objects_of_a_list_are_told_with_their_steps() -> None:
    assert list(each({"a": [{"b": 1}, None, 5, {}]}, "a")) == [(".a[0]", {"b": 1}), (".a[3]", {})]
    assert list(each({"a": {}}, "a")) == list(each({}, "a")) == list(each(None, "a")) == []


def test_lists_within_lists_are_told_in_the_order_of_the_document() -> None:
    tree = {"item": [{"n": 1, "item": [{"n": 2}, {"n": 3}]}, {"n": 4}]}
    assert [(path, item["n"]) for path, item in deep(tree, "item")] == [
        (".item[0]", 1),
        (".item[0].item[0]", 2),
        (".item[0].item[1]", 3),
        (".item[1]", 4),
    ]


def test_depth_is_no_trouble() -> None:
    tree: dict[str, object] = {}
    for _ in range(5000):
        tree = {"item": [tree]}
    assert sum(1 for _ in deep(tree, "item")) == 5000


def test_what_is_of_another_type_is_not_there() -> None:
    assert text({"a": "b"}, "a") == "b"
    assert text({"a": 5}, "a") is text(None, "a") is None
    assert part({"a": {"b": 1}}, "a") == {"b": 1}
    assert part({"a": []}, "a") == part([], "a") == {}
