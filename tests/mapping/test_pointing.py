from __future__ import annotations

from typing import Any

import pytest

from adapter.mapping.pointing import escaped, pointer_to
from adapter.mapping.study import MappedStudy
from tests.studies import study

DIARY = {"subject": "01-001", "date": "2025-04-01", "wheals": 1, "itch": 2, "tablets": 1, "angioedema": False}


@pytest.fixture(scope="module")
def mapped() -> MappedStudy:
    return study("il2_csu")


@pytest.mark.parametrize("indexed", [True, False])
@pytest.mark.parametrize("item", ["wheals", "itch", "tablets", "angioedema", "date"])
def test_a_pointer_leads_to_what_tells_an_item(mapped: MappedStudy, item: str, indexed: bool) -> None:
    response: Any = next(
        one for one in mapped.to_fhir("diary", DIARY) if one["resourceType"] == "QuestionnaireResponse"
    )
    (plan,) = (one for one in mapped.plans_of(response) if one.form == "diary")
    pointer = pointer_to(plan, response, item, indexed=indexed)
    here: Any = response
    for step in pointer.split("/")[1:]:
        here = here[int(step)] if isinstance(here, list) else here[step]
    assert pointer
    if item == "date":
        assert here == DIARY["date"] or pointer == "/item"
    elif indexed:
        assert pointer.startswith("/item/")
        assert response["item"][int(pointer.split("/")[2])]["linkId"] == item
    else:
        assert pointer == "/item"


def test_an_item_that_did_not_come_has_no_pointer(mapped: MappedStudy) -> None:
    response: Any = {"resourceType": "QuestionnaireResponse", "item": []}
    plan = next(one for one in mapped.plan("diary").view("form") if one.type == "QuestionnaireResponse")
    assert pointer_to(plan, response, "wheals", indexed=True) == ""


def test_a_name_is_escaped_as_a_step() -> None:
    assert escaped("a/b~c") == "a~1b~0c"
