"""The answers that a question permits: its options, its value set, and the free text of an open choice.

Sources: http://hl7.org/fhir/R4/codesystem-item-type.html ("choice", "open-choice") and
http://hl7.org/fhir/R4/questionnaire-definitions.html#Questionnaire.item.answerOption
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from itertools import islice
from typing import TYPE_CHECKING, Any

from adapter.fhir.definitions import choice_key
from adapter.fhir.kept import Kept
from adapter.validation.finding import Finding, Found, error, note, warning
from adapter.validation.questionnaire.compare import identity
from adapter.validation.questionnaire.reading import CORE, Object, extension, objects, text, value
from adapter.validation.questionnaire.walk import NAMES, Limit, Walk

if TYPE_CHECKING:
    from adapter.fhir.terminology import Terminology

TYPES = ("Coding", "date", "time", "integer", "string", "Reference")
"""The types of an answerOption, which answers to a choice may have."""

COUNTED = frozenset({"integer", "decimal", "date", "dateTime", "time", "string"})
"""The types of questions other than choices whose options are looked at."""

KEPT = 5_000
SHOWN = 12

Options = dict[str, dict[Hashable, str]]
"""By type: what an option is, and how to show it."""


def options_of(item: Object) -> Options:
    """Return a question's options by their type."""
    found: Options = {}
    for option in objects(item, "answerOption"):
        stated = value(option)
        if stated is not None:
            kind = type_of(stated[0])
            key = identity(kind, stated[1])
            if key is not None:
                found.setdefault(kind, {})[key] = _shown(stated[1])
    return found


def type_of(key: str) -> str:
    """Return the type that a key names: 'valueDateTime' → 'dateTime'."""
    return next((kind for kind in (*TYPES, *_MORE) if choice_key("value[x]", kind) == key), key)


_MORE = ("boolean", "decimal", "dateTime", "uri", "Attachment", "Quantity")


def _shown(stated: Any) -> str:
    if type(stated) is not dict:
        return str(stated)
    code, display = stated.get("code"), stated.get("display")
    return f"{code} ({display})" if type(display) is str else str(code or stated.get("reference"))


def among(options: Options, kind: str, stated_as: str | None = None) -> Limit:
    """Return the check that an answer of one type is one of the options (of the type `stated_as`, else its own)."""
    allowed = options.get(stated_as or kind, {})
    shown = list(allowed.values())
    rest = f" and {len(shown) - SHOWN} more" if len(shown) > SHOWN else ""
    all_of_them = f" Allowed: {', '.join(shown[:SHOWN])}{rest}."

    def check(answer: Any, walk: Walk) -> Found:
        key = identity(kind, answer)
        if key is not None and key in allowed:
            return None
        if not allowed:
            others = " or ".join(sorted(options))
            return [error("code-invalid", f"None of the options is a {kind}: a {others} is expected.", "qr-option")]
        text_ = f"{_shown(answer)[:80]!r} is none of the options.{_hint(key, allowed, walk)}{all_of_them}"
        return [error("code-invalid", text_, "qr-option")]

    return check


def _hint(key: Hashable, allowed: dict[Hashable, str], walk: Walk) -> str:
    """Return which option was meant: the same code of another system, or one that is written nearly so."""
    if walk.hints <= 0:
        return ""
    names = [str(_name(each)) for each in islice(allowed, NAMES)]
    near = walk.nearest(str(_name(key)), names)
    same = [each for each in islice(allowed, NAMES) if isinstance(each, tuple) and _name(each) == _name(key)]
    if same and isinstance(key, tuple):
        return f" It is one of the system {same[0][0]}, not of {key[0]}."
    return near


def _name(key: Hashable) -> Hashable:
    """Return the code of a Coding, and of everything else itself."""
    return key[1] if isinstance(key, tuple) else key


def free_text(options: Options, item: Object) -> Limit | None:
    """Return the check of an open choice's text: what is written is no option's code or display."""
    words = {each.lower() for each in _words(item)} | {
        str(key[1]).lower() for key in options.get("Coding", {}) if isinstance(key, tuple)
    }
    if not words:
        return None

    def check(answer: Any, walk: Walk) -> Found:
        if type(answer) is not str or answer.lower() not in words:
            return None
        text_ = "This text is one of the options: answer with its Coding."
        return [warning("value", text_, "qr-open-choice")]

    return check


def _words(item: Object) -> list[str]:
    stated = [value(option) for option in objects(item, "answerOption")]
    displays = [text(each[1], "display") for each in stated if each is not None and type(each[1]) is dict]
    return [each for each in displays if each is not None]


def alone(item: Object) -> Callable[[Object], bool] | None:
    """Return the predicate of answers that exclude all others (optionExclusive), or None where there are none."""
    excluding = set()
    for option in objects(item, "answerOption"):
        stated = value(option)
        if stated is not None and extension(option, CORE + "questionnaire-optionExclusive") is True:
            kind = type_of(stated[0])
            excluding.add((kind, identity(kind, stated[1])))
    if not excluding:
        return None

    def is_alone(answer: Object) -> bool:
        stated = value(answer)
        kind = None if stated is None else type_of(stated[0])
        return stated is not None and kind is not None and (kind, identity(kind, stated[1])) in excluding

    return is_alone


def of_value_set(url: str, terminology: Terminology) -> Limit:
    """Return the check that a Coding, a text or a quantity's unit is of a value set."""
    members: Kept[tuple[str | None, str], bool | None] = Kept(KEPT)

    def check(answer: Any, walk: Walk) -> Found:
        coded = _coded(answer)
        if coded is None:
            text_ = f"The answer has no system and code: one of {url} is expected."
            return [error("code-invalid", text_, "qr-value-set")]
        member = members.get(coded, members)  # itself stands for what is not known yet
        if member is members:
            member = terminology.member(url, *coded)
            members.keep(coded, member)
        if member:
            return None
        if member is None:
            return [note("not-supported", f"Not checked against {url}: {terminology.why(url)}.", "qr-value-set")]
        return [_outside(url, coded, terminology, walk)]

    return check


def _outside(url: str, coded: tuple[str | None, str], terminology: Terminology, walk: Walk) -> Finding:
    system, code = coded
    codes = terminology.codes(url) or frozenset()
    shown = f" Allowed: {', '.join(sorted(codes))}." if 0 < len(codes) <= SHOWN else ""
    of = "" if system is None else f" of {system[:120]}"
    text_ = f"{code[:80]!r}{of} is not in {url}, which the question names.{walk.nearest(code, codes)}{shown}"
    return error("code-invalid", text_, "qr-value-set")


def _coded(answer: Any) -> tuple[str | None, str] | None:
    """Return system and code: of a text the text, with any system; None of a Coding that lacks one of them."""
    if type(answer) is str:
        return (None, answer)
    system, code = (answer.get("system"), answer.get("code")) if type(answer) is dict else (None, None)
    return (system, code) if type(system) is str and type(code) is str else None
