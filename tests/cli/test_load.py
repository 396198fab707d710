from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from adapter.api.config import Config
from adapter.cli.load import load_files
from adapter.cli.opened import opened
from adapter.errors import CrfhirError, UsageError
from adapter.fhir.json import encode
from adapter.intake.deciding import Name, link
from adapter.intake.once import receipt_of
from adapter.intake.receipt import NAMED
from adapter.mapping.study import load_study
from adapter.store import quarantine, record_history
from adapter.store.quarantine import Kept
from adapter.store.sight import BLIND
from adapter.store.store import Store, open_store
from tests.api.trial import INJECTION, STUDY

SUBJECTS = "subject,site,status,randomized\n01-001,01,on-treatment,2025-04-01\n"
HEADER = "subject,date,wheals,itch,tablets,angioedema\n"


def injection_resource() -> Any:
    return load_study(STUDY).to_fhir("injection", INJECTION)[0]


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return Config(study=str(STUDY), database=f"sqlite:///{tmp_path / 'new' / 'crfhir.db'}")


def diaries(config: Config) -> int:
    store: Store = open_store(config.database, "+08:00")
    try:
        return store.counts(BLIND)[0].get("diary", 0)
    finally:
        store.close()


def test_the_same_files_again_change_nothing(
    config: Config, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "diary.csv"
    file.write_text(HEADER + "01-001,2025-04-01,1,2,0,false\n")
    load_files(config, [str(file)])
    assert "1 records stored" in capsys.readouterr().err
    load_files(config, [str(file)])
    assert "already" in capsys.readouterr().err
    assert diaries(config) == 1


def test_files_that_were_overtaken_are_loaded_again(config: Config, tmp_path: Path) -> None:
    first, second = tmp_path / "1" / "diary.csv", tmp_path / "2" / "diary.csv"
    for file, wheals in ((first, 1), (second, 3)):
        file.parent.mkdir()
        file.write_text(HEADER + f"01-001,2025-04-01,{wheals},2,0,false\n")
    for file in (first, second, first):
        load_files(config, [str(file)])
    store: Store = open_store(config.database, "+08:00")
    try:
        found = store.read_record(BLIND, "diary", "01-001-2025-04-01")
    finally:
        store.close()
    assert found is not None
    assert (found.version, '"wheals":1' in found.content) == (3, True)


def test_a_key_that_stands_twice_in_a_file_is_kept_in_quarantine(config: Config, tmp_path: Path) -> None:
    (tmp_path / "diary.csv").write_text(HEADER + "01-001,2025-04-01,1,2,0,false\n01-001,2025-04-01,3,2,0,false\n")
    with pytest.raises(CrfhirError, match="1 of what was refused waits"):
        load_files(config, [str(tmp_path / "diary.csv")])
    (kept,) = quarantined(config)
    assert (kept.form, kept.content[0]["wheals"], diaries(config)) == ("diary", 3, 1)


def test_resources_of_a_record_that_contradict_each_other_wait_together(config: Config, tmp_path: Path) -> None:
    study = load_study(STUDY)
    one = study.to_fhir("injection", INJECTION)[0]
    other = study.to_fhir("injection", INJECTION | {"volume": 0.5}, view="form")[0]
    (tmp_path / "a.ndjson").write_bytes(encode(one) + b"\n" + encode(other) + b"\n")
    with pytest.raises(CrfhirError, match="1 of what was refused waits"):
        load_files(config, [str(tmp_path / "a.ndjson")])
    (kept,) = quarantined(config)
    assert [each["resource"]["resourceType"] for each in kept.content] == [one["resourceType"], other["resourceType"]]


def test_a_resource_that_what_is_stored_refuses_is_kept_as_it_came(config: Config, tmp_path: Path) -> None:
    study = load_study(STUDY)
    late = INJECTION | {"time": "2199-01-01T00:00:00+08:00"}
    (tmp_path / "a.ndjson").write_bytes(encode(study.to_fhir("injection", late)[0]) + b"\n")
    with pytest.raises(CrfhirError, match="1 of what was refused waits"):
        load_files(config, [str(tmp_path / "a.ndjson")])
    (kept,) = quarantined(config)
    assert (kept.form, kept.content[0]["resource"]["resourceType"]) == (None, "MedicationAdministration")


def test_with_a_key_no_plain_digest_of_files_is_kept(
    config: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "diary.csv"
    file.write_text(HEADER + "01-001,2025-04-01,1,2,0,false\n")
    load_files(config, [str(file)])
    monkeypatch.setenv("CRFHIR_KEY", "a key of the tests")
    for said in ("1 records stored", "already"):
        load_files(config, [str(file)])
        assert said in capsys.readouterr().err


def test_what_a_loaded_item_came_from_is_told_without_the_names_of_files(config: Config, tmp_path: Path) -> None:
    folder = tmp_path / "Zhangsan-MRN778899"
    folder.mkdir()
    (folder / "diary.csv").write_text(HEADER + "01-001,2025-04-01,1,2,0,false\n")
    (folder / "injection.ndjson").write_bytes(encode(injection_resource()) + b"\n")
    load_files(config, [str(folder)])
    store = open_store(config.database, "+08:00")
    with store.engines.reading() as connection:
        found = [
            one["pointer"]
            for form, key in (("diary", "01-001-2025-04-01"), ("injection", "01-001-c1d1"))
            for told in record_history.pointers_of(connection, BLIND, form, key).values()
            for one in told
        ]
    store.close()
    assert found == ["file 1, line 2", "file 2, line 1"]


def test_bad_rows_are_listed_and_good_ones_stored(
    config: Config, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "diary.csv"
    file.write_text(HEADER + "01-001,2025-04-01,1,2,0,false\n01-001,2025/4/2,9,2,0,false\n01-001\n")
    with pytest.raises(CrfhirError, match="what has an issue was not stored"):
        load_files(config, [str(file)])
    told = capsys.readouterr().err
    assert "line 3" in told
    assert "line 4" in told
    assert diaries(config) == 1


def test_files_with_issues_are_read_again(config: Config, tmp_path: Path) -> None:
    (tmp_path / "diary.csv").write_text(HEADER + "01-001,2025-04-01,9,2,0,false\n")
    for _ in range(2):
        with pytest.raises(CrfhirError, match="1 issues"):
            load_files(config, [str(tmp_path / "diary.csv")])


def test_a_file_of_no_form_is_told_and_its_form_can_be_given(config: Config, tmp_path: Path) -> None:
    (tmp_path / "nothing.csv").write_text("a,b\n1,2\n")
    with pytest.raises(CrfhirError, match="1 issues"):
        load_files(config, [str(tmp_path / "nothing.csv")])
    (tmp_path / "nothing.csv").write_text(HEADER + "01-001,2025-04-01,1,2,0,false\n")
    load_files(config, [str(tmp_path / "nothing.csv")], form="diary")
    assert diaries(config) == 1


def test_a_column_that_nobody_knows_is_told_once_and_its_rows_are_not_stored(
    config: Config, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = "".join(f"01-001,2025-04-0{day},1,2,0,false\n" for day in (1, 2, 3))
    (tmp_path / "diary.csv").write_text(HEADER.replace("wheals", "whels") + lines)
    with pytest.raises(CrfhirError, match="1 issues"):
        load_files(config, [str(tmp_path / "diary.csv")])
    assert "did you mean wheals?" in capsys.readouterr().err
    assert diaries(config) == 0


def test_a_form_or_site_that_the_study_has_not_is_a_wrong_call(config: Config, tmp_path: Path) -> None:
    for wrong in ({"form": "diaries"}, {"site": "99"}):
        with pytest.raises(UsageError, match="The study il2_csu has no"):
            load_files(config, [str(tmp_path)], **wrong)


def test_a_computed_form_is_named_and_left_out(
    config: Config, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "uas7.csv").write_text("subject,end\n01-001,2025-04-01\n")
    load_files(config, [str(tmp_path / "uas7.csv")])
    assert "Computed here, not loaded" in capsys.readouterr().err


def quarantined(config: Config) -> list[Kept]:
    store: Store = open_store(config.database, "+08:00")
    try:
        with store.engines.reading() as connection:
            return quarantine.list_kept(connection, {}, 5000, None)[1]
    finally:
        store.close()


def test_whatever_is_refused_waits_in_quarantine(
    config: Config, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = "".join(f"01-001,2025-04-01,{9 + row},2,0,false\n" for row in range(NAMED + 5))
    (tmp_path / "diary.csv").write_text(HEADER + rows)
    with pytest.raises(CrfhirError, match=f"{NAMED + 5} of what was refused waits in quarantine"):
        load_files(config, [str(tmp_path / "diary.csv")])
    kept = quarantined(config)
    assert len(kept) == NAMED + 5
    store = open_store(config.database, "+08:00")
    try:
        receipt = receipt_of(store, "crfhir load", str(kept[0].submission))
    finally:
        store.close()
    assert receipt is not None
    assert (len(receipt.quarantined), receipt.outcomes["quarantined"]) == (NAMED, NAMED + 5)


def test_files_of_a_named_sender_are_its_own(config: Config, tmp_path: Path) -> None:
    (tmp_path / "diary.csv").write_text(HEADER + "01-001,2025-04-01,1,2,0,false\n02-001,2025-04-01,1,2,0,false\n")
    with pytest.raises(CrfhirError, match="1 issues"):
        load_files(config, [str(tmp_path / "diary.csv")], sender="01/epic")
    assert diaries(config) == 1
    (kept,) = quarantined(config)
    assert (kept.sender, kept.site, kept.form) == ("01/epic", "01", "diary")
    assert "site 01" in kept.issues[0]["diagnostics"]
    for name in ("", " ", "x" * 200, "a\nb", "1/epic"):
        with pytest.raises(UsageError, match="sender's name"):
            load_files(config, [str(tmp_path / "diary.csv")], sender=name)


def test_a_hospitals_patient_is_looked_up_in_its_sites_links(
    config: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CRFHIR_KEY", "k" * 40)
    (resource, *_) = load_study(STUDY).to_fhir("injection", INJECTION)
    sent = resource | {"subject": {"reference": "Patient/12345", "display": "Zhang San"}}
    (tmp_path / "one.json").write_bytes(encode(sent))
    with pytest.raises(CrfhirError, match="1 of what was refused waits"):
        load_files(config, [str(tmp_path / "one.json")], sender="01/epic")
    (kept,) = quarantined(config)
    assert kept.awaits is not None
    assert "12345" not in str(kept.content)
    (tmp_path / "subject.csv").write_text(SUBJECTS)
    load_files(config, [str(tmp_path / "subject.csv")])
    with opened(str(STUDY), config.database) as pipeline:
        _, replayed = link(pipeline, [Name("01", "Patient", "12345", "01-001")], "test")
        assert [decided.receipt is not None for _, decided in replayed] == [True]
    (tmp_path / "two.json").write_bytes(encode(sent | {"status": "stopped"}))
    load_files(config, [str(tmp_path / "two.json")], sender="01/epic")
