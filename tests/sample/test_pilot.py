"""The published pilot: its counts, recomputed from the synthetic table by the real scoring."""

import csv
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pytest

from adapter.crf import package
from adapter.crf.derive import compute
from adapter.crf.record import parser
from adapter.crf.strict_yaml import load
from adapter.sample import make_crf

STUDY = Path(__file__).parents[2] / "mappings" / "il2_csu"
PILOT = STUDY / "pilot"
FORMS = ("subject", "diary", "visit")


@pytest.fixture(scope="module")
def study():
    return package.load(STUDY)


@pytest.fixture(scope="module")
def patients(study):
    """Subject -> form -> records, read as any CRF file is."""
    found = {}
    for form in FORMS:
        read = parser(study, form)
        with (PILOT / f"{form}.csv").open(encoding="utf-8", newline="") as file:
            for cells in csv.DictReader(file):
                record, issues = read.parse_cells(cells)
                assert issues == []
                found.setdefault(record["subject"], {name: [] for name in FORMS})[form].append(record)
    return found


@pytest.fixture(scope="module")
def scores(study, patients):
    """Visit -> subject -> the UAS7 record of the seven days before it."""
    found = {}
    for subject, records in patients.items():
        by_end = {score["end"]: score for score in compute(study, "uas7", records)}
        for visit in records["visit"]:
            end = date.fromisoformat(visit["date"]) - timedelta(days=1)
            found.setdefault(visit["visit"], {})[subject] = by_end[end.isoformat()]
    return found


def test_there_are_fifteen_patients_and_each_is_labelled_synthetic(patients):
    assert len(patients) == 15
    assert all("SYNTHETIC" in records["subject"][0]["consent_version"] for records in patients.values())


def test_at_baseline_six_are_severe_and_five_moderate(scores):
    assert all("baseline" in score["window"] for score in scores["W0"].values())
    bands = Counter(score["band"] for score in scores["W0"].values())
    assert (bands["severe"], bands["moderate"], bands.total()) == (6, 5, 15)


def test_at_week_12_none_is_severe_and_three_are_moderate(scores):
    bands = Counter(score["band"] for score in scores["W12"].values())
    assert (bands["severe"], bands["moderate"], bands.total()) == (0, 3, 15)


@pytest.mark.parametrize(("visit", "complete", "percent"), [("W2", 7, "46.7"), ("W12", 11, "73.3")])
def test_complete_response_is_as_published(scores, visit, complete, percent):
    responses = [score["complete_response"] for score in scores[visit].values()]
    assert (responses.count(True), len(responses)) == (complete, 15)
    assert f"{100 * complete / 15:.1f}" == percent


def test_three_did_not_respond_and_none_of_them_is_a_complete_responder(scores):
    without = load(PILOT / "input.yaml")["non_response"]
    assert len(without) == 3
    assert not any(scores[visit][subject]["complete_response"] for subject in without for visit in ("W2", "W12"))


def test_the_table_is_what_its_sample_file_makes(study, tmp_path):
    make_crf(study, PILOT / "sample.yaml", tmp_path, 15)
    for form in FORMS:
        assert (tmp_path / f"{form}.csv").read_bytes() == (PILOT / f"{form}.csv").read_bytes()
