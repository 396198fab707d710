from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from adapter.crf.package import load
from adapter.errors import DefinitionError
from tests.crf.studies import CODELISTS, KEYED, STUDY, faults, refused, the_fault, write


def test_a_compact_study_loads_with_everything_in_its_place(tmp_path: Path) -> None:
    study = load(write(tmp_path))
    form = study.forms["visit"]
    assert (study.id, study.base, study.zone) == ("toy", "https://toy.example/fhir", "+08:00")
    assert form.key_text == "{subject}-{visit}"
    assert [item.id for item in form.keys] == ["subject", "visit"]
    dose = form.items["dose"]
    assert (dose.type, dose.low, dose.high, dose.unit) == ("decimal", Decimal(0), Decimal(2000), "mg")
    assert (dose.oid, form.items["drugs"].oid) == ("IT.VISIT.DOSE", "IG.VISIT.DRUGS")
    assert [item.member for item in form.members("drugs")] == ["name", "amount", "remark"]
    assert study.codelists["colour"].rows["green"] == {"code": ("G", "g")}
    assert form.items["when"].labels == {"en": "Date", "zh": "日期"}
    assert (dose.file, dose.line) == ("forms.yaml", 10)


def test_a_study_of_folders_loads_its_maps_and_sites(tmp_path: Path) -> None:
    form = "form: f\nlabel: F\nid: 'x{subject}'\nitems:\n  subject: subject key\n  colour: code colour\n"
    site = (
        'site: "03"\ncolumns: {f: {颜色: colour}}\nvalues: {colour: {"1": red}, boolean: {是: true}}\n'
        "codes: {colour: {red: [{system: http://a.example, code: 7}]}}\n"
        "names: {drug: [{system: http://a.example, code: D}]}\n"
        'zone: "+08:00"\ndate_formats: ["%Y/%m/%d"]\n'
    )
    folder = write(
        tmp_path,
        forms="",
        forms__f=form,
        maps__f="form: f\nresources: []\n",
        sites__03=site,
        names="drug: {system: a:b, code: c}",
    )
    (folder / "forms.yaml").unlink()
    study = load(folder)
    assert study.forms["f"].key_text == "x{subject}"
    assert study.forms["f"].labels == {"en": "F"}
    assert study.maps["f"]["resources"] == []
    own = study.sites["03"]
    assert own.columns == {"f": {"颜色": "colour"}}
    assert own.values == {"colour": {"1": "red"}, "boolean": {"是": True}}
    assert own.codes == {"colour": {"red": ({"system": "http://a.example", "code": "7"},)}}
    assert own.names == {"drug": ({"system": "http://a.example", "code": "D"},)}


def test_every_fault_of_every_file_is_told_at_once(tmp_path: Path) -> None:
    error = refused(
        tmp_path,
        study="study: toy\nzone: Beijing\n",
        forms=KEYED + "  a: integr\n  b: integer 5..1\n  c: code colr\n",
        codelists=CODELISTS + "  yellow: {cod: Y}\n",
        maps__g="form: g\n",
        sites__03='site: "03"\ncolumns: {f: {x: bb}}\n',
    )
    assert faults(error) == [
        "codelists.yaml:8: row yellow: unknown column cod; did you mean code?",
        "forms.yaml:3: a: unknown type 'integr'; did you mean integer?",
        "forms.yaml:4: b: the range 5..1 is upside down; write 1..5",
        "forms.yaml:5: c: unknown codelist colr; did you mean colour?",
        "maps/g.yaml:1: unknown form g; known: f",
        "sites/03.yaml:2: f has no column bb; known: subject, a, b, c",
        "study.yaml:1: base is missing; write base: https://example.org/fhir",
        'study.yaml:2: Beijing is no offset; write "+08:00" or Z',
    ]


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("patterns: {subjekt: x}", "did you mean subject?"),
        ("patterns: {subject: '['}", "no regular expression"),
        ("patterns: {subject: '^[0-9]+$'}", "leave ^ and $ out"),
        ("day_0: {form: x, item: y}", "a source of day_0 is"),
        ("languages: en", "languages is a list"),
        ("day_0: [{form: visit, item: answer}]", "has no date answer"),
        ("day_0: {first: {form: visits, item: when}}", "unknown form visits"),
        ("day_0: [{form: visit, item: when, when: {viist: W0}}]", "did you mean visit?"),
    ],
)
def test_a_faulty_fact_is_named_with_its_reason(tmp_path: Path, line: str, why: str) -> None:
    found = the_fault(refused(tmp_path, study=f"{STUDY}{line}\n"))
    assert (found.file, found.line) == ("study.yaml", 4)
    assert why in found.why


def test_what_stands_twice_or_is_never_read_is_told(tmp_path: Path) -> None:
    folder = write(
        tmp_path,
        forms__visit="form: visit\nitems: {s: subject key}\n",
        maps__a="form: visit\n",
        maps__b="form: visit\n",
    )
    (folder / "forms" / "x.yml").write_text("form: x\n")
    found = faults(refused(folder))
    assert [fault.split(": ", 1)[1] for fault in found] == [
        "the form visit is also in forms.yaml",
        "nobody reads this file; name it .yaml",
        "a second map of visit; the first is maps/a.yaml",
    ]


def test_a_folder_that_is_no_study_says_so(tmp_path: Path) -> None:
    with pytest.raises(DefinitionError, match=r"study.yaml:1: cannot be read"):
        load(tmp_path)


def test_a_derived_item_without_a_rule_is_computed_elsewhere_and_no_fault(tmp_path: Path) -> None:
    assert load(write(tmp_path, forms=KEYED + "  a: integer derived\n")).forms["f"].items["a"].derived
