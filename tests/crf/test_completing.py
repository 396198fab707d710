from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from adapter.crf.completing import complete, completes
from adapter.crf.package import load, read
from adapter.crf.study import Study
from tests.api.trial import INJECTION, STUDY
from tests.crf.test_query_coherence import FORM
from tests.crf.test_query_coherence import STUDY as FACTS

FIRST = INJECTION


@pytest.fixture(scope="module")
def study() -> Study:
    return load(STUDY)


def completed(study: Study, date: str, *held: dict[str, Any], **given: Any) -> tuple[list[tuple[Any, Any]], bool]:
    record = {"subject": "01-001", "time": f"{date}T08:00:00+08:00", **given}
    found = complete(study, study.forms["injection"], record, {"injection": list(held)})
    return [(keys["cycle"], keys["day"]) for keys in found.candidates], found.certain


@pytest.mark.parametrize(
    ("date", "keys"),
    [("2025-04-02", (1, 2)), ("2025-04-07", (1, 7)), ("2025-04-29", (2, 1)), ("2025-06-02", (3, 7))],
)
def test_a_planned_day_settles_cycle_and_day(study: Study, date: str, keys: tuple[int, int]) -> None:
    assert completed(study, date, FIRST) == ([keys], True)


def test_a_shifted_cycle_settles_by_its_shift(study: Study) -> None:
    shifted = INJECTION | {"cycle": 2, "time": "2025-05-01T08:00:00+08:00"}
    assert completed(study, "2025-05-03", FIRST, shifted) == ([(2, 3)], True)
    assert completed(study, "2025-04-30", FIRST, shifted)[1] is False


@pytest.mark.parametrize("date", ["2025-04-08", "2025-03-31", "2025-07-01"])
def test_a_day_that_is_not_planned_has_candidates_and_is_not_certain(study: Study, date: str) -> None:
    candidates, certain = completed(study, date, FIRST)
    assert (len(candidates), certain) == (3, False)


def test_an_occasion_that_says_another_time_is_not_certain(study: Study) -> None:
    assert completed(study, "2025-04-01", FIRST) == ([(1, 1)], True)
    assert completed(study, "2025-04-01", FIRST | {"time": "2025-04-01T20:00:00+08:00"}) == ([(1, 1)], False)


def test_nothing_is_certain_while_day_0_is_not_known(study: Study) -> None:
    assert completed(study, "2025-04-01") == ([], False)


def test_a_key_that_is_given_holds(study: Study) -> None:
    assert completed(study, "2025-04-30", FIRST, cycle=2) == ([(2, 2)], True)
    assert completed(study, "2025-04-30", FIRST, cycle=1)[1] is False


def test_a_form_without_the_rule_is_never_completed(study: Study) -> None:
    assert (completes(study, "injection"), completes(study, "visit")) == ("time", None)


@pytest.mark.parametrize(
    ("rule", "why"),
    [
        ("{visit: {from: date}}", None),
        ("{visit: {from: date, together: visit}}", None),
        ("{none: {from: date}}", "unknown form none"),
        ("{visit: {from: dose}}", "no open date dose"),
        ("{visit: {at: date}}", "completed by"),
        ("{visit: {from: date, together: dose}}", "together names"),
        ("[visit]", "a mapping"),
    ],
)
def test_what_completing_names_must_be_there(tmp_path: Path, rule: str, why: str | None) -> None:
    (tmp_path / "study.yaml").write_text(f"{FACTS}completing: {rule}\n")
    (tmp_path / "forms").mkdir()
    (tmp_path / "forms" / "visit.yaml").write_text(FORM.replace("CHECK", "known: [date]"))
    found = [fault.why for fault in read(tmp_path)[1]]
    assert (found == []) if why is None else (why in found[0])
