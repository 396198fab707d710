"""References: how they are written, what type they lead to, and whether that type may stand there.

Source: http://hl7.org/fhir/R4/references.html#literal
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from adapter.fhir.definitions import is_resource
from adapter.fhir.kept import kept
from adapter.validation.bundle import not_held
from adapter.validation.finding import Finding, Found, error
from adapter.validation.resolve import resolve

if TYPE_CHECKING:
    from adapter.validation.scope import Scope

LOCAL = ("urn:uuid:", "urn:oid:")
"""How references begin that lead to an entry of the Bundle around, or nowhere."""

_REST = re.compile(
    r"(?:(?:https?|ftp|file)://[^\s?#|]+/)?([A-Za-z]+)/[A-Za-z0-9.-]{1,64}(?:/_history/[A-Za-z0-9.-]{1,64})?(?:#.*)?",
    re.ASCII,
)
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:", re.ASCII)
_PAIR = r"[A-Za-z_][A-Za-z0-9_.:-]*=[^\s&]*"
_SEARCH = re.compile(rf"([A-Za-z]+)\?{_PAIR}(?:&{_PAIR})*", re.ASCII)


def check_reference(value: dict[str, Any], scope: Scope, targets: tuple[str, ...]) -> Found:
    """Return what is wrong with a Reference whose target is one of `targets`; () allows every type."""
    text = value.get("reference")
    stated = value.get("type")
    if type(text) is not str:
        return _stated(stated, targets)
    named = type_named(text)
    if named is None:
        target = resolve(text, scope)
        if target is None:
            return _dangling(text, scope) or _stated(stated, targets)
        named = target.get("resourceType")
    elif not is_resource(named):
        return [_no_type(text, named)]
    elif "?" in text and scope.bundle is not None and not scope.bundle.is_closed:
        told = "A search in place of a reference is for transactions: refer to Type/id."
        return [error("structure", told, "reference-format", ".reference")]
    if type(stated) is str and named != stated:
        told = f"type says {stated[:60]!r} and the reference leads to a {named}: they must agree."
        return [error("structure", told, "reference-type", ".type")]
    if targets and named not in targets and isinstance(named, str):
        return [_not_allowed(named, targets)]
    return None


@kept(20_000)
def type_named(reference: str) -> str | None:
    """Return the type that a literal reference names itself, or None: `Patient/1`, `https://x/Patient/1/_history/2`."""
    rest = _REST.fullmatch(reference)
    if rest is not None:
        return rest[1] if is_resource(rest[1]) or not _ABSOLUTE.match(reference) else None
    search = _SEARCH.fullmatch(reference)
    return search[1] if search is not None else None


def _stated(stated: Any, targets: tuple[str, ...]) -> Found:
    """Judge Reference.type by itself: in a resource the name of a type, absolute urls are for logical models."""
    if type(stated) is not str:
        return None
    if not is_resource(stated):
        return [error("structure", f"{stated[:80]!r} is no resource type of R4.", "reference-type", ".type")]
    return [_not_allowed(stated, targets, ".type")] if targets and stated not in targets else None


def _dangling(text: str, scope: Scope) -> Found:
    """What cannot be followed from here is right as long as it is written as a reference is."""
    if text.startswith("#"):
        told = f"{text[:80]!r} names a contained resource that is not there: contain it, or refer to another."
        return [error("invariant", told, "ref-1", "")]
    if text.startswith(LOCAL) and scope.bundle is not None and scope.bundle.is_closed:
        return [error("not-found", not_held(text), "bundle-reference", ".reference")]
    if _ABSOLUTE.match(text):
        return None
    told = f"{text[:80]!r} is no reference: expected Type/id, an absolute url, urn:uuid:…, or #id of a contained one."
    return [error("structure", told, "reference-format", ".reference")]


def _no_type(text: str, named: str) -> Finding:
    told = f"{text[:80]!r} refers to a {named}, which is no resource type of R4."
    return error("structure", told, "reference-format", ".reference")


def _not_allowed(named: str, targets: tuple[str, ...], step: str = "") -> Finding:
    told = f"A reference to {named} is not allowed here, one to {', '.join(targets)} is."
    return error("structure", told, "reference-target", step)
