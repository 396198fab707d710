"""Values that something somewhere takes for more, or for less, than they are."""

from __future__ import annotations

from typing import Any

NUMBERS = [
    "1e999999999", "1e-999999999", "-1e400", "-0", "NaN", "Infinity", "0x10", "１２", "٣", "1_000", "9" * 5000,
    f"0.{'0' * 5000}1", f"1{'0' * 400}|http://unitsofmeasure.org|mg", "5.4||", "5.4|||", "|||mg", f"1|u|{'m' * 3000}",
]  # fmt: skip
TIMES = [
    "0000", "0001", "0001-01-01", "9999", "9999-12-31", "9999-12-31T23:59:60Z", "9999-12-31T23:59:59.999999999999Z",
    "9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00", "2025-02-30", "2025-01-01T24:00:00Z",
    "2025-01-01T00:00:00-00:00", "2025-01-01T00:00:00+14:01", "2025-01-01T10", "２０２５", "2025-W01", "20250101",
    "ap0001", "ap9999", "ge", "eb0001-01-01", "sa9999-12-31", "apNaN", "ap9999-12-31T23:59:59.999Z",
]  # fmt: skip
TEXTS = [
    "", " ", ",", "|", "||", "\\", "\\,", "a\\|b", "\x01\x02", "\x7f", "\u202e", "a" * 10_000, f"a|{'b' * 10_000}",
    f"Patient/{'9' * 200}", "Patient/", "/", "//", "http://[", "http://[::1", "urn:uuid:", "#", "?", "%", "%25", "%zz",
    "ß", "İ", "ﬁ", "e\u0301" * 50, "\U0010ffff", "[", '{"a":1}', "true", "null", "*", "_", "\t", "\r\n", "=", "&", "+",
    "(" * 5000, "'; DROP TABLE resource; --", "01-001\n", "01-001 ",
]  # fmt: skip
BYTES = [b"\xff\xfe", b"\xed\xa0\x80", b"%ff"]
"""What is no text in UTF-8."""

QUERIED: list[str | bytes] = [*NUMBERS, *TIMES, *TEXTS, *BYTES]
"""What may stand in an address."""

MODIFIERS = [
    "", ":missing", ":not", ":exact", ":contains", ":identifier", ":Patient", ":in", ":of-type", ".", ".x", ":",
    ":missing:not", ":Patient.identifier", f":{'x' * 3000}",
]  # fmt: skip

WRITTEN: list[Any] = [
    *NUMBERS[:8], *TIMES[:16], *TEXTS, 0, -1, 10**30, True, False, None, [], {}, [None], [[]], ["x"], {"a": 1},
    "\ud800", "\0",
]  # fmt: skip
"""What may stand in a record or resource."""

DIGITS = [
    "1e999999999", "-0", "-0.0", "1e-999999999", "1E400", f"0.{'0' * 400}1", "9" * 400, "1.0e1", "00", "-", "1.", "NaN",
    "Infinity", "1e", "0e0",
]  # fmt: skip
"""Numbers, or nearly, as JSON writes them."""
