"""One record while it is being read: what is there already, and what is wrong so far."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from adapter.crf.answer import Absent, AnswerError, Record, show
from adapter.crf.study import Item
from adapter.outcome import Issue, Place


class Reading:
    """The record so far, the issues so far, and the answers that were claimed for derived items."""

    __slots__ = ("claimed", "form", "issues", "place", "record", "unordered")

    def __init__(self, form: str, place: Place | None) -> None:
        self.form = form
        self.place = place
        self.record: Record = {}
        self.issues: list[Issue] = []
        self.claimed: dict[str, Any] = {}
        self.unordered = False

    def issue(self, item: str | None, code: str, why: str, column: str | None = None, key: str | None = None) -> None:
        """Note that the record is refused for `why`; `column` is where the value stands, if in one."""
        place = self.place
        if column is not None:
            place = Place(column=column) if place is None else replace(place, column=column)
        self.issues.append(Issue("error", code, why, None, self.form, item, place, key))

    def refused(self, item: str, reason: AnswerError, column: str | None = None) -> None:
        """Note why a value of an item was refused."""
        self.issue(item, reason.code, str(reason), column)

    def add_entries(self, group: str, entries: list[Record]) -> None:
        """Put the entries of a group into the record; one of which nothing could be read is no entry."""
        read = [entry for entry in entries if entry]
        if read:
            self.record[group] = read
            self.unordered = True

    def missing(self, item: Item) -> None:
        """Note that a key or a required item is silent, unless its value was there and refused."""
        if not any(issue.item == item.id for issue in self.issues):
            what = "the key" if item.key else "the required item"
            todo = "" if item.key else ", or the reason why it is missing: ~asked-unknown"
            self.issue(item.id, "required", f"{what} {item.id} is missing; give it{todo}")

    def compare(self) -> None:
        """Note every derived item whose claimed answer is not the computed one."""
        for item, (claimed, column) in self.claimed.items():
            computed = self.record.get(item)
            if claimed != computed and type(claimed) is not Absent:
                rule = "nothing, for lack of answers" if computed is None else show(computed)
                why = f"found {show(claimed)}; the record gives {rule}; leave it out, or correct the record"
                self.issue(item, "business-rule", why, column, "derived")
