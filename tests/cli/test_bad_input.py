"""Bad input through the real command: named with its place and what to do; the good records are converted."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import STUDY, Crfhir, Ended, rows

GOOD = rows("1.10", "0.9")


def forwards(crfhir: Crfhir, text: str | bytes, *words: str) -> Ended:
    Path("injection.csv").write_bytes(text.encode() if isinstance(text, str) else text)
    return crfhir("convert", "injection.csv", "--to", "fhir", *words)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("volume", "volumes", ["volumes", "volume"]),
        (",0.9,", ",99,", ["line 3", "volume", "99"]),
        (",0.9,", ',"0,9",', ["line 3", "volume", "0.9"]),
        ("2025-06-02T08:30:00+08:00", "2025/6/2", ["line 3", "time", "2025-06-02"]),
        ("2025-06-02T08:30:00+08:00", "20250602", ["line 3", "time", "2025-06-02"]),
        ("2025-06-02T08:30:00+08:00", "2025-02-30", ["line 3", "time", "2025-02-30"]),
        ("01-001,1,2,given", "01-001,1,2,Given", ["line 3", "outcome", "given"]),
        ("01-001,1,2", "01-001,1,1", ["line 3", "line 2", "duplicate"]),
        ("01-001,1,2,given", "01-001,1,2", ["line 3", "9 cells and the header 10"]),
    ],
)
def test_a_bad_row_is_named_with_what_to_do(crfhir: Crfhir, old: str, new: str, told: list[str]) -> None:
    ended = forwards(crfhir, GOOD.replace(old, new))
    assert ended.status == 1
    assert [word for word in told if word not in ended.err] == []


def test_the_good_rows_of_a_bad_file_are_converted_and_the_bad_ones_listed_as_they_came(
    crfhir: Crfhir,
) -> None:
    ended = forwards(crfhir, rows("1.10", '"0,9"', "0.8"), "--rejects", "rejects")
    assert {resource["id"][:11] for resource in ended.lines} == {"01-001-c1d1", "01-001-c1d3"}
    (refused,) = [json.loads(line) for line in Path("rejects").read_text().splitlines()]
    assert refused["place"] == {"file": "injection.csv", "line": 3}
    assert refused["input"]["volume"] == "0,9"
    assert refused["issues"][0]["item"] == "volume"


def test_every_issue_of_a_row_is_told_at_once(crfhir: Crfhir) -> None:
    ended = forwards(crfhir, rows("99").replace("deltoid-left", "arm").replace("false", "perhaps"))
    assert all(f"injection.{item}" in ended.err for item in ("volume", "body_site", "local_reaction"))


def test_an_edit_check_refuses_and_names_its_rule(crfhir: Crfhir) -> None:
    ended = forwards(crfhir, rows("1.0").replace("given,2025", "not-given,2025"))
    assert ended.status == 1
    assert "not-given-without-reason" in ended.err


def test_many_issues_of_one_kind_are_counted(crfhir: Crfhir) -> None:
    header, row = rows("9").splitlines(keepends=True)
    ended = forwards(crfhir, header + "".join(row.replace("1-001", f"1-{n:03d}") for n in range(500)))
    assert "and 497 more of volume" in ended.err
    assert len(ended.err.splitlines()) < 12
    assert "500 inputs were refused" in ended.err


@pytest.mark.parametrize("raw", [b"", b"\n\n", gzip.compress(b"", mtime=0)])
def test_an_empty_file_is_named(crfhir: Crfhir, raw: bytes) -> None:
    ended = forwards(crfhir, raw)
    assert ended.status == 1
    assert "empty" in ended.err


def test_a_gzip_file_that_was_cut_off_gives_what_was_whole_and_says_so(crfhir: Crfhir) -> None:
    raw = gzip.compress(
        (GOOD + "".join(f"01-{n:03d}" + GOOD.splitlines()[1][6:] + "\n" for n in range(2, 999))).encode()
    )
    ended = forwards(crfhir, raw[: len(raw) // 2])
    assert ended.status == 1
    assert "cut off" in ended.err
    assert ended.lines


@pytest.mark.parametrize(
    ("encoding", "words", "told"),
    [
        ("gb18030", [], "--encoding gb18030"),
        ("utf-16", [], "--encoding utf-16"),
        ("utf-8", ["--encoding", "gb18030"], "leave --encoding out"),
        ("gb18030", ["--encoding", "utf-16"], "--encoding"),
    ],
)
def test_a_wrong_encoding_is_told_with_the_one_to_try(
    crfhir: Crfhir, encoding: str, words: list[str], told: str
) -> None:
    ended = forwards(crfhir, GOOD.replace("K-17", "药盒一七").encode(encoding), *words)
    assert ended.status == 1
    assert told in ended.err


RESOURCE = (
    b'{"resourceType":"MedicationAdministration","id":"01-001-c1d1","status":"not-done",'
    b'"identifier":[{"system":"https://il2-csu.example/id/injection","value":"01-001-c1d1"}],'
    b'"statusReason":[{"coding":[{"system":"https://il2-csu.example/fhir/CodeSystem/trial","code":"reason-refused"}]}],'
    b'"medicationCodeableConcept":{"coding":[{"system":"https://il2-csu.example/fhir/CodeSystem/trial",'
    b'"code":"blinded-study-treatment"}]},"subject":{"reference":"Patient/01-001"},'
    b'"effectiveDateTime":"2025-06-01T08:30:00+08:00"}'
)


def backwards(crfhir: Crfhir, raw: bytes, *words: str) -> Ended:
    return crfhir("convert", "-", "--to", "crf", *words, stdin=raw)


@pytest.mark.parametrize(
    ("bad", "told"),
    [
        (b'{"resourceType":"Patient","id":"a","id":"b"}', "id"),
        (b'{"resourceType":"Observation","valueQuantity":{"value":NaN}}', "NaN"),
        (b'{"resourceType":"Patient"', "line 2"),
        (b'{"resourceType":"Patient","id":"\xd7\xf3"}', "--encoding gb18030"),
        (b"[]", "FHIR resource"),
        (b'"Patient"', "FHIR resource"),
        (b'{"resourceType":"Coverage"}', "Coverage"),
        (b'{"resourceType":7}', "FHIR resource"),
    ],
)
def test_a_bad_resource_is_named_and_the_others_are_converted(crfhir: Crfhir, bad: bytes, told: str) -> None:
    ended = backwards(crfhir, RESOURCE + b"\n" + bad + b"\n")
    assert ended.status == 1
    assert told in ended.err
    assert b"01-001,1,1,not-given" in ended.out


def test_a_bundle_that_was_cut_off_gives_its_whole_entries_and_says_so(crfhir: Crfhir) -> None:
    bundle = b'{"resourceType":"Bundle","type":"collection","entry":[{"resource":' + RESOURCE + b'},{"resource":{"res'
    ended = backwards(crfhir, bundle)
    assert ended.status == 1
    assert "cut off" in ended.err
    assert b"01-001,1,1,not-given" in ended.out


def test_a_bundle_of_no_known_kind_is_refused_entry_by_entry(crfhir: Crfhir) -> None:
    bundle = {
        "resourceType": "Bundle",
        "type": "collection",
        "entry": [{"resource": {"resourceType": kind}} for kind in ("Coverage", "Claim")],
    }
    ended = backwards(crfhir, json.dumps(bundle).encode())
    assert ended.status == 1
    assert ["entry 1, Coverage" in ended.err, "entry 2, Claim" in ended.err] == [True, True]
    assert ended.out == b""


def test_a_bundle_with_a_repeated_key_around_its_entries_is_refused(crfhir: Crfhir) -> None:
    ended = backwards(
        crfhir, b'{"resourceType":"Bundle","type":"a","type":"b","entry":[{"resource":' + RESOURCE + b"}]}"
    )
    assert ended.status == 1
    assert "type" in ended.err


def test_a_resource_that_fits_two_forms_is_refused_until_the_form_is_named(crfhir: Crfhir, tmp_path: Path) -> None:
    study = two_alike(tmp_path)
    resource = b'{"resourceType":"Basic","identifier":[{"system":"urn:x","value":"01"}],"code":{"text":"x"}}'
    ended = backwards(crfhir, resource, "--study", study)
    assert ended.status == 1
    assert all(word in ended.err for word in ("first", "second"))
    assert backwards(crfhir, resource, "--study", study, "--form", "second").out == b"subject,note\n01,x\n"


def two_alike(folder: Path) -> str:
    study = folder / "alike"
    (study / "maps").mkdir(parents=True)
    (study / "study.yaml").write_text('study: alike\nbase: https://alike.example/fhir\nzone: "+00:00"\n')
    (study / "names.yaml").write_text("{}\n")
    (study / "forms.yaml").write_text(
        "".join(f"{form}:\n  subject: subject key\n  note: text\n" for form in ("first", "second"))
    )
    for form in ("first", "second"):
        (study / "maps" / f"{form}.yaml").write_text(
            f"form: {form}\nresources:\n  - resourceType: Basic\n"
            '    identifier: [{system: "urn:x", value: "{subject}"}]\n    code: {text: "{note}"}\n'
        )
    return str(study)


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is read from /proc, which is not here")
def test_a_line_of_200_mb_is_refused_without_being_held(tmp_path: Path) -> None:
    # VmHWM is this process's own: ru_maxrss remembers the size of the test run that it was forked from.
    measure = (
        "import sys; from adapter.cli.app import run\n"
        "try: run()\n"
        "finally: print(*[s.split()[1] for s in open('/proc/self/status') if 'VmHWM' in s], file=sys.stderr)"
    )
    command = [sys.executable, "-c", measure, "convert", "-", "--to", "crf", "--study", str(STUDY)]
    with subprocess.Popen(
        command, cwd=STUDY.parents[1], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as running:
        assert running.stdin is not None
        running.stdin.write(RESOURCE + b'\n{"resourceType":"Patient","id":"')
        for _ in range(200):
            running.stdin.write(b"x" * (1 << 20))
        out, err = running.communicate(b'"}\n' + RESOURCE.replace(b"c1d1", b"c1d2") + b"\n")
    assert running.returncode == 1
    assert b"longer than 16 MB" in err
    assert out.count(b"not-given") == 2
    assert int(err.split()[-1]) < 150_000


def test_a_place_that_cannot_be_written_is_told_before_anything_is_read(crfhir: Crfhir) -> None:
    Path("file").write_text("")
    ended = forwards(crfhir, GOOD, "-o", "file/out.ndjson")
    assert ended.status == 1
    assert "file/out.ndjson cannot be written: not a directory" in ended.err


def test_a_folder_without_the_right_to_write_is_told(crfhir: Crfhir, monkeypatch: pytest.MonkeyPatch) -> None:
    allowed = os.open

    def refuse(path: Path, *words: int) -> int:
        if str(path).endswith(".part"):
            raise PermissionError(13, "Permission denied")
        return allowed(path, *words)

    monkeypatch.setattr("adapter.files.atomic.os.open", refuse)  # the tests may run as root, who may write anywhere
    ended = forwards(crfhir, GOOD, "-o", "out.ndjson")
    assert ended.status == 1
    assert "out.ndjson cannot be written: permission denied" in ended.err


def test_a_full_disk_is_told(crfhir: Crfhir) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("this system has no /dev/full")
    ended = forwards(crfhir, GOOD, "-o", "/dev/full")
    assert ended.status == 1
    assert "no file was changed: no space left on device" in ended.err


def test_a_bad_run_leaves_the_good_output_of_the_last_one(crfhir: Crfhir) -> None:
    Path("out.ndjson").write_text("as it was")
    assert forwards(crfhir, b"", "-o", "out.ndjson").status == 1
    assert Path("out.ndjson").read_text() == "as it was"


def test_a_name_that_tells_no_form_is_refused_with_what_to_do(crfhir: Crfhir) -> None:
    Path("export.csv").write_text("a,b\n1,2\n")
    ended = crfhir("convert", "export.csv", "--to", "fhir")
    assert ended.status == 1
    assert "give --form" in ended.err


def test_input_of_the_wrong_side_is_refused_with_the_direction_to_use(crfhir: Crfhir) -> None:
    Path("injection.csv").write_text(GOOD)
    assert "--to fhir" in crfhir("convert", "injection.csv", "--to", "crf").err
    assert "--to crf" in crfhir("convert", "-", "--to", "fhir", stdin=RESOURCE).err


def test_a_workbook_that_was_cut_off_is_refused(crfhir: Crfhir) -> None:
    Path("cut.xlsx").write_bytes(b"PK\x03\x04" + b"a workbook that was cut off" * 9)
    ended = crfhir("convert", "cut.xlsx", "--to", "fhir")
    assert ended.status == 1
    assert "this is no readable .xlsx workbook" in ended.err
