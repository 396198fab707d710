from collections import Counter

import pytest

from adapter.errors import CrfhirError
from adapter.files.atomic import Staged
from adapter.sample.writer import Counts, Writer


def test_records_and_resources_stand_in_files_of_their_form_and_type(tiny, tmp_path):
    with Staged() as staged:
        writer = Writer(tiny, staged, tmp_path / "crf", tmp_path / "fhir")
        writer.open_form("pain")
        writer.record("pain", {"who": "A001", "week": 1, "worse": 0})
        writer.resources_of([("Patient", b"{}"), ("Patient", b"{}")])
        staged.commit()
    assert (tmp_path / "crf/pain.csv").read_text() == "who,week,day,worse,better,both\nA001,1,,0,,\n"
    assert (tmp_path / "fhir/Patient.ndjson").read_text() == "{}\n{}\n"
    assert (writer.counts.records["pain"], writer.counts.resources["Patient"]) == (1, 2)


def test_a_form_without_records_has_its_header(tiny, tmp_path):
    with Staged() as staged:
        Writer(tiny, staged, tmp_path, tmp_path).open_form("person")
        staged.commit()
    assert (tmp_path / "person.csv").read_text() == "who,centre,born,hands.side,hands.grip\n"


def test_a_record_that_the_study_refuses_stops_the_sample(tiny, tmp_path):
    with Staged() as staged:
        writer = Writer(tiny, staged, tmp_path, tmp_path)
        writer.open_form("pain")
        with pytest.raises(CrfhirError, match="worse"):
            writer.record("pain", {"who": "A001", "week": 1, "worse": 11})
    assert list(tmp_path.iterdir()) == [tmp_path / "tiny"]


def test_the_counts_are_told_in_a_line():
    counts = Counts(2, Counter(pain=1500, fall=1), Counter(Patient=2), 1)
    assert str(counts) == "2 subjects, 1,501 records of 2 forms, 2 resources of 1 types (1 as an EHR words them)"
