"""A form as a JSON object: compiled once, then object by object."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from adapter.crf.answer import Absent, AnswerError, Record, show
from adapter.crf.cell_form import check_entry_item
from adapter.crf.cells import absent
from adapter.crf.coded_refusal import of_sites, own_words, yes_or_no
from adapter.crf.many import ordered
from adapter.crf.nearest import hint
from adapter.crf.number_refusal import expected_number
from adapter.crf.reading import Reading
from adapter.crf.study import Form, Item, Site, Study
from adapter.crf.value import Reader, number_within, reader, text_of

JsonReader = Callable[[Any], Any]

MOST_UNKNOWN = 20
"""Unknown items of one record that are told by name: what was meant is looked for, and a sender may send millions."""


class JsonForm:
    """Reads a JSON object into a Reading, and writes the JSON object of a record."""

    def __init__(self, study: Study, form: Form, site: Site | None) -> None:
        own = [item for item in form.items.values() if item.group is None]
        self._items = {item.id: item for item in own}
        self._known = frozenset(self._items)
        self._groups = {
            item.id: {m.member: (m, json_reader(m, study, site)) for m in form.members(item.id)}
            for item in own
            if item.type == "group"
        }
        fields = [(item, json_reader(item, study, site)) for item in own if item.type != "group"]
        self._derived = {item.id: read for item, read in fields if item.rule is not None}
        self._plan = tuple((item.id, read) for item, read in fields if item.rule is None)
        self._alias = {} if site is None else dict(site.columns.get(form.id, {}))

    def read(self, value: Any, reading: Reading) -> None:
        """Read every item; what is wrong goes to the reading."""
        if not isinstance(value, Mapping):
            reading.issue(None, "structure", f"found {_kind(value)}; a record is a JSON object: {{item: value}}")
            return
        if self._alias:
            value = {self._alias.get(name, name): one for name, one in value.items()}
        self._read_plan(value, reading)
        for item, read in self._derived.items():
            self._claim(item, read, value.get(item), reading)
        for group in self._groups:
            self._read_group(group, value.get(group), reading)
        if not value.keys() <= self._known:
            _unknown(value, [*self._items, *self._alias], None, reading)

    def _read_plan(self, value: Mapping[str, Any], reading: Reading) -> None:
        record = reading.record
        for item, read in self._plan:
            found = value.get(item)
            if found is not None:
                try:
                    record[item] = read(found)
                except AnswerError as reason:
                    reading.refused(item, reason)

    def _claim(self, item: str, read: JsonReader, found: Any, reading: Reading) -> None:
        if found is None:
            return
        try:
            reading.claimed[item] = (read(found), None)
        except AnswerError as reason:
            reading.refused(item, reason)

    def _read_group(self, group: str, found: Any, reading: Reading) -> None:
        if found is None:
            return
        if not isinstance(found, list) or not found:
            reading.issue(group, "structure", f"found {_kind(found)}; expected a list of entries, or nothing")
            return
        read = [self._entry(group, one, index, reading) for index, one in enumerate(found)]
        reading.add_entries(group, read)

    def _entry(self, group: str, found: Any, index: int, reading: Reading) -> Record:
        entry: Record = {}
        if not isinstance(found, Mapping) or not found:
            members = ", ".join(self._groups[group])
            why = f"entry {index + 1}: found {_kind(found)}; expected an object with some of {members}"
            reading.issue(group, "structure", why)
            return entry
        for member, (item, read) in self._groups[group].items():
            value = found.get(member)
            if value is not None:
                try:
                    entry[member] = read(value)
                except AnswerError as reason:
                    reading.issue(item.id, reason.code, f"entry {index + 1}: {reason}")
            check_entry_item(item, entry, index, reading)
        if not found.keys() <= self._groups[group].keys():
            _unknown(found, self._groups[group], f"entry {index + 1} of {group}", reading)
        return entry

    def write(self, record: Record) -> dict[str, Any]:
        """Return the JSON object of a record."""
        return {item: self._written(item, value) for item, value in record.items()}

    def _written(self, item: str, value: Any) -> Any:
        if type(value) is Absent:
            return {"absent": value.reason}
        if item in self._groups:
            return [{name: _member(one) for name, one in entry.items()} for entry in value]
        return value


def _member(value: Any) -> Any:
    return {"absent": value.reason} if type(value) is Absent else value


def _unknown(found: Mapping[str, Any], known: Any, where: str | None, reading: Reading) -> None:
    within = "" if where is None else f"{where}: "
    unknown = [name for name in found if name not in known]
    for name in unknown[:MOST_UNKNOWN]:
        reading.issue(None, "structure", f"{within}unknown item {show(name)}{hint(str(name), known)}")
    if len(unknown) > MOST_UNKNOWN:
        reading.issue(None, "structure", f"{within}{len(unknown) - MOST_UNKNOWN} more unknown items")


def json_reader(item: Item, study: Study, site: Site | None) -> JsonReader:
    """Return the function that reads a JSON value of an item; of a `many` item, its list."""
    if item.type == "group":
        raise ValueError("a group has members, and no value of its own")
    read = _KINDS.get(item.type, _string)(item, study, site)

    def read_one(value: Any) -> Any:
        return _absent(value) if isinstance(value, Mapping) else read(value)

    def read_many(value: Any) -> Any:
        if isinstance(value, Mapping):
            return _absent(value)
        if not isinstance(value, list) or not value:
            raise AnswerError(f"found {_kind(value)}; expected a list of answers, or nothing", "structure")
        return ordered(item, study, [read(one) for one in value])

    return read_many if item.many else read_one


def _absent(value: Mapping[str, Any]) -> Absent:
    if set(value) != {"absent"} or not isinstance(value["absent"], str):
        raise AnswerError('found an object; a missing answer is {"absent": "asked-unknown"}', "structure")
    return absent(value["absent"])


def _string(item: Item, study: Study, site: Site | None) -> JsonReader:
    read = reader(item, study, site)

    def read_string(value: Any) -> Any:
        if type(value) is not str:
            raise AnswerError(f"found {_kind(value)}; expected a string{_quoted(value)}", "structure")
        return read(value)

    return read_string


def _coded(item: Item, study: Study, site: Site | None) -> JsonReader:
    """Read a code; a site's own words may be numbers (`1` for male), as its CSV has them."""
    words = own_words(item, site)
    read = _string(item, study, site)

    def read_coded(value: Any) -> Any:
        own = words.get(str(value)) if type(value) is int else None
        return read(value) if own is None else own

    return read_coded


def _boolean(item: Item, study: Study, site: Site | None) -> JsonReader:
    words = own_words(item, site)

    def read_boolean(value: Any) -> Any:
        if type(value) is bool:
            return value
        own = words.get(str(value)) if isinstance(value, str | int) else None
        if own is None:
            near = yes_or_no(str(value))
            todo = "" if near is None else f"; if {near} is meant, write {near}"
            todo += of_sites(item, study, str(value))
            raise AnswerError(f"found {_kind(value)}; expected true or false, without quotes{todo}", "structure")
        return own

    return read_boolean


def _number(item: Item, study: Study, _site: Site | None) -> JsonReader:
    whole = item.type != "decimal"
    text_reader: Reader = reader(item, study)

    def read_number(value: Any) -> Any:
        if type(value) is int and whole and number_within(item, value):
            return text_reader(str(value)) if item.type == "year" else value
        if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
            raise AnswerError(
                f"found {_kind(value)}; expected {expected_number(item)}{_unquoted(value, text_reader)}",
                "structure",
            )
        return _decimal(value, whole, text_reader, item)

    return read_number


def _decimal(value: float | Decimal, whole: bool, read: Reader, item: Item) -> Any:
    if whole:
        return read(text_of(value))
    number = value if isinstance(value, Decimal) else Decimal(str(value))
    if not number.is_finite() or not number_within(item, number):
        raise AnswerError(f"found {show(value)}; expected {expected_number(item)}")
    return number


def _unquoted(value: Any, read: Reader) -> str:
    """Say how to write a number that came as a string."""
    if type(value) is not str:
        return ""
    try:
        return f"; write {text_of(read(value))}, without quotes"
    except AnswerError as reason:
        todo = str(reason).partition("; ")[2]
        return f"; {todo}, without quotes" if todo else ", without quotes"


def _quoted(value: Any) -> str:
    return f'; write "{value}"' if type(value) in (int, Decimal) else ""


def _kind(value: Any) -> str:
    """Return a JSON value as a message names it."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, Mapping):
        return "an object" if value else "an empty object"
    if isinstance(value, list):
        return "a list" if value else "an empty list"
    return f"the string {show(value)}" if isinstance(value, str) else f"the number {show(value)}"


_KINDS: dict[str, Callable[[Item, Study, Site | None], JsonReader]] = {
    "code": _coded,
    "boolean": _boolean,
    "integer": _number,
    "year": _number,
    "decimal": _number,
}
