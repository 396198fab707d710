"""The study's profiles, by the project's own validator: what is emitted conforms, what they forbid is refused."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from adapter.fhir import json
from adapter.fhir.conformance import load_definitions
from adapter.validation.validator import Validator
from tests.publish.broken import GOLDEN, Case, broken, cases
from tests.studies import study

PACKAGE = study("il2_csu").definition.folder / "package"
EMITTED = sorted(path for path in GOLDEN.glob("*/*.json") if path.stem in ("clinical", "form"))


@cache
def validator() -> Validator:
    return Validator(load_definitions(PACKAGE))


def refused(resource: object) -> list[str]:
    found = [issue for issue in validator().check(resource) if issue.refuses]
    return [f"{issue.expression} {issue.key} {issue.diagnostics}" for issue in found]


@pytest.mark.parametrize("path", EMITTED, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_what_is_emitted_claims_a_profile_of_the_study_and_conforms(path: Path) -> None:
    for resource in json.parse(path.read_bytes()):
        claimed = resource["meta"]["profile"]
        assert any(validator().definitions.own(url) for url in claimed)
        assert refused(resource) == []


@pytest.mark.parametrize("case", cases(), ids=lambda case: case["desc"])
def test_what_a_profile_forbids_is_refused(case: Case) -> None:
    assert any(case["error"] in line for line in refused(broken(case)))


@pytest.mark.parametrize("path", sorted(PACKAGE.glob("*-*.json")), ids=lambda path: path.stem)
def test_the_package_itself_is_sound(path: Path) -> None:
    assert refused(json.parse(path.read_bytes())) == []
