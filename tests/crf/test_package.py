from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from adapter.crf.package import load
from adapter.errors import DefinitionError
from tests.crf.studies import CODELISTS, FORMS, STUDY, faults, the_fault, write

KEYED = "f:\n  subject: subject key\n"


def refused(folder: Path, **files: str) -> DefinitionError:
    with pytest.raises(DefinitionError) as caught:
        load(write(folder, **files))
    return caught.value


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
    assert (dose.file, dose.line) == ("forms.yaml", 9)


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
    ("items", "why"),
    [
        ("a: text requird", "unknown flag 'requird'; did you mean required?"),
        ("a: text mL", "a text has no unit"),
        ("a: text 0..3", "a text has no range"),
        ("a: integer 0..1.5", "whole ends"),
        ("a: integer 0..1 0..2", "second range"),
        ("a: decimal mL kg", "two units"),
        ("a: decimal required mL requierd", "did you mean required?"),
        ("a: text required required", "stands twice"),
        ("a: code", "names its codelist"),
        ("a: group", "write `group many`"),
        ("a: group many", "a group has members"),
        ("a: {type: text, lable: x}", "no key lable; did you mean label?"),
        ("a: {label: x}", "has no type"),
        ("a: [text]", "has no type"),
        ("a: text key many", "a key cannot be many"),
        ("a: text key restricted", "a key cannot be restricted"),
        ("a: text key derived", "a key cannot be derived"),
        ("g: group many key\n  g.b: text", "a group cannot be a key"),
        ("a.b: text", "a member of a, which is no group"),
        ("g: group many\n  g.b: text many", "a member of a group cannot be many"),
        ("g: group many\n  g.b: text key", "a member of a group cannot be key"),
        ("a b: text", "no item id"),
        ("a: boolean colour", "the rows of a boolean's codelist are true and false"),
        ("a: {type: integer, rule: {sum: [b]}}\n  b: integer", "add the flag `derived`"),
        (
            "a: {type: integer derived, rule: {summ: [b]}}\n  b: integer",
            "unknown rule summ; did you mean sum?",
        ),
        ("a: {type: integer derived, rule: {sum: [c]}}\n  b: integer", "unknown item c"),
        ("a: {type: integer derived, rule: {sum: [b]}}\n  b: text", "b is a text; a sum adds"),
        ("a: {type: integer derived, rule: {sum: [b]}}\n  b: decimal", "the sum is no integer"),
        ("a: {type: integer derived, rule: {sum: [b], missing: 1}}\n  b: integer", "missing is how many"),
        ("a: {type: integer derived, rule: {sum: [b], mising: 0}}\n  b: integer", "did you mean missing?"),
        ("a: {type: integer derived, rule: {sum: [b]}}\n  b: integer many", "b has many answers"),
        (
            "a: {type: code colour derived, rule: {band: b, bands: {rot: 0..1}}}\n  b: integer",
            "no answer rot",
        ),
        ("a: {type: code colour derived, rule: {band: b, bands: {red: 3..1}}}\n  b: integer", "upside down"),
        (
            "a: {type: code colour derived, rule: {band: b, bands: {red: 0..3, blue: 3..4}}}\n  b: integer",
            "overlap",
        ),
        ("a: {type: boolean derived, rule: {all: {true: [b]}}}\n  b: integer", "b is no boolean"),
        ("a: {type: boolean derived, rule: {equals: b, value: x}}\n  b: integer 0..3", "b is a whole number"),
        ("a: {type: boolean derived, rule: {equals: b, value: 4}}\n  b: integer 0..3", "outside the range"),
        (
            "a: {type: integer derived, rule: {sum: [b]}}\n  b: {type: integer derived, rule: {sum: [a]}}",
            "its rule needs, by others, itself",
        ),
    ],
)
def test_a_faulty_item_is_named_with_its_reason(tmp_path: Path, items: str, why: str) -> None:
    found = faults(refused(tmp_path, forms=f"{KEYED}  {items}\n"))
    assert any(why in fault and fault.startswith("forms.yaml:") for fault in found), found


@pytest.mark.parametrize(
    ("form", "why"),
    [
        ("items: {a: text}", "no item is a key"),
        ("items: {}", "no item is a key"),
        ("id: '{a}'\nitems: {a: text, s: subject key}", "{a}, which is no key"),
        ("id: '{b}'\nitems: {s: subject key}", "{b}, which is no item"),
        ("id: 'x{s}'\nitems: {s: subject key, t: integer key}", "leaves the key {t} out"),
        ("itms: {s: subject key}", "did you mean items?"),
        ("items: {s: subject key}\nchecks: {c: {not_befor: [s, s]}}", "did you mean not_before?"),
        ("items: {s: subject key, d: date}\nchecks: {c: {not_before: [d, x]}}", "unknown item x"),
        ("items: {s: subject key, d: date}\nchecks: {c: {not_before: [d]}}", "takes two items"),
        ("items: {s: subject key, d: date}\nchecks: {c: {not_future: [s]}}", "s is no date"),
        ("items: {s: subject key, d: date}\nchecks: {c: {needs: {items: [d]}}}", "needs `when:"),
        (
            "items: {s: subject key, d: date, c: code colour}\nchecks: {x: {needs: {items: [d], when: {c: rd}}}}",
            "no answer rd; did you mean red?",
        ),
        (
            "items: {s: subject key, d: date, b: boolean}\nchecks: {x: {needs: {items: [d], when: {b: yes}}}}",
            "b is true or false",
        ),
    ],
)
def test_a_faulty_form_is_named_with_its_reason(tmp_path: Path, form: str, why: str) -> None:
    found = faults(refused(tmp_path, forms=KEYED, forms__g=f"form: g\n{form}\n"))
    assert any(why in fault and fault.startswith("forms/g.yaml:") for fault in found), found


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        ("a: [X, X]", "twice in one cell"),
        ("a: {code: {b: 1}}", "a cell is a code"),
        ("unknown: X\n  ~: unknown", "could not be read back"),
        ("labels: {b: {en: B}}\n  a: X", "a label for b, which is no row"),
        ("", "has no rows"),
    ],
)
def test_a_faulty_codelist_is_named_with_its_reason(tmp_path: Path, rows: str, why: str) -> None:
    text = f"{CODELISTS}list:\n  columns: {{code: }}\n  {rows}\n"
    assert any(why in fault for fault in faults(refused(tmp_path, codelists=text)))


def test_a_row_of_several_columns_says_which(tmp_path: Path) -> None:
    text = CODELISTS + "two:\n  columns: {a: , b: nowhere}\n  x: X\n"
    found = faults(refused(tmp_path, codelists=text, names="here: http://a.example\n"))
    assert any("must say to which column it belongs, one of its columns: a, b" in fault for fault in found)
    assert any("two, column b: unknown name nowhere" in fault for fault in found)


@pytest.mark.parametrize(
    ("site", "why"),
    [
        ("columns: {vist: {a: b}}", "unknown form vist; did you mean visit?"),
        ("columns: {visit: {a: drugs}}", "has no column drugs"),
        ("columns: {visit: {kit: remark}}", "kit is an item of visit itself"),
        ("values: {color: {a: red}}", "unknown codelist color; did you mean colour?"),
        ("values: {colour: {a: rood}}", "colour has no answer rood"),
        ("values: {boolean: {a: red}}", "boolean has no answer red"),
        ("codes: {colour: {red: X}}", "a coding is {system: …, code: …}"),
        ("names: {nobody: []}", "unknown name nobody"),
        ("zone: CST", "CST is no offset"),
        ("date_formats: ['%d.%m.%y']", "is no date format"),
        ("colums: {}", "did you mean columns?"),
    ],
)
def test_a_faulty_site_is_named_with_its_reason(tmp_path: Path, site: str, why: str) -> None:
    assert why in the_fault(refused(tmp_path, sites__03=f'site: "03"\n{site}\n')).why


@pytest.mark.parametrize(
    ("schedule", "why"),
    [
        ("vist: []", "unknown form vist"),
        ("visit: 3", "are a list"),
        ("visit: [{visit: W2}]", "on which study day"),
        ("visit: [{visit: W2, on: x}]", "on is a study day"),
        ("visit: [{vist: W2, on: 3}]", "did you mean visit?"),
        ("visit: [{visit: W2, on: 3, window: 3}]", "days before, days after"),
        ("visit: [{visit: 1..3, on: 0..4}]", "of one length"),
    ],
)
def test_a_faulty_schedule_is_named_with_its_reason(tmp_path: Path, schedule: str, why: str) -> None:
    found = faults(refused(tmp_path, study=f"{STUDY}schedule:\n  {schedule}\n"))
    assert any(why in fault and fault.startswith("study.yaml:") for fault in found), found


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("patterns: {subjekt: x}", "did you mean subject?"),
        ("patterns: {subject: '['}", "no regular expression"),
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


def test_labels_are_needed_in_the_languages_of_a_study_that_names_them(tmp_path: Path) -> None:
    found = faults(refused(tmp_path, study=f"{STUDY}languages: [en, zh]\n"))
    assert "forms.yaml:1: the form visit: no label in en, zh" in found
    assert "codelists.yaml:6: colour green: no label in en, zh" in found
    assert not any("when:" in fault for fault in found)


@pytest.mark.parametrize(
    ("rule", "why"),
    [
        ("{weekly: {}}", "unknown rule weekly"),
        ("{weekly_sum: {form: diry, item: n, date: d}}", "unknown form diry; did you mean diary?"),
        ("{weekly_sum: {form: diary, item: d, date: n}}", "item: d is no integer or decimal"),
        ("{weekly_sum: {form: diary, item: n, date: d, days: 0}}", "days is the length"),
        ("{weekly_sum: {form: diary, item: n, date: d, days: 7, missing: 7}}", "missing is how many days"),
        ("{weekly_sum: {form: diary, item: n, date: d, days: 7, windows: {w: {on: 3}}}}", "window w:"),
        ("{weekly_sum: {form: diary, item: n, date: d, days: 7, gives: {sum: scor}}}", "score"),
        (
            "{weekly_sum: {form: diary, item: n, date: d, days: 7, gives: {sum: score}}}",
            "the key end is given by nothing",
        ),
        ("{weekly_sum: {form: diary, item: n, date: d, days: 7, gives: {sum: end}}}", "end cannot take it"),
    ],
)
def test_a_faulty_rule_of_a_form_is_named_with_its_reason(tmp_path: Path, rule: str, why: str) -> None:
    diary = "diary:\n  subject: subject key\n  d: fulldate key\n  n: integer\n"
    week = f"form: week\nrule: {rule}\nitems: {{subject: subject key, end: fulldate key, score: integer derived}}\n"
    found = faults(refused(tmp_path, forms=FORMS + diary, forms__week=week))
    assert any(why in fault and fault.startswith("forms/week.yaml:") for fault in found), found


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
