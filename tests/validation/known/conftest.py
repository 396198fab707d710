from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import pytest

from adapter.fhir.conformance import load_definitions
from adapter.validation.known import rules_of
from adapter.validation.scope import Scope
from adapter.validation.validator import Validator

Found = Callable[..., list[tuple[str, str]]]
"""Key and path of what the rules of a type find."""


@cache
def validator() -> Validator:
    return Validator(load_definitions())


@pytest.fixture
def found() -> Found:
    def run(type_name: str, value: dict[str, Any]) -> list[tuple[str, str]]:
        scope = Scope(validator(), value, value)
        return [(each.key, each.path) for rule in rules_of(type_name) for each in rule(value, scope) or ()]

    return run
