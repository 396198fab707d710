from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from adapter.crf.check import checker, judged
from adapter.crf.package import load
from adapter.crf.record import Absent
from adapter.crf.study import Study
from adapter.outcome import Issue
from tests.crf import studies

EVENT = """\
form: event
items:
  subject: subject key
  onset: datetime
  end: date
  serious: boolean
  grade: code grade
  criteria: text many
  reason: text
  note: text
  youngest: integer
  oldest: integer
  number: token
  site: token
  drugs: group many
  drugs.start: date
  drugs.end: date
checks:
  end-before-onset: {not_before: [end, onset], label: {en: The end lies before the onset.}}
  future: {not_future: [onset, end]}
  criteria: {only_with: {items: [criteria], when: {serious: true}}}
  strictly: {only_with: {items: [note], when: {serious: true}, strict: true}}
  known: {known: [onset]}
  ages: {not_less: [oldest, youngest]}
  other-site: {begins_with: [number, site], label: Of another site.}
  reason: {needs: {items: [reason], when: {grade: [4, 5], serious: true}}}
  drug-dates: {not_before: [drugs.end, drugs.start], label: Wrong way round.}
"""
NOW = datetime(2025, 6, 10, 20, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    codelists = "grade: {1: , 2: , 3: , 4: , 5: }\n"
    folder = studies.write(tmp_path_factory.mktemp("study"), forms__event=EVENT, forms="", codelists=codelists)
    (folder / "forms.yaml").unlink()
    return load(folder)


def broken(study: Study, zone: str | None = "+08:00", **record: Any) -> list[Issue]:
    return checker(study.forms["event"], zone)(record, NOW)


@pytest.mark.parametrize(
    ("end", "onset", "fails"),
    [
        ("2025-05-01", "2025-05-02", True),
        ("2025-05-02", "2025-05-02", False),
        ("2025-05", "2025-05-02", False),
        ("2025-04", "2025-05-02", True),
        ("2024", "2025-05", True),
        ("2025", "2025-05", False),
        ("2025-05-02", "2025-05-02T23:00:00+08:00", False),
        ("2025-05-02", "2025-05-02T16:30:00Z", True),
    ],
)
def test_partial_dates_are_compared_as_far_as_both_go(study: Study, end: str, onset: str, fails: bool) -> None:
    assert bool(broken(study, end=end, onset=onset)) is fails


def test_a_broken_check_names_its_items_its_values_and_its_label(study: Study) -> None:
    (issue,) = broken(study, end="2025-05-01", onset="2025-05-02")
    assert (issue.code, issue.key, issue.item, issue.form) == (
        "business-rule",
        "end-before-onset",
        "end",
        "event",
    )
    assert issue.diagnostics.startswith("The end lies before the onset. Found: end 2025-05-01, onset 2025-05-02.")


def test_today_is_the_day_in_the_zone_of_the_study(study: Study) -> None:
    assert broken(study, end="2025-06-11") == []
    assert [issue.item for issue in broken(study, end="2025-06-12")] == ["end"]
    assert [issue.item for issue in broken(study, zone=None, end="2025-06-11")] == ["end"]
    assert broken(study, end="2025") == []
    assert [issue.item for issue in broken(study, end="2025-07")] == ["end"]


def test_a_time_is_in_the_future_to_the_second(study: Study) -> None:
    assert broken(study, onset="2025-06-11T04:00:00+08:00") == []
    assert [issue.key for issue in broken(study, onset="2025-06-11T04:00:01+08:00")] == ["future"]


def test_an_answer_stands_only_with_another(study: Study) -> None:
    assert broken(study, criteria=["x"], serious=True, reason="r") == []
    assert [issue.key for issue in broken(study, criteria=["x"], serious=False)] == ["criteria"]
    assert [issue.key for issue in broken(study, criteria=["x"])] == ["criteria"]
    assert broken(study, criteria=["x"], serious=Absent("asked-unknown")) == []
    assert broken(study, criteria=Absent("not-asked"), serious=False) == []


def test_where_a_check_is_strict_a_reason_is_an_answer_and_fulfils_no_condition(study: Study) -> None:
    assert broken(study, note="x", serious=True, reason="r") == []
    assert [issue.key for issue in broken(study, note="x", serious=Absent("asked-unknown"))] == ["strictly"]
    assert [issue.key for issue in broken(study, note=Absent("not-asked"), serious=False)] == ["strictly"]
    assert broken(study, note=Absent("not-asked"), serious=True) == []


def test_no_reason_stands_in_the_place_of_what_is_known_but_silence_may(study: Study) -> None:
    assert broken(study) == broken(study, onset="2025") == []
    (issue,) = broken(study, onset=Absent("asked-unknown"))
    assert (issue.key, issue.item) == ("known", "onset")
    assert issue.diagnostics.endswith("Answer onset: no reason can stand in its place.")


def test_a_number_is_not_less_than_another(study: Study) -> None:
    assert [issue.key for issue in broken(study, oldest=17, youngest=18)] == ["ages"]
    assert broken(study, oldest=18, youngest=18) == broken(study, oldest=0) == []
    assert broken(study, oldest=17, youngest=Absent("asked-unknown")) == []


def test_an_answer_is_needed_when_all_conditions_hold_and_a_reason_is_one(study: Study) -> None:
    assert [issue.item for issue in broken(study, grade="4", serious=True)] == ["reason"]
    assert broken(study, grade="3", serious=True) == []
    assert broken(study, grade="4") == []
    assert broken(study, grade="5", serious=True, reason=Absent("asked-unknown")) == []


def test_every_entry_of_a_group_is_checked(study: Study) -> None:
    good, bad = {"start": "2025-01-01", "end": "2025-01-02"}, {"start": "2025-01-02", "end": "2025-01-01"}
    assert broken(study, drugs=[good, good]) == []
    (issue,) = broken(study, drugs=[good, bad])
    assert (issue.item, issue.key) == ("drugs.end", "drug-dates")


def test_all_broken_checks_come_at_once(study: Study) -> None:
    keys = {issue.key for issue in broken(study, end="2030-01-01", onset="2031-01-01", criteria=["x"])}
    assert keys == {"end-before-onset", "future", "criteria"}


@pytest.mark.parametrize(
    ("told", "is_judged"), [({"criteria", "serious"}, True), ({"criteria"}, False), (set(), False)]
)
def test_silence_on_an_item_that_nobody_could_tell_breaks_no_check(
    study: Study, told: set[str], is_judged: bool
) -> None:
    form, record = study.forms["event"], {"subject": "01", "criteria": ["death"]}
    (issue,) = checker(form)(record, NOW)
    assert judged(form, issue, record, frozenset(told)) is is_judged


def test_an_answer_is_judged_wherever_it_came_from(study: Study) -> None:
    form, record = study.forms["event"], {"subject": "01", "drugs": [{"start": "2025-06-02", "end": "2025-06-01"}]}
    (issue,) = checker(form)(record, NOW)
    assert judged(form, issue, record, frozenset())


@pytest.mark.parametrize(
    ("given", "fails"),
    [
        ({"number": "01-016", "site": "01"}, False),
        ({"number": "01-016", "site": "02"}, True),
        ({"number": "0", "site": "01"}, True),
        ({"number": "01-016"}, False),
        ({"number": "01-016", "site": Absent("unknown")}, False),
    ],
)
def test_a_text_begins_with_another_as_far_as_both_are_answered(study: Study, given: Any, fails: bool) -> None:
    assert [issue.key for issue in broken(study, **given)] == (["other-site"] if fails else [])
