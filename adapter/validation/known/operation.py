"""OperationDefinitions: profiles of what goes in and out are profiles of Parameters.

"Additional validation information for the in parameters - a single profile that covers all the parameters. The
profile is a constraint on the parameters resource". Source: http://hl7.org/fhir/R4/operationdefinition.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from adapter.validation.finding import Finding, Found, error, warning
from adapter.validation.known.read import text

if TYPE_CHECKING:
    from adapter.validation.scope import Scope


def check_operation(value: dict[str, Any], scope: Scope) -> Found:
    """Return what is wrong with the profiles that an operation names."""
    found: list[Finding] = []
    for key in ("inputProfile", "outputProfile"):
        url = text(value, key)
        profile = None if url is None else scope.judge.definitions.profile(url)
        if url is not None and profile is None:
            told = f"The profile {url[:80]} is not known here: what it asks was not judged."
            found.append(warning("not-found", told, "operation-profile", f".{key}"))
        elif profile is not None and profile.type != "Parameters":
            told = f"{profile.url} is a profile of {profile.type}: expected one of Parameters."
            found.append(error("value", told, "operation-profile", f".{key}"))
    return found or None
