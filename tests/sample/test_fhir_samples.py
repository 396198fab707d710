"""The samples in fhir_samples: each is read, and what hospitals send is what the CRF files hold."""

import csv
import io
from datetime import UTC, datetime
from pathlib import Path

import pytest

from adapter.crf.check import checker
from adapter.crf.record import parser
from adapter.fhir import json
from adapter.mapping.study import load_study

from .test_pilot import STUDY

SAMPLES = Path(__file__).parents[2] / "fhir_samples"
EHR = sorted((SAMPLES / "ehr").glob("*.json"))
SITE_01 = sorted((SAMPLES / "site01").glob("*.csv"))


def table(study, file, encoding="utf-8", site=None):
    """The records of a CSV file by their keys; none may be refused."""
    form = study.definition.forms[file.stem]
    read, check, found = parser(study.definition, form, site), checker(form, study.definition.zone), {}
    for cells in csv.DictReader(io.StringIO(file.read_bytes().decode(encoding))):
        record, issues = read.parse_cells(cells)
        assert [str(issue) for issue in [*issues, *check(record, datetime.now(UTC))] if issue.refuses] == []
        found[tuple(record[item.id] for item in form.keys)] = record
    return found


@pytest.fixture(scope="module")
def study():
    return load_study(STUDY)


@pytest.fixture(scope="module")
def crf(study):
    """Form -> key -> record of the CRF files."""
    return {file.stem: table(study, file) for file in (SAMPLES / "crf").glob("*.csv")}


def test_every_form_has_a_file_with_records(study, crf):
    assert set(crf) == set(study.definition.forms)
    assert all(crf.values())


def test_there_is_something_from_an_ehr_and_from_a_site():
    assert len(EHR) >= 8
    assert len(SITE_01) >= 3


@pytest.mark.parametrize("file", EHR, ids=lambda file: file.stem)
def test_what_an_ehr_pushes_is_a_record_of_the_crf_files(crf, file):
    site = file.stem.partition("-site")[2] or None
    study = load_study(STUDY, site)
    sent = json.parse(file.read_bytes())
    resources = [entry["resource"] for entry in sent["entry"]] if sent["resourceType"] == "Bundle" else [sent]
    result = study.to_crf(resources)
    assert [str(issue) for issue in result.issues if issue.refuses] == []
    assert len(result.records) == 1
    for form, record in result.records:
        key = tuple(record[item.id] for item in study.definition.forms[form].keys)
        assert record.items() <= crf[form][key].items()
        assert len(record) > len(key) + 2


@pytest.mark.parametrize("file", SITE_01, ids=lambda file: file.stem)
def test_what_a_site_exports_in_its_own_words_is_in_the_crf_files(study, crf, file):
    records = table(study, file, "gb18030", "01")
    assert records
    for key, record in records.items():
        assert record == crf[file.stem][key]


def test_a_site_writes_no_utf_8_and_no_item_ids():
    for file in SITE_01:
        with pytest.raises(UnicodeDecodeError):
            file.read_bytes().decode("utf-8")
        assert "受试者编号" in file.read_bytes().decode("gb18030")


def test_nobody_is_named(study):
    for file in EHR:
        text = file.read_text(encoding="utf-8")
        assert not any(f'"{key}"' in text for key in ("family", "given", "telecom", "birthPlace"))


def test_the_readme_names_every_file():
    readme = (SAMPLES / "README.md").read_text(encoding="utf-8")
    assert all(f"`{file.name}`" in readme for file in EHR)
