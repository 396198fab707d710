from __future__ import annotations

from typing import Any

from adapter.validation.element_id import check_id
from adapter.validation.scope import Scope


def scope() -> Scope:
    return Scope(None, {}, {})  # type: ignore[arg-type]


def test_an_id_of_two_elements_is_told_at_the_second() -> None:
    here = scope()
    assert check_id({"id": "a"}, here) is None
    assert [each.path for each in check_id({"id": "a"}, here) or ()] == [".id"]


def test_an_element_that_is_judged_twice_is_one() -> None:
    here, element = scope(), {"id": "a"}
    assert check_id(element, here) is check_id(element, here) is None


def test_each_resource_has_ids_of_its_own() -> None:
    assert check_id({"id": "a"}, scope()) is check_id({"id": "a"}, scope()) is None


def test_what_is_no_text_is_no_id() -> None:
    here = scope()
    values: list[Any] = [1, 1, None, [], {}]
    assert [check_id({"id": value}, here) for value in values] == [None] * len(values)
