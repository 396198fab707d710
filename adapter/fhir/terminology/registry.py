"""Code systems that others keep and that R4 refers to by a urn: currencies, countries, states, time zones, media types.

The lists are in `registries.json` beside this module, with the date and source of each.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from adapter.fhir.terminology.concepts import Concept, Concepts

UCUM = "http://unitsofmeasure.org"
LANGUAGES = "urn:ietf:bcp:47"
MEDIA_TYPES = "urn:ietf:bcp:13"
CURRENCIES = "urn:iso:std:iso:4217"
COUNTRIES = "urn:iso:std:iso:3166"
STATES = "https://www.usps.com/"
TIME_ZONES = "https://www.iana.org/time-zones"

# RFC 6838, section 4.2, for the names; RFC 2045, section 5.1, for the parameters; `*` as content negotiation has it.
_NAME = r"(?:\*|[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126})"
_TOKEN = r"[A-Za-z0-9!#$%&'*+.^_`{|}~-]+"
_QUOTED = r'"(?:[^"\\\r\n]|\\.)*"'
_MEDIA_TYPE = rf"{_NAME}/{_NAME}(?:[ \t]*;[ \t]*{_TOKEN}=(?:{_TOKEN}|{_QUOTED}))*[ \t]*;?"


@dataclass(frozen=True, slots=True)
class Grammar:
    """A code system whose codes are told by a rule."""

    has: Callable[[str], bool | None]

    def concepts(self) -> None:
        """Return None: no list holds them."""

    def codes(self) -> None:
        """Return None: no list holds them."""


@dataclass(frozen=True, slots=True)
class Enumeration:
    """A code system whose codes are listed."""

    listed: Concepts

    def has(self, code: str) -> bool | None:
        """Tell whether the system has a code."""
        return self.listed.has(code)

    def concepts(self) -> Concepts:
        """Return its concepts."""
        return self.listed

    def codes(self) -> frozenset[str] | None:
        """Return every code, or None where some are not here."""
        return self.listed.codes if self.listed.complete else None


def is_media_type(code: str) -> bool:
    """Tell whether a text is a media type as BCP 13 has it: `text/plain; charset=utf-8`."""
    return _media_type().fullmatch(code) is not None


@cache
def _media_type() -> re.Pattern[str]:
    return re.compile(_MEDIA_TYPE, re.ASCII)


@cache
def registries() -> dict[str, Any]:
    """Return the lists by name."""
    found: dict[str, Any] = json.loads((Path(__file__).parent / "registries.json").read_bytes())
    return found


def _listed(*names: str) -> Enumeration:
    codes = (code for name in names for code in registries()[name]["codes"].split())
    return Enumeration(Concepts((Concept(code) for code in codes), case_sensitive=True))


def _time_zones() -> Enumeration:
    """Return the names of the time zone database, as this machine or the package tzdata has it."""
    import zoneinfo

    return Enumeration(Concepts((Concept(name) for name in zoneinfo.available_timezones()), case_sensitive=True))


def _units() -> Grammar:
    from adapter.fhir.terminology import ucum  # not every command meets a unit, nor a language

    return Grammar(ucum.is_unit)


def _languages() -> Grammar:
    from adapter.fhir.terminology import language

    return Grammar(language.is_language)


_MADE: dict[str, Callable[[], Grammar | Enumeration]] = {
    UCUM: _units,
    LANGUAGES: _languages,
    MEDIA_TYPES: lambda: Grammar(is_media_type),
    CURRENCIES: lambda: _listed("currencies"),
    COUNTRIES: lambda: _listed("countries", "countries-of-three-letters"),
    STATES: lambda: _listed("states"),
    TIME_ZONES: _time_zones,
}

WITHOUT_CASE = frozenset({LANGUAGES, MEDIA_TYPES})
"""Systems whose own rules say that case means nothing: RFC 5646, section 2.1.1; RFC 2045, section 5.1."""


def is_registered(url: str) -> bool:
    """Tell whether a code system is one of these."""
    return url in _MADE


@cache  # of the few above
def registered(url: str) -> Grammar | Enumeration:
    """Return one of the systems for which `is_registered`."""
    return _MADE[url]()
