"""The path of a discriminator: R4 allows elements, `$this`, extension(url), ofType(type) and resolve() in it.

Source: https://hl7.org/fhir/R4/profiling.html#discriminator
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from adapter.fhir import definitions

_STEP = re.compile(r"(\$this|[A-Za-z][A-Za-z0-9]*)(?:\([^()]*\))?(?:\[x\])?(?:\.|$)", re.ASCII)
_FUNCTIONS = ("extension", "ofType", "resolve", "as")


def flaws(path: str, types: tuple[str, ...]) -> Iterator[str]:
    """Yield why a path cannot tell entries of these types apart; what cannot be followed is not judged."""
    at = 0
    while at < len(path):
        step = _STEP.match(path, at)
        if step is None:
            return  # parenthesised, or quoted otherwise: whether it parses is judged elsewhere
        name, is_call, at = step[1], "(" in step[0], step.end()
        if is_call:
            if name not in _FUNCTIONS:
                yield f"the discriminator's path {path} calls {name}(): R4 allows extension(), ofType() and resolve()"
            return
        if name == "$this":
            continue
        if not types or any(_is_open(each) for each in types):
            return
        below = _below(types, name)
        if not below:
            yield f"the discriminator's path {path}: {' or '.join(types)} has no element {name}"
            return
        types = below


def _is_open(type_name: str) -> bool:
    """Tell whether what stands there is not known from the type alone."""
    return type_name in ("Resource", "DomainResource", "Element") or definitions.is_primitive(type_name)


def _below(types: tuple[str, ...], name: str) -> tuple[str, ...]:
    found = [
        field.type
        for each in types
        for field in definitions.fields(each).values()
        if name in (field.element, field.key, field.element.removesuffix("[x]"))
    ]
    return tuple(dict.fromkeys(found))
