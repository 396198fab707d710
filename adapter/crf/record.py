"""Records of a form: read from CSV cells or from JSON with every issue at once, and written back.

`parser` compiles a form once; everything else of a record that other packages need is named here too.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from adapter.crf.answer import REASONS, Absent, Record, answered
from adapter.crf.cell_form import CellForm
from adapter.crf.derive import deriver
from adapter.crf.json_form import JsonForm
from adapter.crf.reading import Reading
from adapter.crf.study import Form, Site, Study
from adapter.outcome import Issue, Place

__all__ = ["REASONS", "Absent", "Record", "RecordParser", "answered", "parser"]


Read = tuple[Record, list[Issue]]
"""What could be read, and everything that is wrong; the record is accepted when no issue refuses."""


class RecordParser:
    """Reads and writes the records of one form. What could be read comes back, with all issues.

    A derived item that a rule computes is never taken over: it comes back as computed, and an answer that
    differs is an issue with the key `derived`. Items that are derived elsewhere come back as they were.
    """

    def __init__(self, study: Study, form: Form, site: Site | None = None) -> None:
        self.form = form
        self._derive = deriver(form)
        self._cells = CellForm(study, form, site)
        self._json = JsonForm(study, form, site)
        self._needed = tuple(item for item in form.items.values() if _is_needed(item))
        self._order = tuple(item.id for item in form.items.values() if item.group is None)

    def columns(self) -> tuple[str, ...]:
        """Return the CSV headers: the item ids in the form's order, a group as its members."""
        return self._cells.columns

    def parse_cells(self, cells: Mapping[str, str], place: Place | None = None) -> Read:
        """Return the record of a CSV row (header -> text, an empty cell is silence) and its issues.

        Blanks around a value are dropped, but for those of a text, which belong to it.
        """
        reading = Reading(self.form.id, place)
        self._cells.read(cells, reading)
        return self._finish(reading)

    def parse_json(self, value: Any, place: Place | None = None) -> Read:
        """Return the record of a JSON object (numbers int or Decimal) and its issues; null is silence."""
        reading = Reading(self.form.id, place)
        self._json.read(value, reading)
        if not isinstance(value, Mapping):
            return {}, reading.issues
        return self._finish(reading)

    def parse(self, record: Mapping[str, Any]) -> Read:
        """Return a record that may be typed already, an Absent for a reason, checked as `parse_json` checks it."""
        return self.parse_json({name: _plain(answer) for name, answer in record.items()})

    def to_cells(self, record: Record) -> dict[str, str]:
        """Return the cells of a record, one for each column; parse_cells reads them as the same record."""
        return self._cells.write(record)

    def to_json(self, record: Record) -> dict[str, Any]:
        """Return the record as a JSON object (decimals still Decimal) that parse_json reads as the same."""
        return self._json.write(record)

    def _finish(self, reading: Reading) -> Read:
        record, needed = reading.record, self._needed
        for item in needed:
            if item.id not in record:
                reading.missing(item)
            elif item.key and type(record[item.id]) is Absent:
                reading.issue(item.id, "required", "a key cannot be missing, for whatever reason; give it")
        if self._derive is not None:
            self._derive(record)
            if reading.claimed:
                reading.compare()
        if reading.unordered:
            record = {item: record[item] for item in self._order if item in record}
        return record, reading.issues


def _is_needed(item: Any) -> bool:
    return item.group is None and not item.derived and bool(item.key or item.required)


def parser(study: Study, form: str | Form, site: str | Site | None = None) -> RecordParser:
    """Return the compiled parser of a form, by its id; with a site it also reads that hospital's own words.

    KeyError for a form or a site that the study has not.
    """
    definition = study.forms[form] if isinstance(form, str) else form
    own = study.sites[site] if isinstance(site, str) else site
    return RecordParser(study, definition, own)


def _plain(answer: Any) -> Any:
    """Return an answer as JSON says it: a reason as an object."""
    if isinstance(answer, Absent):
        return {"absent": answer.reason}
    if isinstance(answer, list):
        return [_plain(entry) for entry in answer]
    return {name: _plain(member) for name, member in answer.items()} if isinstance(answer, dict) else answer
