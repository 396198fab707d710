"""What a map is compiled against: its form, the names, codelists and words in force, and what resources the
study has.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from functools import cached_property
from typing import Any

from adapter.crf.strict_yaml import Map
from adapter.crf.study import Codelist, Form, Item, Site, Study
from adapter.errors import Fault
from adapter.mapping import text
from adapter.mapping.plan import Table, Target

Where = tuple[str, int]
"""File and line of a place in the package."""


ELSEWHERE = {"subject": ("Patient",), "site": ("Organization", "Location")}
"""Item type -> what it identifies, with the system `<type>-id` of names.yaml or one below the study's base."""


@dataclass(frozen=True, slots=True)
class Identity:
    """A kind of resource that the study has: found by identifier system, its value as written in the map."""

    type: str
    system: str
    value: str
    prefix: str
    form: str


@dataclass(frozen=True)
class Scope:
    """The study as one form's map sees it. `each` is the item or group that the place repeats over."""

    study: Study
    form: Form
    site: Site | None
    identities: tuple[Identity, ...]
    faults: list[Fault] = field(default_factory=list)
    each: tuple[Item, ...] = ()

    def fault(self, where: Where, why: str) -> None:
        """Add a fault; compiling goes on, to find the others."""
        self.faults.append(Fault(where[0], where[1], why))

    def inside(self, each: Item) -> Scope:
        """Return the scope within an entry that repeats over `each`."""
        return replace(self, each=(*self.each, each))

    @cached_property
    def patterns(self) -> dict[str, str]:
        """Item type -> regular expression of its texts, as the study declares them."""
        return dict(self.study.patterns)

    def shape(self, item: Item) -> str:
        """Return the regular expression of an item's texts."""
        return text.shape(item, self.patterns)

    def name(self, word: str, where: Where) -> Any:
        """Return what a bare word stands for, a site's own codings behind the study's; None, with a fault, if
        unknown.
        """
        if word not in self.study.names:
            self.fault(where, f"{word!r} is no name of names.yaml{near(word, self.study.names)}")
            return None
        meant = self.study.names[word]
        own = self.site.names.get(word, ()) if self.site is not None else ()
        return meant if not own else [*(meant if isinstance(meant, list) else [meant]), *own]

    def system(self, written: str | None, where: Where) -> str | None:
        """Return a code system's uri: as written, or by its name."""
        if written is None or ":" in written:
            return written
        meant = self.name(written, where)
        return meant if isinstance(meant, str) else None

    def item(self, item_id: str, where: Where) -> Item | None:
        """Return the item that a hole names, None with a fault for one that cannot stand here."""
        item = self.form.items.get(item_id)
        if item is None:
            self.fault(where, f"form {self.form.id} has no item {item_id!r}{self._item_meant(item_id)}")
            return None
        if item.type == "group":
            self.fault(where, f"{item_id} is a group: name a member, {{{item_id}.member}}")
            return None
        around = item.id if item.group is None else item.group
        if (item.many or item.group is not None) and around not in {each.id for each in self.each}:
            self.fault(where, f"{item_id} has many answers: repeat the entry, `each: {around}`")
            return None
        return item

    def _item_meant(self, item_id: str) -> str:
        meant = near(item_id, self.form.items)
        others = ", ".join(form.id for form in self.study.forms.values() if item_id in form.items)
        return meant or (f"; it is one of {others}: a map reads the items of its own form" if others else "")

    def named_at(self, word: str) -> str:
        """Return where a name is written, for a fault told where it is used; '' if nobody knows."""
        names = self.study.names
        return f" ({names.file}:{names.line_of(word)})" if isinstance(names, Map) else ""

    def table(self, item: Item, column: str | None, fhir_type: str, where: Where) -> Table | None:
        """Return the cells of the item's codelist that a hole of this type uses, None with a fault."""
        codelist = self.study.codelists[item.codelist or ""]
        if column is not None and column not in codelist.columns:
            self.fault(where, f"codelist {codelist.id} has no column {column!r}{near(column, codelist.columns)}")
            return None
        columns = [column] if column is not None else self._columns(codelist, fhir_type)
        if not columns or (len(columns) > 1 and fhir_type != "CodeableConcept"):
            self.fault(where, f"say which column of codelist {codelist.id}: {{{item.id}:{'|'.join(codelist.columns)}}}")
            return None
        at = (codelist.file, codelist.line)
        used = tuple((name, self.system(codelist.columns[name], at)) for name in columns)
        return Table(codelist.id, used, *self._rows(codelist), *self._site_words(codelist, used))

    def _columns(self, codelist: Codelist, fhir_type: str) -> list[str]:
        if len(codelist.columns) == 1:
            return list(codelist.columns)
        wants_system = fhir_type in ("CodeableConcept", "Coding")
        return [name for name, system in codelist.columns.items() if (system is not None) == wants_system]

    def _rows(self, codelist: Codelist) -> tuple[Any, Any]:
        silence = None if codelist.silence is None else dict(codelist.silence)
        return {answer: dict(row) for answer, row in codelist.rows.items()}, silence

    def _site_words(self, codelist: Codelist, used: tuple[tuple[str, str | None], ...]) -> tuple[Any, Any]:
        if self.site is None or not any(system is not None for _, system in used):
            words = {} if self.site is None else dict(self.site.values.get(codelist.id, {}))
            return words, {}
        own = self.site.codes.get(codelist.id, {})
        codings = {answer: tuple((c.get("system"), c["code"]) for c in found) for answer, found in own.items()}
        return dict(self.site.values.get(codelist.id, {})), codings

    def target(self, item: Item, targets: tuple[str, ...]) -> Target | None:
        """Return the kind of resource that this item alone identifies, of the types that a Reference allows.

        A subject is a Patient wherever it can be one, not an Observation that has the same key.
        """
        alone = [identity for identity in self.identities if self._identifies(identity, item)]
        own = ELSEWHERE.get(item.type, ())
        named = [kind for kind in targets or own if kind in own]
        for allowed in named or targets or [one.type for one in alone]:
            for identity in alone:
                if identity.type == allowed:
                    return Target(identity.type, identity.system, identity.prefix)
        return self._kept_elsewhere(item, targets)

    def _kept_elsewhere(self, item: Item, targets: tuple[str, ...]) -> Target | None:
        """A subject is a Patient, and a site an Organization or Location, even where no map of the study makes one."""
        kind = next((kind for kind in ELSEWHERE.get(item.type, ()) if not targets or kind in targets), None)
        if kind is None:
            return None
        named = self.study.names.get(f"{item.type}-id")
        return Target(kind, named if isinstance(named, str) else f"{self.study.base}/id/{item.type}", "")

    def _identifies(self, identity: Identity, item: Item) -> bool:
        inside = identity.value.strip("{}")
        other = self.study.forms[identity.form].items.get(inside)
        return identity.value == f"{{{inside}}}" and other is not None and other.type == item.type

    def identity(self, fhir_type: str, system: str) -> Target | None:
        """Return the kind of resource of this type and identifier system, None if the study has none."""
        for identity in self.identities:
            if (identity.type, identity.system) == (fhir_type, system):
                return Target(identity.type, identity.system, identity.prefix)
        return None


def near(word: str, known: Any) -> str:
    """Return a hint at the nearest known word, or ''."""
    plain = {str(one).casefold(): str(one) for one in reversed(list(known))}
    found = get_close_matches(str(word).casefold(), plain, 1)
    return f"; is {plain[found[0]]!r} meant?" if found else ""


def identities(study: Study) -> Iterator[Identity]:
    """Yield the kinds of resource that the maps and form views of a study make, read from the maps as written."""
    for form, written in study.maps.items():
        listed = written.get("resources")
        for resource in listed if isinstance(listed, list) else ():
            if isinstance(resource, Mapping) and form in study.forms:
                yield from _identity(study, form, resource)
    for form_id in study.forms:
        yield from form_view_identities(study, study.forms[form_id])


def _identity(study: Study, form: str, resource: Mapping[str, Any]) -> Iterator[Identity]:
    identifier = resource.get("identifier")
    first = identifier[0] if isinstance(identifier, list) and identifier else identifier
    if isinstance(first, str):
        first = study.names.get(first)
    if not isinstance(first, Mapping) or not isinstance(first.get("system"), str):
        return
    system = first["system"] if ":" in first["system"] else study.names.get(first["system"])
    if isinstance(system, str) and isinstance(first.get("value"), str):
        yield Identity(str(resource.get("resourceType")), system, first["value"], "", form)


def form_word(form: Form) -> str:
    """Return the form's id as a FHIR id may hold it: adverse-event."""
    return form.id.replace("_", "-")


def form_system(study: Study, form: Form) -> str:
    """Return the identifier system of a form's QuestionnaireResponses: the name `<form>-id`, or one below the study's
    base.
    """
    named = study.names.get(f"{form_word(form)}-id")
    return named if isinstance(named, str) else f"{study.base}/id/{form_word(form)}"


def form_view_identities(study: Study, form: Form) -> Iterator[Identity]:
    """Yield the QuestionnaireResponse of a form; its id is the business key behind the form's name."""
    yield Identity("QuestionnaireResponse", form_system(study, form), form.key_text, f"{form_word(form)}-", form.id)
