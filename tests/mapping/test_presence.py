from __future__ import annotations

from typing import Any

import pytest

from adapter.mapping import presence
from adapter.mapping.plan import Hole
from adapter.mapping.study import MappedStudy
from tests.mapping.shapes import element, plan

KEYS = {"subject": "001", "visit": "V1"}


def ids(found: Any) -> list[str]:
    return [one.item.id if isinstance(one, Hole) else one for one in found]


def test_answers_keep_an_element_alive_and_neither_keys_nor_repeats_do(clinic: MappedStudy) -> None:
    root = plan(clinic, "pulse").root
    assert sorted(ids(presence.counting(root))) == ["calm", "pulse", "side", "signs"]
    assert ids(presence.repeated(root)) == ["when", "signs"]


@pytest.mark.parametrize(
    ("record", "there"),
    [
        ({}, False),
        ({"when": "2025-01-01"}, False),
        ({"pulse": 0}, True),
        ({"calm": False}, True),
        ({"signs": ["red"]}, True),
    ],
)
def test_zero_and_false_are_answers_that_keep_it_alive(clinic: MappedStudy, record: Any, there: bool) -> None:
    assert presence.alive(plan(clinic, "pulse").root)(KEYS | record) is there


def test_an_answer_whose_cell_is_empty_keeps_nothing_alive(clinic: MappedStudy) -> None:
    body_site = element(plan(clinic, "pulse"), "bodySite")
    assert isinstance(body_site, Hole)
    assert presence.empty_rows(body_site) == frozenset()
    assert presence.empty_rows("signs") == frozenset()
    assert presence.keepers(body_site) == {"side"}


def test_what_holds_constants_or_keys_alone_is_always_there(clinic: MappedStudy) -> None:
    encounter = plan(clinic, "Encounter")
    assert presence.always(element(encounter, "identifier"))
    assert presence.always(element(encounter, "subject"))
    assert not presence.always(element(encounter, "status"))
    assert not presence.always(element(encounter, "period"))


def test_a_text_that_repeats_a_missing_answer_is_not_there(clinic: MappedStudy) -> None:
    when = element(plan(clinic, "pulse"), "effectiveDateTime")
    assert presence.fillable(when, None)(KEYS | {"when": "2025"})
    assert not presence.fillable(when, None)(KEYS)


def test_a_reason_stands_as_data_absent_reason_where_the_type_has_one_else_as_extension() -> None:
    value = presence.absent_member("valueQuantity", "Quantity", "Observation", "asked-declined")
    assert value.startswith(',"dataAbsentReason":{"coding":[')
    assert presence.absent_member("birthDate", "date", "Patient", "masked").startswith(',"_birthDate":{"extension":[')
    assert presence.absent_member("period", "Period", "Encounter", "masked").startswith(',"period":{"extension":[')


def test_no_reason_is_without_a_place_where_each_answer_stands_alone(clinic: MappedStudy) -> None:
    assert [list(presence.unreasoned(one.root)) for one in clinic.plan("visit").clinical] == [[], [], [], []]
