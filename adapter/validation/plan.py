"""The heart: one check for each kind of object, planned once for each shape that such objects have.

A kind is a type at a path under the constraints of profiles; a shape is the tuple of the keys that are there.
Whatever the keys alone decide (unknown, missing, two of a choice, most invariants) is settled when a shape is
first met; what is left is a tuple of closures. A sound value builds nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, Any, NamedTuple

from adapter.fhir.constraints import Constraints, Profile
from adapter.fhir.definitions import QUANTITIES, fields, is_primitive, is_resource, is_type
from adapter.fhir.kept import Table, Together
from adapter.validation import known
from adapter.validation.codes import READERS
from adapter.validation.element import Element, Step, is_single, step_of
from adapter.validation.element_id import check_id
from adapter.validation.finding import Check, Finding, Found, below, error
from adapter.validation.graft import grafted
from adapter.validation.invariant import SAYS_WRONG_SHAPE, Rule, ruled, rules_of
from adapter.validation.memory import Memories
from adapter.validation.quick import Glance, glance, is_plain
from adapter.validation.shape import settled
from adapter.validation.typed import Bare, typed
from adapter.validation.value import check_of

if TYPE_CHECKING:
    from adapter.validation.scope import Scope
    from adapter.validation.validator import Validator

MOST_SHAPES = 5_000
"""Shapes that are kept, of all kinds together; then they begin anew: no sender's inventions fill them for good."""

MOST_KINDS = 20_000
"""Kinds of objects and of values that are kept, each: extensions within extensions are new ones at each depth. They,
too, begin anew."""

CORE = "http://hl7.org/fhir/StructureDefinition/"

PROFILED = frozenset({"SimpleQuantity", "MoneyQuantity"})
"""Types of the table that are profiles of Quantity to those who ask them of one."""

BY_HAND = frozenset({"ele-1", "ext-1", "dom-2", "dom-3", "dom-4", "dom-5", "dom-6", "ref-1", "txt-1", "txt-2"}) | {
    "bdl-3",
    "bdl-4",
    "bdl-7",
    "bdl-8",
}
"""Invariants that a check of its own holds: shape.py, contained.py, reference.py, bundle.py, the xhtml predicate."""


@dataclass(frozen=True, slots=True)
class Kind:
    """What objects of one kind have in common."""

    type: str
    path: str  # 'Patient.contact', a data type's by where it stands: 'Patient.name'
    overlays: tuple[Constraints, ...] = ()

    @property
    def identity(self) -> tuple[str, str, tuple[int, ...]]:
        """What two equal kinds share; trees of constraints are told apart by identity."""
        return self.type, self.path, tuple(map(id, self.overlays))


class Plan(NamedTuple):
    """What is left to do for one shape."""

    faults: tuple[Callable[[], Finding], ...]
    glance: Glance | None
    plain: tuple[Step, ...]  # of what the glance could not see to be right
    singles: tuple[tuple[str, Check, str], ...]  # key, check of the value, FHIRPath's step
    steps: tuple[Step, ...]
    rules: tuple[Rule, ...]


class Plans:
    """All plans of one validator, made when first needed."""

    def __init__(self, validator: Validator) -> None:
        self.validator = validator
        self.terminology = validator.definitions.terminology
        self.memories = Memories()
        self.values: dict[Any, Check] = {}
        self._checks: dict[Any, Check] = {}
        self._lock = Lock()  # while kinds and values are written, of which the ones name what the others hold
        self._shapes: Together[tuple[str, ...], Plan] = Together(MOST_SHAPES)
        self._bare: Bare = {}
        self._grafts: dict[tuple[int, int], tuple[Constraints, Constraints, Constraints]] = {}

    def profile(self, url: str) -> Profile | None:
        """Return a profile that is known here; R4's own types, named by their urls, are none."""
        if url.startswith(CORE) and is_type(name := url.removeprefix(CORE)) and name not in PROFILED:
            return None
        return self.validator.definitions.profile(url)

    def element_profile(self, url: str) -> Profile | None:
        """Return the profile that a type of an element names, which may be what one states of an element within it."""
        return self.validator.definitions.element_profile(url) if "#" in url else self.profile(url)

    def extension(self, url: str) -> Profile | None:
        """Return the definition of an extension, or None."""
        return self.validator.definitions.extension(url)

    def type_of(self, url: str) -> str | None:
        """Return the type that a url of a type or profile speaks of, or None where it is not known."""
        name = url.partition("|")[0].removeprefix(CORE)
        if is_type(name) and url.startswith(CORE):
            return name
        profile = self.element_profile(url)
        return None if profile is None else profile.type

    def member_of(self, value: Any, url: str) -> bool | None:
        """Tell whether a code, Coding or CodeableConcept is of a value set; None where that cannot be told."""
        read = READERS["code"] if isinstance(value, str) else READERS["Coding"]
        read = READERS["CodeableConcept"] if isinstance(value, dict) and "coding" in value else read
        members = [self.terminology.member(url, system, code) for system, code in read(value) if code]
        return True if True in members else None if None in members else False

    def grafted(self, stated: Constraints, roots: tuple[Constraints, ...]) -> Constraints:
        """Return what is stated of an element whose type has the profiles `roots`; the same each time."""
        for root in roots if stated.children or stated.slices else ():
            key = id(stated), id(root)
            if key not in self._grafts:  # the originals are kept beside it, so that no other takes their identity
                self._grafts[key] = stated, root, grafted(stated, root)
            stated = self._grafts[key][2]
        return stated

    def check_of(self, kind: Kind) -> Check:
        """Return the check of a kind of object."""
        check = self._checks.get(kind.identity)
        if check is None:
            check = self._object_check(kind)
            self._keep_kind(kind, check)
        return check

    def _keep_kind(self, kind: Kind, check: Check) -> None:
        with self._lock:
            if len(self._checks) >= MOST_KINDS:
                self._checks.clear()
                self.values.clear()
            if MOST_KINDS:
                self._checks[kind.identity] = check

    def keep(self, key: Any, check: Check) -> None:
        """Remember the check of a value in a kind that is kept; of too many, the others are forgotten.

        A key names constraints by identity, which is theirs alone as long as they live: those of kinds that are kept.
        """
        with self._lock:
            if len(self.values) >= MOST_KINDS:
                self.values.clear()
            if key[0] in self._checks:
                self.values[key] = check

    def _object_check(self, kind: Kind) -> Check:
        plans = self._shapes.new()
        rules = tuple(rule for rule in rules_of(kind.type, kind.overlays) if rule.key not in BY_HAND)
        more = (*known.rules_of(kind.type), *self._coded(kind.type))

        return _shaped(kind, plans, lambda shape: self._plan(kind, shape, rules, plans), more)

    def _coded(self, type_name: str) -> tuple[Check, ...]:
        if type_name == "Coding":
            return (self.validator.codings.check,)
        return (self.validator.codings.check_quantity,) if type_name in QUANTITIES else ()

    def _plan(
        self, kind: Kind, shape: tuple[str, ...], rules: tuple[Rule, ...], plans: Table[tuple[str, ...], Plan]
    ) -> Plan:
        faults = tuple(settled(kind, shape))
        names = tuple(key for key in shape if isinstance(key, str))  # what is no JSON may have others
        keys = frozenset(names)
        every = [typed(each, self._bare) for each in elements(kind, names)]
        plain = [each for each in every if is_plain(each, self.terminology.codes)]
        singles = [each for each in every if each not in plain and is_single(each)]
        plan = Plan(
            faults,
            glance(plain, self.terminology.codes),
            tuple(step_of(self, each) for each in plain),
            tuple((each.field.key, check_of(self, each, each.stated), each.step) for each in singles),
            (
                *(step_of(self, each) for each in every if each not in plain and each not in singles),
                *((check_id,) if "id" in keys and not is_resource(kind.type) else ()),
            ),
            tuple(rule for rule in rules if not rule.settled(keys)),
        )
        if len(every) == len({key.removeprefix("_") for key in keys} - {"resourceType"}) and len(names) == len(shape):
            self._shapes.keep(plans, shape, plan)
        return plan


def elements(kind: Kind, shape: tuple[str, ...]) -> Iterator[Element]:
    """Yield the known elements of a shape, a primitive and what is said beside it as one."""
    known_fields, keys = fields(kind.type), dict.fromkeys(key.removeprefix("_") for key in shape)
    for key in keys:
        field = known_fields.get(key)
        if field is not None and not (key == "resourceType" and is_resource(kind.type)):
            if key not in shape and not is_primitive(field.type):
                continue  # a `_name` of no primitive: shape.py tells of it
            stated = tuple(
                overlay.children[field.element] for overlay in kind.overlays if field.element in overlay.children
            )
            yield Element(field, kind, f"{kind.path}.{field.element}", stated, key in shape, f"_{key}" in shape)


def _shaped(  # noqa: C901 (in one piece: each call here is paid for every object of every resource)
    kind: Kind,
    plans: dict[tuple[str, ...], Plan],
    make: Callable[[tuple[str, ...]], Plan],
    more: tuple[Check, ...],
) -> Check:
    """Return the check of objects of one kind: by the plan of their shape, then `more`, which takes it for granted."""

    def check(value: Any, scope: Scope) -> Found:  # noqa: C901
        if type(value) is not dict:
            return [error("structure", f"A {kind.type} is an object here, not {_named(value)}.", "type")]
        shape = tuple(value)
        plan = plans.get(shape)
        if plan is None:
            plan = make(shape)
        faults, look, plain, singles, steps, rules = plan
        found = _stepped(plain, value, scope) if look is not None and not look(value) else None
        for key, single, name in singles:
            wrong = single(value[key], scope)
            if wrong is not None:
                found = _joined(found, below(wrong, name))
        for step in steps:
            wrong = step(value, scope)
            if wrong is not None:
                found = _joined(found, wrong)
        if faults:
            found = _joined(found, [fault() for fault in faults])
        if rules:
            found = ruled(value, scope, rules, found)
        if more and not _is_misshapen(found):
            for each in more:
                wrong = each(value, scope)
                if wrong is not None:
                    found = _joined(found, wrong)
        return found

    return check


def _stepped(steps: tuple[Step, ...], value: Any, scope: Scope) -> Found:
    found = [each for step in steps for each in step(value, scope) or ()]
    return found or None


def _is_misshapen(found: Found) -> bool:
    return found is not None and any(each.code in SAYS_WRONG_SHAPE for each in found)


def _joined(found: Found, more: list[Finding]) -> list[Finding]:
    if found is None:
        return more
    found.extend(more)
    return found


def _named(value: Any) -> str:
    names = {bool: "a boolean", int: "a number", str: "text", list: "a list", type(None): "null"}
    return names.get(type(value), "a number")
