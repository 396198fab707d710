"""Files in and out through the real command: each format, each direction, and how a run ends."""

from __future__ import annotations

import gzip
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import openpyxl
import pytest

from tests.cli.conftest import HEADER, STUDY, Crfhir, rows

FHIR = ["ndjson", "bundle", "transaction", "json", "xml"]


@pytest.mark.parametrize("shape", FHIR)
def test_what_goes_out_as_fhir_comes_back_as_the_file_that_went_in(crfhir: Crfhir, shape: str) -> None:
    Path("injection.csv").write_text(rows("1.10", "0", "0.500"))
    assert crfhir("convert", "injection.csv", "--to", "fhir", "--as", shape, "-o", "out").status == 0
    assert crfhir("convert", "out", "--to", "crf", "-o", "back.csv").status == 0
    assert Path("back.csv").read_text() == Path("injection.csv").read_text()


@pytest.mark.parametrize("shape", ["csv", "ndjson", "json"])
def test_records_are_read_in_each_format_in_which_they_are_written(crfhir: Crfhir, shape: str) -> None:
    Path("injection.csv").write_text(rows("1.10", "0.9"))
    first = crfhir("convert", "injection.csv", "--to", "fhir")
    Path("resources").write_bytes(first.out)
    assert crfhir("convert", "resources", "--to", "crf", "--as", shape, "-o", "records").status == 0
    again = crfhir("convert", "records", "--to", "fhir", "--form", "injection")
    assert again.out == first.out


@pytest.mark.parametrize("shape", FHIR)
def test_a_single_resource_is_read_back_in_each_format(crfhir: Crfhir, shape: str) -> None:
    Path("injection.csv").write_text(HEADER + "01-001,1,1,not-given,2025-06-01T08:30:00+08:00,,,,refused,\n")
    crfhir("convert", "injection.csv", "--to", "fhir", "--as", shape, "-o", "one")
    assert crfhir("convert", "one", "--to", "crf").out.decode() == Path("injection.csv").read_text()


def test_json_of_one_resource_is_the_resource_and_of_several_a_list(crfhir: Crfhir) -> None:
    Path("injection.csv").write_text(HEADER + "01-001,1,1,not-given,2025-06-01T08:30:00+08:00,,,,refused,\n")
    one = json.loads(crfhir("convert", "injection.csv", "--to", "fhir", "--as", "json").out)
    Path("injection.csv").write_text(rows("1.0"))
    several = json.loads(crfhir("convert", "injection.csv", "--to", "fhir", "--as", "json").out)
    assert one["resourceType"] == "MedicationAdministration"
    assert isinstance(several, list)


def test_a_transaction_puts_each_resource_at_its_own_id(crfhir: Crfhir) -> None:
    Path("injection.csv").write_text(rows("1.0"))
    bundle = json.loads(crfhir("convert", "injection.csv", "--to", "fhir", "--as", "transaction").out)
    entry = bundle["entry"][0]
    assert bundle["type"] == "transaction"
    assert entry["request"] == {"method": "PUT", "url": "MedicationAdministration/01-001-c1d1"}
    assert entry["fullUrl"].endswith("/MedicationAdministration/01-001-c1d1")


def test_a_form_view_is_a_questionnaire_response(crfhir: Crfhir) -> None:
    Path("injection.csv").write_text(rows("1.10"))
    found = crfhir("convert", "injection.csv", "--to", "fhir", "--view", "form").lines
    assert {resource["resourceType"] for resource in found} == {"QuestionnaireResponse"}
    both = crfhir("convert", "injection.csv", "--to", "fhir", "--view", "both").lines
    assert {resource["resourceType"] for resource in both} > {
        "QuestionnaireResponse",
        "MedicationAdministration",
    }


def test_standard_input_is_read_gzipped_or_not(crfhir: Crfhir) -> None:
    raw = rows("1.10").encode()
    plain = crfhir("convert", "-", "--to", "fhir", "--form", "injection", stdin=raw)
    zipped = crfhir("convert", "-", "--to", "fhir", "--form", "injection", stdin=gzip.compress(raw))
    assert plain.status == zipped.status == 0
    assert plain.out == zipped.out != b""


def test_an_output_that_ends_in_gz_is_gzipped_and_read_again(crfhir: Crfhir) -> None:
    Path("injection.csv").write_text(rows("1.10"))
    crfhir("convert", "injection.csv", "--to", "fhir", "-o", "out.ndjson.gz")
    assert gzip.decompress(Path("out.ndjson.gz").read_bytes()).startswith(b'{"resourceType"')
    assert crfhir("convert", "out.ndjson.gz", "--to", "crf").out.decode() == rows("1.10")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030", "utf-16"])
def test_other_encodings_are_read_when_they_are_named(crfhir: Crfhir, encoding: str) -> None:
    Path("injection.csv").write_bytes(rows("1.10").replace("K-17", "药盒一七").encode(encoding))
    words = [] if encoding == "utf-8-sig" else ["--encoding", encoding]
    ended = crfhir("convert", "injection.csv", "--to", "fhir", *words)
    assert ended.status == 0
    assert "药盒一七" in ended.out.decode()


def test_a_workbook_is_read_sheet_by_sheet(crfhir: Crfhir) -> None:
    book = openpyxl.Workbook()
    book.active.title = "注射记录"  # type: ignore[union-attr]
    for row in csv_rows(rows("1.5", "2")):
        book.active.append(row)  # type: ignore[union-attr]
    book.create_sheet("Notes").append(["nothing of the study"])
    book.save("export.xlsx")
    ended = crfhir("convert", "export.xlsx", "--to", "fhir")
    Path("injection.csv").write_text(rows("1.5", "2"))
    assert ended.out == crfhir("convert", "injection.csv", "--to", "fhir").out
    assert "sheet Notes" in ended.err


def csv_rows(text: str) -> list[list[str | float | None]]:
    return [[number(cell) for cell in line.split(",")] for line in text.splitlines()]


def number(cell: str) -> str | float | None:
    return float(cell) if cell.replace(".", "").isdigit() else cell or None


def test_a_folder_is_read_as_far_as_it_is_of_this_side(crfhir: Crfhir) -> None:
    Path("in").mkdir()
    Path("in/injection.csv").write_text(rows("1.10"))
    Path("in/resources.ndjson").write_bytes(crfhir("convert", "in", "--to", "fhir").out)
    forwards = crfhir("convert", "in", "--to", "fhir")
    backwards = crfhir("convert", "in", "--to", "crf")
    assert forwards.status == backwards.status == 0
    assert "resources.ndjson" in forwards.err
    assert backwards.out.decode() == rows("1.10")


def test_several_forms_go_to_a_folder_or_are_named(crfhir: Crfhir) -> None:
    Path("injection.csv").write_text(rows("1.10"))
    Path("subject.csv").write_text("subject,site,status\n01-001,01,on-treatment\n")
    crfhir("convert", "injection.csv", "subject.csv", "--to", "fhir", "-o", "all.ndjson")
    refused = crfhir("convert", "all.ndjson", "--to", "crf")
    assert refused.status == 2
    assert "-o" in refused.err
    named = crfhir("convert", "all.ndjson", "--to", "crf", "--as", "ndjson")
    assert [line["form"] for line in named.lines] == ["injection", "subject"]
    again = crfhir("convert", "-", "--to", "fhir", stdin=named.out)
    assert again.out == Path("all.ndjson").read_bytes()
    assert crfhir("convert", "all.ndjson", "--to", "crf", "-o", "crf/").status == 0
    assert sorted(os.listdir("crf")) == ["injection.csv", "subject.csv"]
    one = crfhir("convert", "all.ndjson", "--to", "crf", "--form", "injection")
    assert one.out.decode() == rows("1.10")


def test_resources_go_to_a_folder_by_type(crfhir: Crfhir) -> None:
    Path("injection.csv").write_text(rows("1.10"))
    crfhir("convert", "injection.csv", "--to", "fhir", "-o", "fhir/")
    assert sorted(os.listdir("fhir")) == ["MedicationAdministration.ndjson", "Observation.ndjson"]


@pytest.mark.parametrize("shape", ["ndjson", "bundle", "transaction", "json", "xml"])
def test_a_folder_is_written_in_each_format_and_read_back(crfhir: Crfhir, shape: str) -> None:
    Path("injection.csv").write_text(rows("1.10", "0.9"))
    assert crfhir("convert", "injection.csv", "--to", "fhir", "--as", shape, "-o", "out/").status == 0
    assert crfhir("convert", "out", "--to", "crf").out.decode() == rows("1.10", "0.9")


def test_resources_of_one_record_may_come_far_apart_and_in_any_order(crfhir: Crfhir) -> None:
    Path("injection.csv").write_text(rows("1.10", "0.9", "0.8"))
    lines = crfhir("convert", "injection.csv", "--to", "fhir").out.splitlines(keepends=True)
    apart = sorted(lines, key=lambda line: json.loads(line)["resourceType"])
    ended = crfhir("convert", "-", "--to", "crf", stdin=b"".join(apart))
    assert ended.out.decode() == Path("injection.csv").read_text()


def test_a_site_reads_with_its_own_words(crfhir: Crfhir) -> None:
    Path("injection.csv").write_text(rows("1.0").replace("deltoid-left", "左三角肌"))
    assert crfhir("convert", "injection.csv", "--to", "fhir").status == 1
    assert crfhir("convert", "injection.csv", "--to", "fhir", "--site", "01").status == 0


def test_several_processes_give_the_same_bytes(crfhir: Crfhir) -> None:
    jobs = "2"
    bad = [GOOD.replace("1.0", "1,0") if n % 97 == 0 else GOOD.replace("1-001", f"1-{n:03d}") for n in range(1, 999)]
    Path("injection.csv").write_text(HEADER + "".join(bad))
    runs = {
        n: crfhir("convert", "injection.csv", "--to", "fhir", "--jobs", n, "-o", n, "--rejects", f"r{n}")
        for n in ("1", jobs)
    }
    assert Path("1").read_bytes() == Path(jobs).read_bytes()
    assert Path("r1").read_bytes() == Path(f"r{jobs}").read_bytes()
    assert runs["1"].err.replace("r1", "") == runs[jobs].err.replace(f"r{jobs}", "")
    back = [crfhir("convert", "1", "--to", "crf", "--jobs", n).out for n in ("1", jobs)]
    assert back[0] == back[1]


GOOD = "01-001,1,1,given,2025-06-01T08:30:00+08:00,1.0,deltoid-left,K-17,,false\n"


def test_what_the_map_does_not_read_is_listed_by_its_path_and_what_identifies_a_person_without_its_value(
    crfhir: Crfhir,
) -> None:
    Path("injection.csv").write_text(rows("1.10"))
    resource = crfhir("convert", "injection.csv", "--to", "fhir").lines[0]
    resource["note"] = [{"text": "seen by the nurse"}]
    resource["subject"]["display"] = "Zhang San"
    ended = crfhir("convert", "-", "--to", "crf", "--residue", "lost", stdin=json.dumps(resource).encode())
    lost = [json.loads(line) for line in Path("lost").read_text().splitlines()]
    assert ended.status == 0
    assert {
        "form": "injection",
        "key": "01-001 1 1",
        "expression": "MedicationAdministration.subject.display",
        "dropped": True,
    } in lost
    assert ("MedicationAdministration.note[0].text", "seen by the nurse") in [
        (x["expression"], x.get("value")) for x in lost
    ]
    assert "Zhang" not in Path("lost").read_text() + ended.err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["injection.csv", "--to", "fhir", "--as", "csv"], "--as csv cannot be written with --to fhir"),
        (["injection.csv", "--to", "crf", "--as", "bundle"], "--as bundle cannot be written with --to crf"),
        (["injection.csv", "--to", "fhir", "--form", "injektion"], "did you mean injection?"),
        (["injection.csv", "--to", "fhir", "--site", "99"], "no site 99"),
        (["nowhere.csv", "--to", "fhir"], "nowhere.csv is not there"),
        (["injection.csv", "--to", "fhir", "--encoding", "gb"], "no text encoding gb"),
        (["injection.csv"], "--to"),
        (["injection.csv", "--to", "sideways"], "sideways"),
    ],
)
def test_a_wrong_call_ends_with_2_and_says_what_to_do(crfhir: Crfhir, words: list[str], told: str) -> None:
    Path("injection.csv").write_text(rows("1.10"))
    ended = crfhir("convert", *words)
    assert ended.status == 2
    assert told in ended.err
    assert ended.out == b""


def test_a_header_alone_gives_an_empty_output_and_no_complaint(crfhir: Crfhir) -> None:
    Path("injection.csv").write_text(HEADER)
    assert crfhir("convert", "injection.csv", "--to", "fhir").out == b""
    bundle = json.loads(crfhir("convert", "injection.csv", "--to", "fhir", "--as", "bundle").out)
    assert bundle == {"resourceType": "Bundle", "type": "collection"}


def started(folder: Path, *words: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "adapter.cli", "convert", *words, "--study", str(STUDY)]
    environment = {**os.environ, "PYTHONPATH": str(STUDY.parents[1])}
    pipe = subprocess.PIPE
    return subprocess.Popen(command, cwd=folder, env=environment, stdin=pipe, stdout=pipe, stderr=pipe)


@pytest.mark.parametrize(("sent", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_run_that_is_interrupted_leaves_no_half_file(tmp_path: Path, sent: int, status: int) -> None:
    (tmp_path / "out").write_text("as it was")
    command = started(tmp_path, "-", "--to", "fhir", "--form", "injection", "-o", "out", "--rejects", "rejects")
    assert command.stdin is not None
    command.stdin.write(rows("1.10").encode())
    command.stdin.flush()
    deadline = time.monotonic() + 20
    while len(os.listdir(tmp_path)) < 3 and time.monotonic() < deadline:
        time.sleep(0.02)
    command.send_signal(sent)
    out, err = command.communicate(timeout=20)
    assert command.returncode == status
    assert sent != signal.SIGINT or err == b"Interrupted: nothing was written.\n"
    assert (out, b"Traceback" in err) == (b"", False)
    assert os.listdir(tmp_path) == ["out"]
    assert (tmp_path / "out").read_text() == "as it was"


def test_a_reader_that_goes_away_is_no_reason_to_complain(tmp_path: Path) -> None:
    command = started(tmp_path, "-", "--to", "fhir", "--form", "injection")
    assert command.stdin is not None
    assert command.stdout is not None
    command.stdout.close()
    command.stdin.write(rows("1.10").encode())
    command.stdin.close()
    assert command.wait(20) == 1
    assert command.stderr is not None
    assert b"Traceback" not in command.stderr.read()
    command.stderr.close()


def test_a_sheet_that_nobody_named_is_told_by_its_file(crfhir: Crfhir) -> None:
    from openpyxl import Workbook

    book = Workbook()
    assert book.active is not None
    book.active.title = "Sheet1"
    book.active.append(["subject", "date", "wheals", "itch"])
    book.active.append(["01-001", "2025-06-01", 2, 1])
    book.save("diary.xlsx")
    ended = crfhir("convert", "diary.xlsx", "--to", "fhir")
    assert ended.status == 0
    assert "1 record became 2 resources" in ended.err
