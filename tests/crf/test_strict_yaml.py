from __future__ import annotations

import time
from pathlib import Path

import pytest

from adapter.crf.strict_yaml import Map, Seq, load, loads
from adapter.errors import DefinitionError


def read(text: str) -> Map:
    found = loads(text.encode(), "a.yaml")
    assert isinstance(found, Map)
    return found


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("true", True),
        ("false", False),
        ("~", None),
        ("null", None),
        ("", None),
        ("0", 0),
        ("-3", -3),
        ("78421000", 78421000),
        ("03", "03"),
        ("-0", "-0"),
        ("+1", "+1"),
        ("1.0", "1.0"),
        ("1e3", "1e3"),
        ("0x1f", "0x1f"),
        ("1_000", "1_000"),
        ("2025-06-01", "2025-06-01"),
        ("08:30", "08:30"),
        ("yes", "yes"),
        ("on", "on"),
        ("No", "No"),
        ("True", "True"),
        ("NULL", "NULL"),
        (".inf", ".inf"),
        ("'1'", "1"),
        ('"true"', "true"),
        ("'~'", "~"),
        ("1" * 30, "1" * 30),
    ],
)
def test_only_booleans_nothing_and_plain_whole_numbers_are_typed(written: str, value: object) -> None:
    found = read(f"a: {written}")["a"]
    assert found == value
    assert type(found) is type(value)


def test_keys_are_texts_but_for_true_false_and_nothing() -> None:
    assert list(read("1: a\ntrue: b\n~: c\n'true': d\n2025-06-01: e")) == [
        "1",
        True,
        None,
        "true",
        "2025-06-01",
    ]


def test_every_place_knows_its_line_and_its_file() -> None:
    found = read("a: 1\nb:\n  - x\n  -\n    c: 2\n")
    assert (found.file, found.line, found.line_of("b"), found.line_of("absent")) == ("a.yaml", 1, 2, 1)
    entries = found["b"]
    assert isinstance(entries, Seq)
    assert (entries.line_of(0), entries.line_of(1), entries[1].line_of("c")) == (3, 5, 5)


def test_an_alias_shares_its_value_and_a_merge_is_shallow_with_own_keys_first() -> None:
    found = read("a: &x {b: {c: 1}, d: 2}\ne: *x\nf: {d: 3, <<: *x}\n")
    assert found["e"] is found["a"]
    assert found["f"] == {"d": 3, "b": {"c": 1}}
    assert found["f"]["b"] is found["a"]["b"]
    assert found["f"].line_of("b") == 1


def test_of_several_merged_mappings_the_first_wins() -> None:
    assert read("a: &a {x: 1}\nb: &b {x: 2, y: 3}\nc: {<<: [*a, *b]}")["c"] == {"x": 1, "y": 3}


@pytest.mark.parametrize(
    ("text", "line", "why"),
    [
        ("a: 1\nb: 2\na: 3\n", 3, "a stands here twice; first on line 1"),
        ("a: [1\nb: 2\n", 2, "not YAML"),
        ("a:\n\t- b\n", 2, "a tab indents"),
        ("a: 1\n---\nb: 2\n", 2, "single document"),
        ("a: !!int '3'\n", 1, "tag"),
        ("a: !thing {b: 1}\n", 1, "tag"),
        ("a: &x [*x]\n", 1, "inside itself"),
        ("a: *x\n", 1, "undefined alias; the anchor, &name, stands above its alias, *name"),
        ("a: b: c\n", 1, "stands in quotation marks"),
        ("a: 'b\n", 2, "a quotation mark or bracket is not closed"),
        ("a: @b\n", 1, "a text that begins with this character stands in quotation marks"),
        ("a:\n  - b\n c: d\n", 3, "indent this line as its neighbours"),
        ("? [a, b]\n: 1\n", 1, "a key is a word"),
        ("a: {<<: 3}\n", 1, "<< takes a mapping"),
        ("a: 1\nb: \x01\n", 2, "control characters"),
        ("[" * 500 + "]" * 500, 1, "nested deeper"),
    ],
)
def test_what_is_not_strict_is_a_fault_with_its_line(text: str, line: int, why: str) -> None:
    with pytest.raises(DefinitionError) as caught:
        loads(text.encode(), "a.yaml")
    fault = caught.value.faults[0]
    assert (fault.file, fault.line) == ("a.yaml", line)
    assert why in fault.why


def test_all_duplicate_keys_are_told_at_once() -> None:
    with pytest.raises(DefinitionError) as caught:
        read("a: 1\na: 2\nb: {c: 1, c: 2}\n")
    assert [fault.line for fault in caught.value.faults] == [2, 3]


def test_a_file_that_is_not_utf_8_or_not_there_is_a_fault(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_bytes("a: 1\nb: 风".encode("gb18030"))
    with pytest.raises(DefinitionError, match=r"a.yaml:2: this is not UTF-8"):
        load(path, "a.yaml")
    with pytest.raises(DefinitionError, match=r"b.yaml:1: cannot be read"):
        load(tmp_path / "b.yaml", "b.yaml")


def test_a_byte_order_mark_is_no_part_of_the_text(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_bytes(b"\xef\xbb\xbfa: 1")
    assert load(path) == {"a": 1}


def test_laughing_a_billion_times_stays_small() -> None:
    lines = ["a0: &a0 [x, x]"] + [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 60)]
    found = read("\n".join(lines))
    assert found["a59"][0] is found["a58"]


def test_three_thousand_lines_load_in_a_fraction_of_a_second() -> None:
    text = "\n".join(f"k{n}: {{type: integer 0..{n}, label: {{en: Item {n}, zh: 项目}}}}" for n in range(3000))
    begin = time.process_time()
    read(text)
    assert time.process_time() - begin < 2  # 0.15 s alone on a slow core; generous, for it must not flake
