"""Each check of the validator is missed by some case of the tables when it finds nothing."""

from __future__ import annotations

import pytest

from tests.validation.mutation import killer, modules, mutants, silenced

PROTOCOLS = {"scope"}
"""Modules that only say what others do."""

JUDGED_ELSEWHERE = ("questionnaire",)
"""Packages whose cases are tables of their own: tests/validation/questionnaire."""

TOLD_ELSEWHERE = {"_given_up finds nothing"}
"""What no table has room for: test_bounds_of_work.py."""

MODULES = [name for name in modules() if not name.startswith(JUDGED_ELSEWHERE) and name not in PROTOCOLS]


@pytest.mark.parametrize("module", [name for name in MODULES if list(silenced(name))])
def test_a_check_that_finds_nothing_is_missed(module: str) -> None:
    asked = [mutant for mutant in silenced(module) if mutant.says not in TOLD_ELSEWHERE]
    assert [str(mutant) for mutant in asked if killer(mutant) is None] == []


@pytest.mark.parametrize("module", ["contained", "resolve"])
def test_a_comparison_that_is_turned_round_is_told(module: str) -> None:
    assert [str(mutant) for mutant in mutants(module) if killer(mutant) is None] == []


def test_what_is_as_it_was_is_not_told() -> None:
    sound = next(mutants("resolve"))
    with open(sound.code.co_filename, encoding="utf-8") as source:
        same = type(sound)("resolve", 0, "the same", compile(source.read(), sound.code.co_filename, "exec"))
    assert killer(same) is None


def test_the_validator_is_as_it_was_behind_a_mutant() -> None:
    from adapter.validation import validator

    killer(next(mutants("resolve")))
    from adapter.validation import validator as again

    assert again is validator
