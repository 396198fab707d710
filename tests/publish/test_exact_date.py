from __future__ import annotations

import pytest

from adapter.mapping.period import EXTENSION
from adapter.publish.exact_date import exact_date
from tests.studies import study


@pytest.mark.parametrize(("name", "needed"), [("il2_csu", True), ("harbor", True), ("notebook", False)])
def test_a_study_that_may_write_the_extension_defines_it_once(name: str, needed: bool) -> None:
    mapped = study(name)
    urls = [made["url"] for made in exact_date(mapped)]
    assert urls == ([f"{mapped.definition.base}/{EXTENSION}"] if needed else [])


def test_the_extension_stands_on_a_date_and_holds_one() -> None:
    (made,) = exact_date(study("il2_csu"))
    assert made["context"] == [{"type": "element", "expression": "dateTime"}]
    elements = {element["id"]: element for element in made["differential"]["element"]}
    assert elements["Extension.value[x]"]["type"] == [{"code": "dateTime"}]
    assert elements["Extension.url"]["fixedUri"] == made["url"]
