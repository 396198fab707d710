from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from adapter.crf.study import Site
from adapter.fhir import json
from adapter.intake.desk import Desk
from adapter.intake.own_codes import sites_of, systems_of_sites
from adapter.mapping.study import MappedStudy, compile_study
from tests.api.trial import INJECTION

SYSTEM = "http://own.example/sites"


def with_sites(desk: Desk, **codes: str) -> Desk:
    """The study with sites that each call one body site by the code L."""
    sites = {
        id_: Site(id_, codes={"body_site": {answer: ({"system": SYSTEM, "code": "L"},)}})
        for id_, answer in codes.items()
    }
    return Desk(compile_study(replace(desk.study, sites=sites)))


def injection(desk: Desk) -> dict[str, Any]:
    """An injection whose body site is coded by the hospital alone."""
    resource: dict[str, Any] = json.parse(next(iter(desk.engine.emit("injection", INJECTION))).body)
    resource["dosage"]["site"] = {"coding": [{"system": SYSTEM, "code": "L"}]}
    return resource


def test_a_site_is_known_by_its_code_systems(desk: Desk) -> None:
    known = systems_of_sites(with_sites(desk, a="deltoid-left").study)
    assert known == {"a": {SYSTEM}}
    assert sites_of({"code": {"coding": [{"system": SYSTEM}]}}, known) == ["a"]
    assert sites_of({"code": {"coding": [{"system": "http://loinc.org"}]}}, known) == []


def test_a_resource_in_a_sites_own_codes_is_read_with_its_words(desk: Desk) -> None:
    own = with_sites(desk, a="deltoid-left")
    assert [issue.code for issue in own.engine.read(injection(own)).issues] == ["code-invalid"]
    reading = own.read(injection(own))
    assert reading.issues == []
    assert reading.record["body_site"] == "deltoid-left"


def test_two_sites_that_mean_the_same_do_not_disagree(desk: Desk) -> None:
    own = with_sites(desk, a="deltoid-left", b="deltoid-left")
    assert own.read(injection(own)).record["body_site"] == "deltoid-left"


def test_two_sites_that_mean_different_things_are_an_error(desk: Desk) -> None:
    own = with_sites(desk, a="deltoid-left", b="deltoid-right")
    assert [issue.code for issue in own.read(injection(own)).issues] == ["multiple-matches"]


def test_a_desk_of_one_site_reads_in_its_words_alone(desk: Desk) -> None:
    study = with_sites(desk, a="deltoid-left", b="deltoid-right").study
    own = Desk(compile_study(study, "b"), "b")
    assert own.read(injection(own)).record["body_site"] == "deltoid-right"


@pytest.mark.parametrize("resource", [{}, {"system": 5}, {"a": [[{"system": None}]]}])
def test_any_resource_can_be_asked(desk: Desk, resource: dict[str, Any]) -> None:
    assert sites_of(resource, {"a": frozenset({SYSTEM})}) == []


def test_a_study_without_sites_asks_nothing(desk: Desk) -> None:
    assert isinstance(with_sites(desk).engine, MappedStudy)
    assert sites_of({"system": SYSTEM}, {}) == []
