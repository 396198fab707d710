"""A study ready to work: its package loaded, its maps compiled. Three calls do it all.

study = load_study("mappings/il2_csu")
resources = study.to_fhir("injection", record)
result = study.to_crf(resources)
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from adapter.crf import derive, package
from adapter.crf.record import Record, parser
from adapter.crf.study import Site, Study
from adapter.errors import DefinitionError, Fault, RecordError, UsageError
from adapter.fhir import json as fhir_json
from adapter.mapping import show
from adapter.mapping.backward import Reader
from adapter.mapping.compiler import FormPlan, compile_form
from adapter.mapping.coverage import CoverageRow, coverage
from adapter.mapping.dispatch import Dispatch
from adapter.mapping.form_view import keyed
from adapter.mapping.forward import Writer
from adapter.mapping.groups import told_by
from adapter.mapping.ids import fhir_id, identifiers, is_own
from adapter.mapping.judgeable import faults_of_maps
from adapter.mapping.modifiers import VOID, not_understood, says_void
from adapter.mapping.narrowing import fewest
from adapter.mapping.notes import Note
from adapter.mapping.pieces import WriteResource
from adapter.mapping.plan import ResourcePlan
from adapter.mapping.reading import FormReading, Merged, Reading, Result, unknown_resource
from adapter.mapping.residue import split
from adapter.mapping.scope import identities, near
from adapter.mapping.taken import Taken
from adapter.outcome import Issue

VIEWS = ("clinical", "form", "both")


@dataclass(frozen=True, slots=True)
class Emitted:
    """A resource as written: its type and id, whether it is restricted, its JSON."""

    type: str
    id: str
    restricted: bool
    body: bytes


class MappedStudy:
    """A study with its maps compiled; `site` reads with that hospital's words too."""

    def __init__(self, definition: Study, site: Site | None, plans: Mapping[str, FormPlan]) -> None:
        self.definition = definition
        self.site = site
        self.plans = plans
        self._compiled: dict[tuple[str, str], list[tuple[ResourcePlan, WriteResource]]] = {}
        self._forms = {
            form: FormReading(
                plan.form,
                definition.codelists,
                derive.deriver(plan.form),
                told_by(plan.view("both")),
                fewest(plan.clinical),
            )
            for form, plan in plans.items()
        }
        self._saying_void = frozenset(plan.type for form in plans.values() for plan in form.clinical if says_void(plan))

    @cached_property
    def _dispatch(self) -> Dispatch:
        reader = Reader(self.definition.zone, self.definition.patterns)
        return Dispatch((plan, reader.resource(plan)) for form in self.plans.values() for plan in form.view("both"))

    def _writers(self, form: str, view: str) -> list[tuple[ResourcePlan, WriteResource]]:
        """Return the writers of a view, compiled when they are first wanted."""
        if (form, view) not in self._compiled:
            if view not in VIEWS:
                raise UsageError(f"there is no view {view!r}: {', '.join(VIEWS)}")
            writer = Writer(self.definition.zone, self.definition.patterns)
            plans = self.plan(form).view(view)
            self._compiled[form, view] = [(plan, writer.resource(plan)) for plan in plans]
        return self._compiled[form, view]

    @property
    def forms(self) -> tuple[str, ...]:
        """The ids of the forms, in the package's order."""
        return tuple(self.plans)

    def plan(self, form: str) -> FormPlan:
        """Return the compiled plan of a form. UsageError names the forms there are."""
        if form not in self.plans:
            raise UsageError(f"there is no form {form!r}{near(form, self.plans)}; there are {', '.join(self.plans)}")
        return self.plans[form]

    def plan_text(self, form: str) -> str:
        """Return the compiled plan of a form as text: place, lens, place. UsageError names the forms there are."""
        return show.plan_text(self.plan(form))

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages in which the study has its labels; English where it does not say."""
        return tuple(self.definition.facts.get("languages") or ("en",))

    def coverage(self) -> list[CoverageRow]:
        """Return a row for every item: where it goes, in which direction, and why what is omitted is."""
        return coverage(self.definition, self.plans)

    def restricted_items(self, form: str) -> frozenset[str]:
        """Return the ids of the items that may reveal the arm."""
        return frozenset(item.id for item in self.plan(form).form.items.values() if item.restricted)

    def told_apart(self, form: str) -> Mapping[str, frozenset[str]]:
        """Return the items that repeated resources tell, a group with the members that tell its entries apart."""
        return self._forms[form].told_by

    def emit(self, form: str, record: Record, view: str = "clinical") -> Iterator[Emitted]:
        """Yield the resources of a record that has been parsed: keys present, values typed. Derived items are computed
        anew.
        """
        for plan, made in self._made(form, record, view):
            for name, text in made:
                yield Emitted(plan.type, name, plan.restricted, text.encode())

    def to_fhir_json(self, form: str, record: Record, view: str = "clinical") -> list[bytes]:
        """Return the resources of a record that has been parsed as compact JSON, in the order of the map."""
        return [text.encode() for _, made in self._made(form, record, view) for _, text in made]

    def to_fhir(self, form: str, record: Mapping[str, Any], view: str = "clinical") -> list[dict[str, Any]]:
        """Return the resources of a record as plain dicts; decimals keep their digits.

        `record` is item id -> value, as docs/study-package.md says; `view` is clinical, form or both.
        RecordError has every issue of a record whose key or values are not right; what is required and missing is
        written as FHIR says silence. UsageError is for an unknown form or view.
        """
        typed, found = parser(self.definition, self.plan(form).form, self.site).parse(record)
        keys = self._forms[form].keys
        issues = [issue for issue in found if issue.code != "required" or issue.item in keys]
        if any(issue.refuses for issue in issues):
            raise RecordError(issues)
        return [fhir_json.parse(text) for text in self.to_fhir_json(form, typed, view)]

    def _made(self, form: str, record: Record, view: str) -> list[tuple[ResourcePlan, Sequence[tuple[str, str]]]]:
        """Return each plan of a view with the (id, text) of its resources."""
        writers = self._compiled.get((form, view)) or self._writers(form, view)
        whole = self._forms[form].completed(record)
        try:
            return [(plan, write(whole)) for plan, write in writers]
        except KeyError as missing:
            if missing.args[0] not in self._forms[form].keys:
                raise
            raise UsageError(f"a record of {form} needs its key {missing.args[0]}") from None

    def resource_id(self, form: str, record: Record) -> str:
        """Return the business key of a record as one text, as ids and paths use it."""
        key = self.plan(form).form.key_text
        for item in self.plan(form).form.keys:
            key = key.replace(f"{{{item.id}}}", str(record[item.id]))
        return fhir_id(key)

    def form_of(self, resource: Mapping[str, Any]) -> tuple[str, ...]:
        """Return the forms whose resources this one may be, by type, code and identifier."""
        return tuple(dict.fromkeys(plan.form for plan in self.plans_of(resource)))

    def plans_of(self, resource: Mapping[str, Any]) -> tuple[ResourcePlan, ...]:
        """Return the plans that may read a resource, by its type, code and identifier."""
        return tuple(one.plan for one in self._dispatch.candidates(resource))

    def read(self, resource: Mapping[str, Any], form: str | None = None) -> Reading:
        """Return what one resource says: a fragment of a record, its residue, and what was dropped.

        It never raises on parsed JSON. `form` settles which form is meant where a resource fits several.
        """
        if not isinstance(resource, dict):
            return unknown_resource({}, "a resource is a JSON object", "structure")
        if resource.get("status") == VOID and resource.get("resourceType") not in self._saying_void:
            return unknown_resource(
                resource, "is entered in error: it voids its record, and gives none", "business-rule"
            )
        found = self._dispatch.read(resource)
        if form is not None:
            found = [(plan, taken) for plan, taken in found if plan.form == form]
        if not found:
            return unknown_resource(resource, self._why_unknown(resource))
        if len(found) > 1 and len({plan.form for plan, _ in found}) > 1:
            names = ", ".join(sorted({plan.form for plan, _ in found}))
            why = f"fits several forms alike: {names}; say which, or send the study's identifier"
            return unknown_resource(resource, why, "multiple-matches")
        plan, taken = found[0]
        self._note_id(plan, taken, resource)
        residue, dropped = split(plan.type, taken.notes) if taken.notes else ([], [])
        reading = self._forms[plan.form].fragment(plan.type, plan.view, taken, residue, dropped)
        if taken.notes:
            reading.issues.extend(not_understood([*(leaf.expression for leaf in residue), *dropped]))
        return reading

    def _note_id(self, plan: ResourcePlan, taken: Taken, resource: Mapping[str, Any]) -> None:
        """A resource's id that is not ours is its sender's name for it: dropped like any foreign identifier."""
        if taken.id is None:
            return
        foreign = {id(note.value) for note in taken.notes}
        if not is_own(plan, taken.id, [one for one in identifiers(resource) if id(one) not in foreign]):
            taken.notes.append(Note(taken.id, "id"))

    def _why_unknown(self, resource: Mapping[str, Any]) -> str:
        kind = resource.get("resourceType")
        known = sorted({plan.type for form in self.plans.values() for plan in form.view("both")})
        if kind not in known:
            return f"no form of this study reads a {kind}; it reads {', '.join(known)}"
        forms = ", ".join(self.form_of(resource))
        of_form = f" as {forms}" if forms else ""
        says = "its code, questionnaire, category, drug or status says otherwise"
        return f"this {kind} is none of the study's{of_form}: {says}"

    def merge(self, readings: Iterable[Reading]) -> Merged:
        """Return the record of fragments that have one form and one key."""
        found = list(readings)
        return self._forms[str(found[0].form)].merge(found)

    def to_crf(self, resources: Iterable[Mapping[str, Any]]) -> Result:
        """Return the records that resources give, with residue, dropped paths and every issue; fragments are merged."""
        groups: dict[tuple[str, Any], list[Reading]] = {}
        result = Result([], [], [], [])
        for resource in resources:
            reading = self.read(resource)
            if reading.form is None or reading.key is None:
                result.residue.extend(reading.residue)
                result.dropped.extend(reading.dropped)
                result.issues.extend(reading.issues)
            else:
                groups.setdefault((reading.form, reading.key), []).append(reading)
        for (form, _), readings in groups.items():
            merged = self.merge(readings)
            result.records.append((form, merged.record))
            result.residue.extend(merged.residue)
            result.dropped.extend(merged.dropped)
            result.issues.extend(merged.issues)
        return result


def load_study(folder: str | Path, site: str | None = None, *, only: Collection[str] | None = None) -> MappedStudy:
    """Load and compile a study package. `site` reads with that hospital's words; `only` compiles these forms alone.

    DefinitionError has every fault of the package and its maps; UsageError names the sites there are.
    """
    definition, found = package.read(Path(folder))
    if found:
        raise DefinitionError([*found, *faults_of_maps(definition, found)])
    return compile_study(definition, site, only=only)


def compile_study(definition: Study, site: str | None = None, *, only: Collection[str] | None = None) -> MappedStudy:
    """Compile the maps of a package that is loaded already; else as `load_study`."""
    definition = keyed(definition)
    words = _site(definition, site)
    known = tuple(identities(definition))
    plans: dict[str, FormPlan] = {}
    faults: list[Fault] = []
    for form in definition.forms:
        if only is None or form in only:
            plans[form], found = compile_form(definition, form, known, words)
            faults.extend(found)
    if faults:
        raise DefinitionError(faults)
    return MappedStudy(definition, words, plans)


def _site(definition: Study, site: str | None) -> Site | None:
    if site is None:
        return None
    if site not in definition.sites:
        there = ", ".join(sorted(definition.sites)) or "none"
        raise UsageError(f"the study has no site {site!r} in sites/{near(site, definition.sites)}; there are {there}")
    return definition.sites[site]


__all__ = ["Emitted", "Issue", "MappedStudy", "load_study"]
