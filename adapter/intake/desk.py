"""The study at work: parsers, checks and keys of each form, made once and kept, beside the mapping engine."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from functools import cached_property
from hashlib import sha256
from typing import Any

from adapter.crf.check import checker
from adapter.crf.record import Record, RecordParser, parser
from adapter.crf.study import Form
from adapter.fhir import json
from adapter.fhir.conformance import load_definitions
from adapter.fhir.kept import Table, Together
from adapter.intake.engine import Engine, Reading, resource_types
from adapter.intake.own_codes import best, sites_of, systems_of_sites
from adapter.mapping.naming import Naming, ways
from adapter.mapping.plan import Target, holes
from adapter.mapping.study import compile_study
from adapter.mapping.told import items_told
from adapter.outcome import Issue
from adapter.store.shapes import Key
from adapter.validation.validator import Validator

Check = Callable[[Record, datetime], list[Issue]]

MOST_KEPT = 2_000_000
"""Characters of stored records that are kept as they were read: those of a few subjects are asked for again."""


class Desk:
    """One study, compiled as far as it is used: the parser and the edit checks of a form are made when first
    asked for."""

    def __init__(self, engine: Engine, site: str | None = None) -> None:
        self.engine = engine
        self.site = site
        self.study = engine.definition
        self._readers: dict[str, Engine] = {}
        self._parsers: dict[str, RecordParser] = {}
        self._cell_parsers: dict[str, RecordParser] = {}
        self._checkers: dict[str, Check] = {}
        self._kept: Together[tuple[str, str], Record] = Together(MOST_KEPT)
        self._stored: Table[tuple[str, str], Record] = self._kept.new()
        self._told: dict[tuple[str, frozenset[tuple[str, str]]], frozenset[str]] = {}

    @property
    def forms(self) -> Mapping[str, Form]:
        """The forms of the study by their ids."""
        return self.study.forms

    def read(self, resource: Mapping[str, Any]) -> Reading:
        """What one resource says; where it uses a hospital's own code systems, read with that hospital's words."""
        sites = sites_of(resource, self._own_systems) if self.site is None else []
        if not sites:
            return self.engine.read(resource)
        found: Reading = best({site: self._reader(site).read(resource) for site in sites})
        return found

    def _reader(self, site: str) -> Engine:
        if site not in self._readers:
            self._readers[site] = compile_study(self.study, site)
        return self._readers[site]

    @cached_property
    def _own_systems(self) -> dict[str, frozenset[str]]:
        return systems_of_sites(self.study)

    def in_own_words(self, value: Any) -> bool:
        """True if a value names a code system of a hospital whose file says what its codes mean."""
        return bool(sites_of(value, self._own_systems))

    @cached_property
    def validator(self) -> Validator:
        """What holds resources to R4 and the profiles of the study's package, where it has one.

        Raises DefinitionError with every fault of the package.
        """
        package = self.study.folder / "package"
        return Validator(load_definitions(*([package] if package.is_dir() else [])))

    @cached_property
    def naming(self) -> Naming:
        """What tells the item that an issue about an element is of."""
        return Naming(self.engine)

    @cached_property
    def readable(self) -> dict[str, frozenset[tuple[str, ...]]]:
        """Resource type -> the ways to the elements that a form of the study reads: ('component', 'value')."""
        found: dict[str, frozenset[tuple[str, ...]]] = {}
        for plan in (plan for form in self.forms for plan in self.engine.plan(form).view("both")):
            found[plan.type] = found.get(plan.type, frozenset()) | ways(plan)
        return found

    @cached_property
    def digest(self) -> str:
        """The SHA-256 of the study package's own files, YAML: which map has read something."""
        whole = sha256()
        for path in sorted(self.study.folder.rglob("*.yaml")):
            whole.update(path.relative_to(self.study.folder).as_posix().encode() + b"\0" + path.read_bytes())
        return whole.hexdigest()

    def parser(self, form: str) -> RecordParser:
        """The reader and writer of a form's records."""
        if form not in self._parsers:
            self._parsers[form] = parser(self.study, form)
        return self._parsers[form]

    def cell_parser(self, form: str) -> RecordParser:
        """The reader of a form's CSV cells, in the words of the desk's site, if it has one."""
        if self.site is None:
            return self.parser(form)
        if form not in self._cell_parsers:
            self._cell_parsers[form] = parser(self.study, form, self.site)
        return self._cell_parsers[form]

    def stored(self, form: str, content: str) -> Record:
        """The record that a stored part holds, by its JSON text. It is kept, and nobody changes it."""
        record = self._stored.get((form, content))
        if record is None:
            record, _ = self.parser(form).parse_json(json.parse(content))
            self.note(form, content, record)
        return record

    def note(self, form: str, content: str, record: Record) -> None:
        """Keep what a content says, which is being stored and will be asked for."""
        self._kept.keep(self._stored, (form, content), record, len(content))

    def checker(self, form: str) -> Check:
        """The rejecting edit checks of a form."""
        if form not in self._checkers:
            self._checkers[form] = checker(self.forms[form], self.study.zone)
        return self._checkers[form]

    def told(self, form: str, readings: Collection[Any]) -> frozenset[str]:
        """The items of a form that resources of these kinds have a place for."""
        kinds = form, frozenset((reading.view, reading.type) for reading in readings)
        if kinds not in self._told:
            self._told[kinds] = items_told(self.engine.plan(form), readings)
        return self._told[kinds]

    def computed(self, form: str) -> bool:
        """True for a form that is computed from the records of others."""
        return self.forms[form].rule is not None

    @cached_property
    def types(self) -> tuple[str, ...]:
        """The resource types that the study's maps and form views make, in alphabetical order."""
        return resource_types(self.study)

    @cached_property
    def restricted(self) -> dict[str, frozenset[str]]:
        """Form -> its items that may reveal the arm; a group with such a member counts as a whole."""
        return {
            form.id: frozenset(item.id.partition(".")[0] for item in form.items.values() if item.restricted)
            for form in self.forms.values()
        }

    @cached_property
    def derived(self) -> dict[str, frozenset[str]]:
        """Form -> its items that are computed within the record."""
        return {
            form.id: frozenset(item.id for item in form.items.values() if item.derived) for form in self.forms.values()
        }

    @cached_property
    def sources(self) -> dict[str, frozenset[str]]:
        """Computed form -> the forms whose records it is computed from."""
        computed = (form for form in self.forms.values() if form.rule is not None)
        return {form.id: frozenset(_forms(form.rule)) & self.forms.keys() for form in computed}

    @cached_property
    def subject_items(self) -> dict[str, str]:
        """Form -> the key item that names the subject, of forms that have one."""
        named = ((form.id, item.id) for form in self.forms.values() for item in form.keys if item.type == "subject")
        return dict(reversed(list(named)))

    @cached_property
    def subject_target(self) -> Target | None:
        """What a reference to a subject of this study points at; None for a study that refers to none."""
        plans = (plan for form in self.forms for plan in self.engine.plan(form).view("both"))
        targets = (hole.target for plan in plans for hole in holes(plan.root) if hole.item.type == "subject")
        return next((target for target in targets if target is not None), None)

    def key(self, form: str, record: Record) -> Key:
        """The address of a record whose keys are all answered."""
        item = self.subject_items.get(form)
        return Key(form, self.engine.resource_id(form, record), record[item] if item is not None else None)

    def has_open(self, form: str, record: Record) -> bool:
        """True if the record answers an open item beside its keys."""
        return any(item not in self._beside[form] for item in record)

    @cached_property
    def _beside(self) -> dict[str, frozenset[str]]:
        """Form -> its keys and its items that may reveal the arm."""
        return {form.id: self.restricted[form.id] | {item.id for item in form.keys} for form in self.forms.values()}


def _forms(rule: Any) -> list[str]:
    if not isinstance(rule, Mapping):
        return []
    below = [form for part in rule.values() for form in _forms(part)]
    return below + ([rule["form"]] if isinstance(rule.get("form"), str) else [])
