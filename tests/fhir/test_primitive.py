import copy
import pickle
import time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapter.fhir.definitions import UnknownType
from adapter.fhir.primitive import WrittenDecimal, number, valid, why

RIGHT = {
    "boolean": [True, False],
    "integer": [0, -1, 2**31 - 1, -(2**31)],
    "positiveInt": [1, 2**31 - 1],
    "unsignedInt": [0, 7],
    "decimal": [0, 1, Decimal("1.10"), Decimal("-0.0"), WrittenDecimal("1e2"), 2**40],
    "string": ["a", " a ", "a\tb\r\nc", "中文", "0"],
    "markdown": ["# a\n\nb"],
    "code": ["a", "a b", "中文"],
    "uri": ["http://x", "urn:oid:1.2", "a%20b", "#p"],
    "url": ["http://x"],
    "canonical": ["http://x|1.0", "#p", "urn:oid:1.2|1"],
    "oid": ["urn:oid:1.2.840.0"],
    "uuid": ["urn:uuid:c757873d-ec9a-4326-a141-556f43239520"],
    "id": ["01-001-c1d3", "A.b", "x" * 64],
    "base64Binary": ["aGVsbG8=", "aGVs bG8=\r\n", "AAAA"],
    "date": ["2025", "2025-02", "2025-02-28", "2024-02-29", "0001", "9999-12-31"],
    "dateTime": [
        "2025",
        "2025-02",
        "2025-02-03",
        "2025-02-03T04:05:06+08:00",
        "2025-02-03T04:05:06.123456789Z",
        "2025-02-03T23:59:60Z",
        "2025-02-03T04:05:06-14:00",
        "2025-02-03T04:05:06+14:00",
        "2025-02-03T04:05:06-00:00",
    ],
    "instant": ["2025-02-03T04:05:06.1+08:00", "2025-02-03T04:05:06Z"],
    "time": ["00:00:00", "23:59:59.9", "23:59:60"],
    "xhtml": ['<div xmlns="http://www.w3.org/1999/xhtml">a</div>', "<div/>"],
}

WRONG = {
    "boolean": ["true", 1, 0, None],
    "integer": [True, "1", 2**31, -(2**31) - 1, Decimal("1.0"), 1.0],
    "positiveInt": [0, -1, True],
    "unsignedInt": [-1, False],
    "decimal": ["1.10", True, 1.1, Decimal("NaN"), Decimal("Infinity"), None],
    "string": ["", " ", "\n", "\ufeff", "a\x00b", "a\x0bb", "\ud800", 1, "x" * (1024 * 1024 + 1), None],
    "markdown": ["", 1],
    "code": ["", " a", "a ", "a  b", "a\tb", "a\u00a0 b", 1],
    "uri": ["", "a b", "a\n", "\u3000", 1, "oid:1.2", "uuid:1", "urn:oid:a", "urn:oid:1.02", "urn:uuid:1"],
    "url": ["http://x y"],
    "canonical": ["http://x |1", "a", "Questionnaire/1", "|1", "", "urn:uuid:1", 1],
    "oid": ["1.2.3", "urn:oid:3.1", "urn:oid:1.02", "urn:oid:1", "urn:oid:1.2\n"],
    "uuid": ["c757873d-ec9a-4326-a141-556f43239520", "urn:uuid:C757873D-EC9A-4326-A141-556F43239520"],
    "id": ["", "x" * 65, "a_b", "a b", "a\n", "é", "١"],
    "base64Binary": ["", "=", "AAA", "A===", "AA=A", "AAAA-", "中文中文"],
    "date": [
        "0000",
        "2025-13",
        "2025-00",
        "2025-02-30",
        "1900-02-29",
        "2025-2-3",
        "2025/06/01",
        "20250601",
        "2025-W01",
        "２０２５",
        "2025-02-03\n",
        "2025-02-03T00:00:00Z",
        2025,
    ],
    "dateTime": [
        "2025-02-30T04:05:06Z",
        "2025-02-03T04:05:06",
        "2025-02-03T04:05Z",
        "2025-02-03T24:00:00Z",
        "2025-02-03T04:60:00Z",
        "2025-02-03T04:05:61Z",
        "2025-02-03 04:05:06Z",
        "2025-02-03T04:05:06+14:01",
        "2025-02-03T04:05:06+08:60",
        "2025-02-03T04:05:06+0800",
        "2025-02-03T04:05:06z",
        "2025-02-03T04:05:06.Z",
        "2025-02-03T０4:05:06Z",
        "2025-02T04:05:06Z",
        "2025-02-03T",
        "T",
        "",
    ],
    "instant": ["2025-02-03", "2025-02-03T04:05:06", "2025", 1],
    "time": ["24:00:00", "04:05", "4:05:06", "04:05:06Z", "04:60:00", 4],
    "xhtml": ["", "text", "<p>a</p>", "<div", 1],
}


def each(cases):
    return [(kind, value) for kind, values in cases.items() for value in values]


@pytest.mark.parametrize(("kind", "value"), each(RIGHT))
def test_a_right_value_is_accepted(kind, value):
    assert why(kind, value) is None


@pytest.mark.parametrize(("kind", "value"), each(WRONG))
def test_a_wrong_value_is_refused_with_what_is_expected(kind, value):
    assert not valid(kind, value)
    assert str(why(kind, value)).startswith("expected ")


def test_every_primitive_type_of_r4_has_its_cases():
    from adapter.fhir import definitions

    primitives = {name for name in definitions._TYPES if definitions.is_primitive(name)}
    assert primitives == set(RIGHT) == set(WRONG)


def test_another_type_is_unknown():
    with pytest.raises(UnknownType):
        why("Quantity", {})


def test_a_day_that_does_not_exist_is_told_how_long_its_month_is():
    assert why("date", "2025-02-30") == "expected a day that exists: 2025-02 has 28 days"


def test_what_is_expected_never_repeats_the_value():
    assert "ZHANG" not in str(why("id", "ZHANG San"))


@pytest.mark.parametrize("kind", sorted(RIGHT))
def test_no_predicate_is_slow_on_a_hostile_text(kind):
    began = time.process_time()
    for hostile in ("A " * 50_000, "1." * 50_000, " " * 99_999, "urn:oid:1" + ".1" * 50_000, "=" * 99_999):
        valid(kind, hostile)
    assert time.process_time() - began < 1


@given(st.from_regex(r"-?(0|[1-9][0-9]{0,30})(\.[0-9]{1,20})?([eE][+-]?[0-9]{1,2})?", fullmatch=True))
def test_a_number_is_written_back_as_it_was(text):
    assert str(number(text)) == text
    assert pickle.loads(pickle.dumps(number(text))).__str__() == text
    assert str(copy.deepcopy(number(text))) == text
    assert number(text) == Decimal(text)


@pytest.mark.parametrize("text", ["", "1.", ".5", "01", "+1", "1e", "NaN", "1,5", "1e309", "1e-99999", "9" * 4301, "١"])
def test_what_is_no_number_or_beyond_measure_is_refused(text):
    with pytest.raises(ValueError, match="expected a number"):
        number(text)


@given(st.dates(), st.times(), st.integers(-14 * 60, 14 * 60))
def test_every_moment_of_the_calendar_is_a_date_time(day, clock, offset):
    zone = f"{'-' if offset < 0 else '+'}{abs(offset) // 60:02}:{abs(offset) % 60:02}"
    assert valid("dateTime", f"{day.isoformat()}T{clock.isoformat(timespec='microseconds')}{zone}")
    assert valid("date", day.isoformat())


@pytest.mark.parametrize(
    ("kind", "value"), [("dateTime", "2020-01-01T10:00Z"), ("instant", "2020-01-01T10:00+01:00"), ("time", "10:00")]
)
def test_a_time_without_seconds_is_told_what_it_lacks(kind, value):
    assert why(kind, value) == "expected the time as hh:mm:ss: its seconds are missing"


def test_a_moment_with_no_time_that_can_be_read_is_not_told_to_leave_out_its_zone():
    assert why("dateTime", "2020-01-01T10Z") == "expected the time after T as hh:mm:ss"
