"""Each rule of the validator by its table of cases: what passes, what fails, and nothing else is said."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import pytest

from adapter.fhir.conformance import load_definitions
from adapter.validation.validator import Validator
from tests.validation.cases import Case, cases, definition, tables

ENCODER = msgspec.json.Encoder(decimal_format="number")


@cache
def validator(*definitions: bytes, folder: Path) -> Validator:
    paths = []
    for place, each in enumerate(definitions):
        paths.append(folder / f"{abs(hash(each))}-{place}.json")
        paths[-1].write_bytes(each)
    return Validator(load_definitions(*paths))


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("definitions")


def judged_by(stated: Sequence[dict[str, Any]], folder: Path) -> Validator:
    return validator(*written(stated), folder=folder)


def written(stated: Sequence[dict[str, Any]]) -> tuple[bytes, ...]:
    return tuple(ENCODER.encode(definition(each)) for each in stated)


@pytest.mark.parametrize("case", cases(), ids=str)
def test_a_case_finds_what_its_table_says(case: Case, folder: Path) -> None:
    assert case.found(judged_by(case.definitions, folder)) == sorted(case.stated["issues"])


@pytest.mark.parametrize("rule", list(tables()), ids=lambda rule: rule["rule"])
def test_each_rule_has_a_case_that_passes_and_one_that_breaks_it(rule: dict[str, Any]) -> None:
    broken = [any(line.endswith(f" {rule['rule']}") for line in case["issues"]) for case in rule["cases"]]
    assert set(broken) == {True, False}
