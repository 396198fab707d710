"""The units that a question permits for a quantity.

Sources: http://hl7.org/fhir/R4/extension-questionnaire-unitoption.html ("In the absence of either, any unit is
valid"), …-unitvalueset.html, …-unit.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from adapter.validation.finding import Found, error, warning
from adapter.validation.questionnaire.option import of_value_set
from adapter.validation.questionnaire.reading import CORE, Object, extension, extensions
from adapter.validation.questionnaire.walk import Limit, Walk

if TYPE_CHECKING:
    from adapter.fhir.terminology import Terminology


def units_of(item: Object, terminology: Terminology) -> Iterator[Limit]:
    """Yield the checks of a quantity's unit."""
    options = [each for each in extensions(item, CORE + "questionnaire-unitOption") if type(each) is dict]
    if options:
        yield _one_of(options)
    url = extension(item, CORE + "questionnaire-unitValueSet")
    if type(url) is str:
        yield of_value_set(url, terminology)
    usual = extension(item, CORE + "questionnaire-unit")
    if type(usual) is dict and not options and type(url) is not str:
        yield _usual(usual)


def _one_of(options: list[Object]) -> Limit:
    shown = ", ".join(_shown(each) for each in options)
    exact = [(each.get("system"), each.get("code"), each.get("display")) for each in options]

    def check(value: Any, walk: Walk) -> Found:
        if type(value) is not dict:
            return None
        system, code = value.get("system"), value.get("code")
        if (system, code, None) in exact or (system, code, value.get("unit")) in exact:
            return None
        if any(_is_unit(value, each) for each in options):
            return None
        return [error("code-invalid", f"The unit {_shown_of(value)} is not allowed here: {shown}.", "qr-unit")]

    return check


def _is_unit(quantity: Object, option: Object) -> bool:
    """Tell whether a quantity has a unit, by all that the option states of it, its display as HL7's validator does."""
    pairs = (("system", "system"), ("code", "code"), ("display", "unit"))
    return all(option.get(name) is None or option.get(name) == quantity.get(key) for name, key in pairs)


def _usual(usual: Object) -> Limit:
    """The unit that a quantity is asked for in; another may be converted to it, so that this is no error."""

    def check(value: Any, walk: Walk) -> Found:
        if type(value) is not dict or usual.get("code") in (None, value.get("code")):
            return None
        return [warning("value", f"The question asks for {_shown(usual)}: found {_shown_of(value)}.", "qr-unit")]

    return check


def _shown(option: Object) -> str:
    code, display = option.get("code"), option.get("display")
    return f"{display} ({code})" if display is not None and display != code else str(code)


def _shown_of(quantity: Object) -> str:
    return _shown({"code": quantity.get("code"), "display": quantity.get("unit")})
