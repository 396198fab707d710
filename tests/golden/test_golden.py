"""What a person can read stays as it was read: records, their resources, plans, and the coverage in the docs."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.golden import regenerate
from tests.studies import study


@pytest.mark.parametrize("form", study("il2_csu").forms)
def test_a_golden_is_what_is_made_today(form: str) -> None:
    for path, text in regenerate.made(study("il2_csu"), form):
        assert path.read_text(encoding="utf-8") == text, f"{path.name} of {form}: look at it, then `make golden`"


@pytest.mark.parametrize("form", study("il2_csu").forms)
def test_a_golden_record_answers_every_item_that_is_not_computed(form: str) -> None:
    items = study("il2_csu").plan(form).form.items.values()
    found = regenerate.record(study("il2_csu"), form)
    answered = {*found, *(f"{group}.{member}" for group in found for member in _members(found[group]))}
    assert {item.id for item in items if not item.derived and item.id not in answered} <= NOT_TOGETHER.get(form, set())


NOT_TOGETHER = {"injection": {"reason_not_given"}}
"""Items that no record answers beside the others."""


def _members(answer: object) -> set[str]:
    entries = answer if isinstance(answer, list) else []
    return {member for entry in entries if isinstance(entry, dict) for member in entry}


def test_every_form_has_goldens_and_no_golden_is_left_over() -> None:
    folders = {folder.name for folder in Path(regenerate.HERE).iterdir() if (folder / "record.json").exists()}
    assert folders == set(study("il2_csu").forms)


def test_the_coverage_in_the_docs_is_current() -> None:
    path, text = list(regenerate.everything())[-1]
    assert path.read_text(encoding="utf-8") == text, "docs/coverage.md is old: `make golden`"
