"""Bindings: whether a code, Coding, CodeableConcept or Quantity is of the value set that it is bound to.

Required bindings give errors, extensible and preferred ones warnings; a value set that cannot be enumerated
here says so, once a value, as information. Source: http://hl7.org/fhir/R4/terminologies.html#binding
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any

from adapter.fhir.constraints import Binding, Constraints
from adapter.fhir.definitions import QUANTITIES, Field
from adapter.fhir.kept import Kept
from adapter.fhir.terminology.suggestion import nearest
from adapter.validation.finding import Check, Finding, Found, error, note, warning

if TYPE_CHECKING:
    from adapter.fhir.terminology import Terminology
    from adapter.validation.element import Element
    from adapter.validation.plan import Plans
    from adapter.validation.scope import Scope

JUDGED = ("required", "extensible", "preferred")
BESIDE = {"CapabilityStatement.format": frozenset({"xml", "json", "ttl"})}
"""What an element's text allows beside its value set: "xml, json and ttl are allowed, which describe the simple
encodings described in the specification"."""

KEPT = 2_000
"""Verdicts that are kept for each binding; codes repeat, senders' inventions need not."""

SHOWN = 12

Coded = tuple[str | None, str | None]
"""A code with its system; a plain code's system is that of its value set."""


def listed(codes: frozenset[str], judge: Callable[[Any], str | None], url: str) -> Check:
    """Return the check of a code that R4 enumerates."""

    def check(value: Any, scope: Scope) -> Found:
        if type(value) is str and value in codes:
            return None
        if value is None:
            return [error("structure", "null stands for nothing here: leave the element out.", "null")]
        expected = judge(value)
        if expected is not None:
            key = "type" if isinstance(value, list | dict) else "format"
            return [error("value", f"{expected[0].upper()}{expected[1:]}.", key)]
        return [error("code-invalid", partial(not_among, value, codes, url), "binding")]

    return check


def no_code(field: Field, stated: tuple[Constraints, ...]) -> Callable[[], list[Finding]]:
    """Return what finds a code missing of which there is an extension alone.

    terminologies.html#required: "To be conformant, the concept in this element SHALL be from the specified value set".
    """
    required = [each.binding for each in stated if each.binding is not None and each.binding.strength == "required"]
    url = field.binding if field.strength == "required" else required[0].value_set if required else None
    if field.type != "code" or url is None:
        return list
    text = f"No code, and one of {url} is required: an extension alone does not do."
    return lambda: [error("code-invalid", text, "binding")]


def not_among(code: str, codes: frozenset[str], url: str) -> str:
    """Return what to say of a code outside a set: the nearest right one, and the set where it is short."""
    near = nearest(codes, code)
    hint = "" if near is None else f" Did you mean {near!r}?"
    return f"{code[:80]!r} is not a code of {url}.{hint} Allowed: {_allowed(codes)}."


@lru_cache(256)
def _allowed(codes: frozenset[str]) -> str:
    shown = sorted(codes)
    return ", ".join(shown[:SHOWN]) + (f" and {len(shown) - SHOWN} more" if len(shown) > SHOWN else "")


def checks_of(plans: Plans, element: Element, stated: tuple[Constraints, ...]) -> list[Check]:
    """Return the checks of R4's own binding and of those that profiles add."""
    field = element.field
    bindings: list[tuple[Binding, str | None]] = []
    if (
        field.binding is not None
        and field.strength in JUDGED
        and not (field.type == "code" and field.codes is not None)
    ):
        bindings.append((Binding(field.strength, field.binding), None))
    bindings += [
        (one.binding, one.profile) for one in stated if one.binding is not None and one.binding.strength in JUDGED
    ]
    read = READERS.get(field.type)
    if read is None:
        return []
    checks = [_bound(plans, each, profile, read, field.type) for each, profile in dict.fromkeys(bindings)]
    return [_unless(BESIDE[field.path], each) for each in checks] if field.path in BESIDE else checks


def _unless(allowed: frozenset[str], check: Check) -> Check:
    """Return a check that lets pass what is allowed beside the value set."""
    return lambda value, scope: None if type(value) is str and value in allowed else check(value, scope)


def _bound(
    plans: Plans, binding: Binding, profile: str | None, read: Callable[[Any], tuple[Coded, ...]], type_name: str
) -> Check:
    judge = Bound(plans.terminology, binding, profile, type_name)
    verdicts: Kept[tuple[Coded, ...], tuple[Finding, ...]] = Kept(KEPT)

    def check(value: Any, scope: Scope) -> Found:
        coded = read(value)
        verdict = verdicts.get(coded)
        if verdict is None:
            verdict = judge.verdict(coded)
            verdicts.keep(coded, verdict)
        return [each.again() for each in verdict] if verdict else None

    return check


class Bound:
    """One binding: judges the codes of a value."""

    def __init__(self, terminology: Terminology, binding: Binding, profile: str | None, type_name: str) -> None:
        self._terminology = terminology
        self._binding = binding
        self._profile = profile
        self._type = type_name

    def verdict(self, coded: tuple[Coded, ...]) -> tuple[Finding, ...]:
        """Return what is wrong with the codes of one value; nothing where one of them is in the set."""
        url, required = self._binding.value_set, self._binding.strength == "required"
        if not any(code for _, code in coded):
            if required and self._type in ("CodeableConcept", "Coding"):
                text = f"No code, and one of {url} is required: text alone does not do."
                return (error("code-invalid", text, "binding", "", self._profile),)
            return ()
        members = {(system, code): self._terminology.member(url, system, code) for system, code in coded if code}
        if True in members.values():
            return ()
        beyond = self._beyond(coded)
        if beyond:
            return beyond
        if None in members.values():
            unknown = next(system for (system, _), member in members.items() if member is None)
            why = self._terminology.why(url, unknown)
            return (note("not-supported", f"Not checked against {url}: {why}", "binding"),)
        return (self._outside(coded, error if required else warning),)

    def _beyond(self, coded: tuple[Coded, ...]) -> tuple[Finding, ...]:
        """Judge what is outside an extensible or preferred set by the one that R4 requires all the same."""
        maximum = self._terminology.maximum(self._binding.value_set)
        if maximum is None or self._binding.strength == "required":
            return ()
        judged = Bound(self._terminology, Binding("required", maximum), self._profile, self._type).verdict(coded)
        return tuple(each for each in judged if each.severity == "error")

    def _outside(self, coded: tuple[Coded, ...], make: Callable[..., Finding]) -> Finding:
        return make("code-invalid", partial(self._words, coded), "binding", "", self._profile)

    def _words(self, coded: tuple[Coded, ...]) -> str:
        """Return what to say of codes outside the value set: what is next to right."""
        url = self._binding.value_set
        strength = "" if self._binding.strength == "required" else f" ({self._binding.strength} binding)"
        codes = self._terminology.codes(url)
        if not codes:
            shown = ", ".join(f"{system}#{code}" if system else str(code) for system, code in coded)
            return f"{shown[:400]} is not in {url}.{strength}"
        wrong = next((each for each in coded if each[1] in codes), None)
        if wrong is not None:
            return f"{self._of_another_system(*wrong)}{strength}"
        return f"{not_among(next(code for _, code in coded if code) or '', codes, url)}{strength}"

    def _of_another_system(self, system: str | None, code: str | None) -> str:
        """Return what to say of a code that is right and its system not: which it is to be."""
        url = self._binding.value_set
        systems = self._terminology.systems(url) or {}
        right = " or ".join(sorted(name for name, codes in systems.items() if code in codes))
        found = f"not of {system[:120]}" if system else "and no system is stated"
        return f"{code!r} is a code of {url} with the system {right}, {found}."


def _code(value: Any) -> tuple[Coded, ...]:
    return ((None, value),) if isinstance(value, str) else ()


def _coding(value: Any) -> tuple[Coded, ...]:
    if type(value) is not dict:
        return ()
    system, code = value.get("system"), value.get("code")
    # without a system a Coding is of no value set; None is for plain codes, whose system the value set says
    return ((system if isinstance(system, str) else "", code if isinstance(code, str) else None),)


def _concept(value: Any) -> tuple[Coded, ...]:
    codings = value.get("coding") if type(value) is dict else None
    if not isinstance(codings, list):
        return ()
    if len(codings) == 1:
        return _coding(codings[0])
    return tuple(coded for each in codings for coded in _coding(each))


READERS: dict[str, Callable[[Any], tuple[Coded, ...]]] = {
    "code": _code,
    "string": _code,
    "uri": _code,
    "Coding": _coding,
    "CodeableConcept": _concept,
    **dict.fromkeys(QUANTITIES, _coding),
}
"""How the codes of a value of each bindable type are read."""
