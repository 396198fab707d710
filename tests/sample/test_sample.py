"""The sample of the trial: valid, synthetic, deterministic, its FHIR files read back as its CRF files."""

import csv
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from adapter.crf import package
from adapter.crf.check import checker
from adapter.crf.record import Absent, parser
from adapter.errors import UsageError
from adapter.fhir import json
from adapter.mapping.study import load_study
from adapter.sample import make, plan_of
from adapter.sample.cast import Cast

from .test_pilot import STUDY

UNREAD = {"uas7"}
"""Forms that are computed from others: no EHR pushes them."""


@pytest.fixture(scope="module")
def study():
    return load_study(STUDY)


@pytest.fixture(scope="module")
def folder(study, tmp_path_factory):
    made = tmp_path_factory.mktemp("sample")
    make(study, made, subjects=4, seed=1)
    return made


@pytest.fixture(scope="module")
def trial():
    """All 124 subjects' records, by form."""
    definition = package.load(STUDY)
    cast = Cast(definition, plan_of(definition), 1)
    found = {}
    for participant in cast.participants(124):
        for form, records in cast.records(participant).items():
            found.setdefault(form, []).extend(records)
    return found


def rows(study, folder, form):
    read = parser(study.definition, form)
    with (folder / "crf" / f"{form}.csv").open(encoding="utf-8", newline="") as file:
        for cells in csv.DictReader(file):
            record, issues = read.parse_cells(cells)
            assert [str(issue) for issue in issues if issue.refuses] == []
            yield record


def test_the_fhir_files_read_back_are_the_crf_files(study, folder):
    lines = [line for file in sorted((folder / "fhir").iterdir()) for line in file.read_bytes().splitlines()]
    result = study.to_crf([json.parse(line) for line in lines])
    assert [str(issue) for issue in result.issues if issue.refuses] == []
    for form in {file.stem for file in (folder / "crf").iterdir()} - UNREAD:
        back = [record for name, record in result.records if name == form]
        assert sorted(map(repr, back)) == sorted(map(repr, rows(study, folder, form)))


def test_some_resources_are_as_an_ehr_writes_them(folder):
    lines = b"".join(file.read_bytes() for file in (folder / "fhir").iterdir())
    for trace in (
        b"effectivePeriod",
        b"STUDY-IL2-OR-PLACEBO",
        b"order-number",
        b'"note"',
        b"<div",
        b'"source"',
    ):
        assert trace in lines


def test_the_same_seed_makes_the_same_bytes(study, folder, tmp_path):
    make(study, tmp_path, subjects=4, seed=1)
    made = sorted(tmp_path.rglob("*.*"))
    assert len(made) == len(sorted(folder.rglob("*.*"))) > 8
    assert all(file.read_bytes() == (folder / file.relative_to(tmp_path)).read_bytes() for file in made)


def test_progress_is_told_after_each_subject(study, tmp_path):
    told = []
    counts = make(study, tmp_path, subjects=2, seed=2, progress=lambda done, total: told.append((done, total)))
    assert told == [(1, 2), (2, 2)]
    assert counts.subjects == counts.records["subject"] == 2


def test_no_subjects_are_refused_and_nothing_is_written(study, tmp_path):
    with pytest.raises(UsageError, match="at least one"):
        make(study, tmp_path / "none", subjects=0)
    assert not (tmp_path / "none").exists()


def test_another_sample_in_the_folder_is_refused_and_left_alone(study, tmp_path):
    (tmp_path / "fhir").mkdir()
    (tmp_path / "fhir" / "Device.ndjson").write_text("{}")
    with pytest.raises(UsageError, match=r"Device\.ndjson"):
        make(study, tmp_path, subjects=1)
    assert [file.name for file in tmp_path.rglob("*.*")] == ["Device.ndjson"]


def test_every_record_passes_the_edit_checks_and_none_lies_behind_the_cut(study, trial):
    for form, records in trial.items():
        check = checker(study.definition.forms[form], study.definition.zone)
        cut = datetime(2026, 6, 1, tzinfo=UTC)
        assert [str(issue) for record in records for issue in check(record, cut)] == []


def test_the_trial_has_its_size_its_sites_and_its_weeks(trial):
    assert len(trial["subject"]) == 124
    assert len({record["site"] for record in trial["subject"]}) == 10
    assert len({record["subject"] for record in trial["subject"]}) == 124
    assert min(record["consent_date"] for record in trial["subject"]) >= "2025-03-19"
    assert {"SCR", "W0", "W2", "W4", "W8", "W12", "W24"} <= {record["visit"] for record in trial["visit"]}
    assert len(trial["diary"]) > 15_000


def test_subjects_fail_withdraw_complete_and_are_under_way(trial):
    statuses = Counter(record["status"] for record in trial["subject"])
    assert all(
        statuses[status] >= 4 for status in ("screen-failure", "withdrawn", "completed", "follow-up", "on-treatment")
    )
    assert all(("withdrawal_reason" in record) == (record["status"] == "withdrawn") for record in trial["subject"])


def test_who_was_randomized_was_eligible_and_a_screen_failure_was_not(trial):
    eligible = {record["subject"]: record["eligible"] for record in trial["eligibility"]}
    for record in trial["subject"]:
        assert eligible[record["subject"]] is ("randomized" in record)
    treated = {record["subject"] for record in trial["injection"]}
    assert treated == {record["subject"] for record in trial["subject"] if "randomized" in record}


def test_eligibility_states_the_score_of_the_diary(trial):
    baseline = {score["subject"]: score["score"] for score in trial["uas7"] if "baseline" in score["window"]}
    stated = {record["subject"]: record["uas7"] for record in trial["eligibility"]}
    assert len(baseline) > 100
    assert all(stated[subject] == score for subject, score in baseline.items())


def test_what_goes_wrong_in_a_trial_goes_wrong_here(trial):
    outcomes = Counter(record["outcome"] for record in trial["injection"])
    assert outcomes["given"] > 2000 > outcomes["not-given"] > outcomes["partly-given"] > 5
    attendance = Counter(record["attendance"] for record in trial["visit"])
    assert min(attendance["missed"], attendance["remote"]) > 5
    assert sum(record["visit"].startswith("UNS") for record in trial["visit"]) > 5
    assert sum(record["entered"][:10] > record["date"] for record in trial["diary"] if "entered" in record) > 100
    assert sum(record["tablets"] > 4 for record in trial["diary"]) > 5
    assert sum(record["serious"] for record in trial["adverse_event"]) > 2
    assert any(isinstance(value, Absent) for record in trial["visit"] for value in record.values())


def test_adverse_events_are_of_the_known_kinds_and_most_are_local(trial):
    events = Counter(record["verbatim"] for record in trial["adverse_event"])
    local = sum(
        count for verbatim, count in events.items() if "njection site" in verbatim or "where injected" in verbatim
    )
    assert local > 0.25 * events.total()
    assert {"Fatigue", "Headache"} <= set(events)


def test_decimals_keep_their_digits(trial):
    volumes = Counter(str(record["volume"]) for record in trial["injection"] if "volume" in record)
    assert volumes["1.0"] > 2000
    assert all(len(str(record["crp"]).partition(".")[2]) == 2 for record in trial["visit"] if "crp" in record)


def correlation(pairs):
    first, second = zip(*pairs, strict=True)
    means = sum(first) / len(first), sum(second) / len(second)
    spread = [sum((value - mean) ** 2 for value in values) for values, mean in zip((first, second), means, strict=True)]
    return sum((x - means[0]) * (y - means[1]) for x, y in pairs) / (spread[0] * spread[1]) ** 0.5


@pytest.mark.parametrize("item", ["eosinophils", "regulatory_t"])
def test_what_could_reveal_an_arm_does_not_go_with_the_response(trial, item):
    scores = {(score["subject"], score["end"]): score["score"] for score in trial["uas7"]}
    late = {subject: score for (subject, _), score in sorted(scores.items())}
    pairs = [
        (float(record[item]), late[record["subject"]])
        for record in trial["visit"]
        if item in record and record["visit"] == "W12" and record["subject"] in late
    ]
    assert len(pairs) > 60
    assert abs(correlation(pairs)) < 0.25


def test_a_kit_is_used_once(trial):
    kits = Counter(record["kit"] for record in trial["injection"] if "kit" in record)
    assert sum(count > 1 for count in kits.values()) <= 5


def test_there_is_no_arm_in_any_file(folder):
    text = "".join(Path(file).read_text(encoding="utf-8").lower() for file in folder.rglob("*.*"))
    assert "placebo group" not in text
    assert "interleukin" not in text
    assert 'assignedarm":"' not in text
