"""What names things: identifiers, and labels in Meta."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from adapter.validation.finding import Found, error
from adapter.validation.known.read import each

if TYPE_CHECKING:
    from adapter.validation.scope import Scope

URIS = "urn:ietf:rfc:3986"
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:", re.ASCII)


def check_identifier(value: dict[str, Any], scope: Scope) -> Found:
    """Return what is wrong with an Identifier's system, and with a value that is said to be a uri.

    "Establishes the namespace for the value - that is, a URL that describes a set values that are unique"; "If the
    identifier value itself is naturally a globally unique URI ... the system SHALL be urn:ietf:rfc:3986, and the URI
    is in the value". Source: http://hl7.org/fhir/R4/datatypes.html#Identifier
    """
    system = value.get("system")
    if type(system) is not str:
        return None
    if _ABSOLUTE.match(system) is None:
        text = f"{system[:80]!r} is no absolute uri: an identifier's system is one for everybody, https://… or urn:…."
        return [error("value", text, "identifier-system", ".system")]
    if system != URIS:
        return None
    named = value.get("value")
    if type(named) is str and (_ABSOLUTE.match(named) is None or len(named.split()) != 1):
        text = f"The system {URIS} says that the value is a whole uri, with its scheme: urn:uuid:…, https://…."
        return [error("value", text, "identifier-value", ".value")]
    return None


def check_meta(value: dict[str, Any], scope: Scope) -> Found:
    """Return an error for a security label that stands twice.

    Labels are a set: http://hl7.org/fhir/R4/resource.html#simple-tags
    """
    seen: set[tuple[str, str]] = set()
    for step, label in each(value, "security"):
        known = str(label.get("system")), str(label.get("code"))
        if known in seen:
            return [error("duplicate", "A security label stands twice: say it once.", "meta-security", step)]
        seen.add(known)
    return None
