"""Reading a Questionnaire that may be broken: what is not of the right shape counts as not there.

Whether a Questionnaire is one is judged where it is loaded or contained; here nothing may raise.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

CORE = "http://hl7.org/fhir/StructureDefinition/"
SDC = "http://hl7.org/fhir/uv/sdc/StructureDefinition/"

Object = dict[str, Any]


def objects(holder: Object, name: str) -> list[Object]:
    """Return the objects of a repeating element."""
    content = holder.get(name)
    return [each for each in content if type(each) is dict] if type(content) is list else []


def text(holder: Object, name: str) -> str | None:
    """Return an element that is text."""
    content = holder.get(name)
    return content if type(content) is str else None


def flag(holder: Object, name: str) -> bool:
    """Tell whether a boolean element is true."""
    return holder.get(name) is True


def whole(value: Any) -> int | None:
    """Return a whole number."""
    return value if type(value) is int else None


def value(holder: Object) -> tuple[str, Any] | None:
    """Return the key and content of a value[x], or None where there is none."""
    return choice(holder, "value")


def choice(holder: Object, name: str) -> tuple[str, Any] | None:
    """Return the key and content of a choice: ('answerCoding', {...})."""
    return next(((key, each) for key, each in holder.items() if key.startswith(name) and key != name), None)


def extensions(holder: Object, *urls: str) -> Iterator[Any]:
    """Yield the values of the extensions with one of these urls."""
    for each in objects(holder, "extension"):
        found = value(each) if each.get("url") in urls else None
        if found is not None:
            yield found[1]


def extension(holder: Object, *urls: str) -> Any:
    """Return the value of the first extension with one of these urls, or None."""
    return next(extensions(holder, *urls), None)


def number(value: Any) -> int | Decimal | None:
    """Return a number that is one: true and false are none."""
    return value if isinstance(value, int | Decimal) and not isinstance(value, bool) else None
