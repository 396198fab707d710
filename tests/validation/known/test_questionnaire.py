from __future__ import annotations

from typing import Any

import pytest

from tests.validation.known.conftest import Found


def item(name: str, *below: dict[str, Any], when: str | None = None) -> dict[str, Any]:
    made: dict[str, Any] = {"linkId": name, "type": "group", "item": list(below)}
    return made if when is None else made | {"enableWhen": [{"question": when}]}


@pytest.mark.parametrize(
    ("items", "key"),
    [
        ([item("a"), item("b", when="a")], None),
        ([item("a", item("b", when="a"))], None),
        ([item("a", item("b")), item("c", when="b")], None),
        ([item("a", when="a")], "enable-when-self"),
        ([item("a", item("b"), when="b")], "enable-when-inner"),
        ([item("a", item("b", item("c")), when="c")], "enable-when-inner"),
        ([item("a", when="b"), item("b")], "enable-when-after"),
        ([item("a", when="z")], "enable-when-target"),
    ],
)
def test_an_item_depends_on_one_before_it(items: list[dict[str, Any]], key: str | None, found: Found) -> None:
    assert [each for each, _ in found("Questionnaire", {"item": items})] == ([] if key is None else [key])


def test_the_place_is_that_of_the_condition(found: Found) -> None:
    tree = {"item": [item("a", item("b"), item("c", when="z"))]}
    assert found("Questionnaire", tree) == [("enable-when-target", ".item[0].item[1].enableWhen[0].question")]


def test_many_items_are_no_trouble(found: Found) -> None:
    items = [item(str(place), when=str(place - 1)) for place in range(1, 20_000)]
    assert found("Questionnaire", {"item": [item("0"), *items]}) == []
