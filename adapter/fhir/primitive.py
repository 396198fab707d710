"""R4's primitive types as JSON holds them: one linear predicate a type, written by hand.

The specification's own expressions are not used: that of base64Binary is exponential, and none knows
that February has no day 30. Source: https://hl7.org/fhir/R4/datatypes.html#primitive
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable
from decimal import Decimal
from functools import lru_cache
from typing import Any

from adapter.fhir.definitions import UnknownType
from adapter.fhir.kept import kept

MAX_DIGITS = 4300  # where Python and msgspec stop reading whole numbers
MAX_EXPONENT = 308  # beyond it, readers that use doubles read infinity
MAX_LENGTH = 1024 * 1024  # characters of a string

_NUMBER = re.compile(r"(-?)(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?", re.ASCII)
_DAY = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?", re.ASCII)
_CLOCK = re.compile(r"(\d\d):(\d\d):(\d\d)(?:\.\d+)?", re.ASCII)
_NO_SECONDS = re.compile(r"\d\d:\d\d", re.ASCII)
_ZONE = re.compile(r"Z|[+-](\d\d):(\d\d)", re.ASCII)
_USUAL_MOMENT = re.compile(
    r"\d{4}-\d\d-\d\dT(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?(?:Z|[+-](?:0\d|1[0-3]):[0-5]\d)", re.ASCII
)
_ID = re.compile(r"[A-Za-z0-9.-]{1,64}", re.ASCII)
_OID = re.compile(r"urn:oid:[0-2](?:\.(?:0|[1-9][0-9]*))+", re.ASCII)
_UUID = re.compile(r"urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.ASCII)
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:", re.ASCII)
_BASE64 = re.compile(r"[A-Za-z0-9+/]+={0,2}", re.ASCII)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")
_UNSEEN = "\ufeff \t\r\n"
_BLANKS = str.maketrans("", "", " \t\r\n")

Why = str | None  # what is expected, or None when the value is right


class WrittenDecimal(Decimal):
    """A decimal that `str` would write otherwise (`1e2` as 1E+2): it is written back as it was."""

    __slots__ = ("text",)
    text: str

    def __new__(cls, text: str) -> WrittenDecimal:
        """Return the number of this text, which is a JSON number."""
        number = super().__new__(cls, text)
        number.text = text
        return number

    def __str__(self) -> str:
        return self.text

    def __reduce__(self) -> tuple[type[WrittenDecimal], tuple[str]]:
        return (WrittenDecimal, (self.text,))

    def __copy__(self) -> WrittenDecimal:
        return self

    def __deepcopy__(self, memo: Any) -> WrittenDecimal:
        return self


def number(text: str) -> int | Decimal:
    """Return the number a JSON or XML text writes, which `str` gives back as it was written.

    Raises ValueError when it is none, or larger than any measurement: over 1000 digits, or beyond 1e±400.
    """
    parts = _NUMBER.fullmatch(text) if len(text) <= MAX_DIGITS else None
    if parts is None or (parts[4] is not None and _is_beyond(parts[4][1:])):
        raise ValueError(f"expected a number such as 1.10, at most {MAX_DIGITS} digits and 1e{MAX_EXPONENT}")
    if parts[3] is None and parts[4] is None and text != "-0":
        return int(text)
    plain = Decimal(text)
    return plain if str(plain) == text else WrittenDecimal(text)


def _is_beyond(exponent: str) -> bool:
    digits = exponent.lstrip("+-0")
    return len(digits) > 3 or int(digits or "0") > MAX_EXPONENT


def valid(type_name: str, value: Any) -> bool:
    """Tell whether a JSON value is one of a primitive type. Raises UnknownType."""
    return why(type_name, value) is None


def why(type_name: str, value: Any) -> Why:
    """Return what is expected where the value is not one of a primitive type, else None. Raises UnknownType.

    The text never repeats the value: it may be a patient's.
    """
    return judge_of(type_name)(value)


def judge_of(type_name: str) -> Callable[[Any], Why]:
    """Return the function that `why` asks about values of a primitive type. Raises UnknownType."""
    found = _JUDGES.get(type_name)
    if found is None:
        raise UnknownType(type_name)
    return found


def _boolean(value: Any) -> Why:
    return None if isinstance(value, bool) else "expected true or false, without quotation marks"


def _integer(low: int, high: int, name: str) -> Callable[[Any], Why]:
    def judge(value: Any) -> Why:
        if isinstance(value, int) and not isinstance(value, bool) and low <= value <= high:
            return None
        return f"expected {name} from {low} to {high}, without quotation marks"

    return judge


def _decimal(value: Any) -> Why:
    """A decimal is a Decimal or an int, never a float: that has lost its digits already."""
    is_number = isinstance(value, Decimal | int) and not isinstance(value, bool)
    if is_number and (isinstance(value, int) or value.is_finite()):
        return None
    return _FLOAT if isinstance(value, float) else "expected a decimal number, without quotation marks"


_FLOAT = (
    "expected a decimal number: a float has lost its digits. Found a float: read JSON with parse_float=Decimal, or "
    "give the text to check_json"
)


def _string(value: Any) -> Why:
    if type(value) is str and value[:1] > " " and value.isprintable() and len(value) <= MAX_LENGTH:
        return None  # nearly every text there is
    if not isinstance(value, str) or not value:
        return "expected text that is not empty"
    if len(value) > MAX_LENGTH:
        return f"expected at most {MAX_LENGTH} characters"
    if not value.strip(_UNSEEN) or value.isspace():
        return "expected text, not blanks alone"
    if _CONTROL.search(value) is not None:
        return "expected text without control characters other than tab and line break"
    return None


def _code(value: Any) -> Why:
    if _string(value) is not None or value.split() != value.split(" "):
        return "expected a code: text without blanks at its ends, single spaces within"
    return None


def _uri(value: Any) -> Why:
    """Judge a uri: one that names an OID or a UUID is as those are written, with urn: before them."""
    if _string(value) is not None or value.split() != [value]:
        return "expected a uri: text without any blank"
    if "id:" not in value[:9]:
        return None
    if value.startswith("urn:oid:"):
        return _OID_JUDGE(value)
    if value.startswith("urn:uuid:"):
        return _UUID_JUDGE(value)
    if value.startswith(("oid:", "uuid:")):
        return "expected a uri with a scheme: urn:oid:… or urn:uuid:…"
    return None


def _canonical(value: Any) -> Why:
    """Judge a canonical: the absolute url of a definition, its version behind |, or # and a contained one's id."""
    return _canonical_text(value) if type(value) is str else "expected a canonical url: text without any blank"


@kept(5_000)  # the definitions that resources claim are few
def _canonical_text(value: str) -> Why:
    wrong = _uri(value.partition("|")[0] or value)
    if wrong is not None or _string(value) is not None or value.split() != [value]:
        return wrong or "expected a canonical url: text without any blank"
    if value.startswith("#") or _ABSOLUTE.match(value) is not None:
        return None
    return "expected a canonical url that is absolute, or # and the id of a contained resource"


def _matching(pattern: re.Pattern[str], expected: str) -> Callable[[Any], Why]:
    def judge(value: Any) -> Why:
        return None if isinstance(value, str) and pattern.fullmatch(value) is not None else expected

    return judge


def _base64(value: Any) -> Why:
    """Blanks may stand anywhere, as R4 allows; padding is needed."""
    content = value.translate(_BLANKS) if isinstance(value, str) else ""
    if len(content) % 4 == 0 and _BASE64.fullmatch(content) is not None:
        return None
    return "expected base64: A-Z a-z 0-9 + / in groups of four, padded with ="


def _xhtml(value: Any) -> Why:
    if isinstance(value, str) and value.lstrip().startswith("<div") and value.rstrip().endswith(">"):
        return None
    return "expected an xhtml <div> element"


def _date(value: Any) -> Why:
    if not isinstance(value, str) or _DAY.fullmatch(value) is None:
        return "expected a date as YYYY, YYYY-MM or YYYY-MM-DD"
    return _calendar(value)


@lru_cache(50_000)  # the days of a trial are few
def _calendar(value: str) -> Why:
    """Judge a date of the right shape: its day must exist."""
    year, month = int(value[:4]), int(value[5:7] or 1)
    if year == 0:
        return "expected a year from 0001 to 9999"
    if not 1 <= month <= 12:
        return "expected a month from 01 to 12"
    days = monthrange(year, month)[1]
    if not 1 <= int(value[8:] or 1) <= days:
        return f"expected a day that exists: {year:04}-{month:02} has {days} days"
    return None


def _time(value: Any) -> Why:
    return _clock(value, "a time of day as hh:mm:ss, without time zone")


def _clock(value: Any, expected: str) -> Why:
    """Judge hours, minutes and seconds; what is none of it is told by what was expected."""
    parts = _CLOCK.fullmatch(value) if isinstance(value, str) else None
    if parts is None:
        is_short = isinstance(value, str) and _NO_SECONDS.fullmatch(value) is not None
        return "expected the time as hh:mm:ss: its seconds are missing" if is_short else f"expected {expected}"
    if int(parts[1]) > 23 or int(parts[2]) > 59 or int(parts[3]) > 60:
        return "expected a time from 00:00:00 to 23:59:59 (or :60, a leap second)"
    return None


def _zone(value: str) -> Why:
    parts = _ZONE.fullmatch(value)
    if parts is None:
        return "expected a time zone after the time: Z or +hh:mm"
    if value != "Z" and (int(parts[2]) > 59 or int(parts[1]) * 60 + int(parts[2]) > 14 * 60):
        return "expected a time zone from -14:00 to +14:00"
    return None


def _moment(value: str) -> Why:
    """Judge a full date, time and zone; one written in the usual way by a single expression."""
    if _USUAL_MOMENT.fullmatch(value) is not None:
        return _calendar(value[:10])
    day, _, rest = value.partition("T")
    clock = rest[:-1] if rest.endswith("Z") else rest[:-6] if rest[-6:-5] in ("+", "-") else rest
    if len(day) != 10:
        return "expected a full date before the time"
    return _date(day) or _clock(clock, "the time after T as hh:mm:ss") or _zone(rest[len(clock) :])


def _date_time(value: Any) -> Why:
    if isinstance(value, str) and "T" in value:
        return _moment(value)
    if isinstance(value, str) and _DAY.fullmatch(value) is not None:
        return _calendar(value)
    return "expected YYYY, YYYY-MM, YYYY-MM-DD or YYYY-MM-DDThh:mm:ss with a time zone (Z or +hh:mm)"


def _instant(value: Any) -> Why:
    if isinstance(value, str) and "T" in value:
        return _moment(value)
    return "expected a moment as YYYY-MM-DDThh:mm:ss with a time zone (Z or +hh:mm)"


_HIGHEST = 2**31 - 1
_OID_JUDGE = _matching(_OID, "expected an OID as urn:oid:1.2.3")
_UUID_JUDGE = _matching(_UUID, "expected urn:uuid: and a UUID in lower case, 8-4-4-4-12 of 0-9 a-f")

_JUDGES: dict[str, Callable[[Any], Why]] = {
    "base64Binary": _base64,
    "boolean": _boolean,
    "canonical": _canonical,
    "code": _code,
    "date": _date,
    "dateTime": _date_time,
    "decimal": _decimal,
    "id": _matching(_ID, "expected an id: 1 to 64 of A-Z a-z 0-9 - ."),
    "instant": _instant,
    "integer": _integer(-(2**31), _HIGHEST, "a whole number"),
    "markdown": _string,
    "oid": _OID_JUDGE,
    "positiveInt": _integer(1, _HIGHEST, "a whole number"),
    "string": _string,
    "time": _time,
    "unsignedInt": _integer(0, _HIGHEST, "a whole number"),
    "uri": _uri,
    "url": _uri,
    "uuid": _UUID_JUDGE,
    "xhtml": _xhtml,
}
