"""A study as data: its forms, items, codelists, names, schedule and sites, as read from one folder.

Plain frozen values; `adapter.crf.package.load` makes them from the YAML files and finds their faults.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

Answer = str | bool
Labels = Mapping[str, str]
"""Language -> text: {"en": "Wheals", "zh": "风团"}."""


@dataclass(frozen=True, slots=True)
class Item:
    """One item of a form (an ItemDef). A group's members have ids `group.member` and follow their group."""

    id: str
    type: str
    codelist: str | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    unit: str | None = None
    key: bool = False
    required: bool = False
    many: bool = False
    restricted: bool = False
    derived: bool = False
    labels: Labels = field(default_factory=dict)
    rule: Mapping[str, Any] | None = None
    oid: str = ""
    file: str = ""
    line: int = 0

    @property
    def group(self) -> str | None:
        """The id of the group whose member this item is."""
        return self.id.rpartition(".")[0] or None

    @property
    def member(self) -> str:
        """The short name by which a group's entry holds this item."""
        return self.id.rpartition(".")[2]


@dataclass(frozen=True, slots=True)
class Form:
    """A form (a FormDef): its items in order, its business key, its edit checks and its rule, if it is computed."""

    id: str
    items: Mapping[str, Item]
    labels: Labels = field(default_factory=dict)
    key_text: str = ""
    """The business key as one text with holes: `{subject}-c{cycle}d{day}`; the id of the form's QuestionnaireResponse.
    """
    checks: tuple[Check, ...] = ()
    queries: tuple[Check, ...] = ()
    """The edit checks that keep the data and open a query (`action: query`)."""
    authored: str | None = None
    """The item that says when the form was filled in; None where none does."""
    rule: Mapping[str, Any] | None = None
    """How the whole form is computed from the records of others (a weekly score); None for a form that is filled in."""
    file: str = ""
    line: int = 0

    @property
    def keys(self) -> tuple[Item, ...]:
        """The items of the business key, in order."""
        return tuple(item for item in self.items.values() if item.key)

    def members(self, group: str) -> tuple[Item, ...]:
        """The members of a group, in order."""
        return tuple(item for item in self.items.values() if item.group == group)


@dataclass(frozen=True, slots=True)
class Check:
    """An edit check of a form: a named rule with its arguments, and what to tell when it fails."""

    id: str
    rule: str
    arguments: Mapping[str, Any]
    items: tuple[str, ...]
    labels: Labels
    file: str = ""
    line: int = 0
    action: str = "refuse"
    """What a failing record comes to: `refuse`, or `query`, which keeps it."""


@dataclass(frozen=True, slots=True)
class Codelist:
    """A table: a row is an answer, a column is how one place says it; the first of a cell is written, all are read.

    `rows[answer][column]` is a tuple of alternatives, empty where the cell is; `answer` is a text, True or False.
    `silence` is the row of `~`, no answer at all; None where the table has none. `columns[column]` names a code
    system or is None.
    """

    id: str
    columns: Mapping[str, str | None]
    rows: Mapping[Answer, Mapping[str, tuple[str, ...]]]
    silence: Mapping[str, tuple[str, ...]] | None = None
    labels: Mapping[Answer, Labels] = field(default_factory=dict)
    file: str = ""
    line: int = 0
    lines: Mapping[Answer, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Site:
    """A hospital's own words, read only: its column names, value words, code alternatives and habits of writing
    time.
    """

    id: str
    columns: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Form -> column as the site writes it -> item id."""
    values: Mapping[str, Mapping[str, Answer]] = field(default_factory=dict)
    """Codelist -> word as the site writes it -> answer."""
    codes: Mapping[str, Mapping[Answer, tuple[Mapping[str, str], ...]]] = field(default_factory=dict)
    """Codelist -> answer -> the site's codings ({system, code})."""
    names: Mapping[str, tuple[Mapping[str, str], ...]] = field(default_factory=dict)
    """Name of names.yaml -> the site's codings that mean the same."""
    zone: str | None = None
    """The offset that the site leaves out of its times (`+08:00`); None: a time without an offset is refused."""
    date_formats: tuple[str, ...] = ()
    """Other shapes of a date at this site, as strptime formats: `%Y/%m/%d`."""
    file: str = ""


@dataclass(frozen=True, slots=True)
class Study:
    """Everything of a study package that is no mapping; `maps` and `names` are kept raw for the mapping compiler."""

    id: str
    folder: Path
    base: str
    """The canonical base of the study's own resources: https://il2-csu.example/fhir."""
    zone: str
    """The offset of the study's days: +08:00."""
    forms: Mapping[str, Form]
    codelists: Mapping[str, Codelist]
    names: Mapping[str, Any]
    maps: Mapping[str, Mapping[str, Any]]
    """Form -> the map as loaded (adapter.crf.strict_yaml.Map: values know their line)."""
    sites: Mapping[str, Site]
    facts: Mapping[str, Any]
    """study.yaml as a whole: title, arms, sites, schedule, scores."""
    patterns: Mapping[str, str]
    """Item type -> regular expression of its texts, for types that a study declares (subject, site, visit)."""
