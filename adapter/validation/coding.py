"""Codings by themselves, whatever binds them: known systems, codes that their system has, displays that are theirs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from adapter.fhir.kept import Kept
from adapter.validation.finding import Finding, Found, error, warning

if TYPE_CHECKING:
    from adapter.fhir.terminology import Terminology
    from adapter.validation.scope import Scope

KEPT = 20_000
"""Verdicts that are kept."""

UCUM = "http://unitsofmeasure.org"
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:", re.ASCII)


class Codings:
    """Judges each Coding once: what comes in repeats itself."""

    def __init__(self, terminology: Terminology) -> None:
        self._terminology = terminology
        self._verdicts: Kept[tuple[Any, Any, Any], tuple[Finding, ...]] = Kept(KEPT)

    def check(self, value: Any, scope: Scope) -> Found:
        """Judge a Coding of the right shape."""
        return self._seen(value.get("system"), value.get("code"), value.get("display"))

    def check_quantity(self, value: Any, scope: Scope) -> Found:
        """Judge a Quantity's unit: a UCUM code is one by UCUM's grammar."""
        return self._seen(value.get("system"), value.get("code"), None)

    def _seen(self, system: Any, code: Any, display: Any) -> Found:
        verdict = self._verdicts.get((system, code, display))
        if verdict is None:
            verdict = tuple(self._judged(system, code, display)) if type(system) is str else ()
            self._verdicts.keep((system, code, display), verdict)
        return [each.again() for each in verdict] if verdict else None

    def _judged(self, system: str, code: str | None, display: str | None) -> list[Finding]:
        hint = self._terminology.system_hint(system)
        if hint is not None:
            return [error("code-invalid", f"{system[:120]} is no code system: {hint}", "system", ".system")]
        if _ABSOLUTE.match(system) is None:
            text = f"{system[:120]!r} is no absolute uri: a system says for everybody what its codes mean."
            return [error("code-invalid", text, "system", ".system")]
        if code is None:
            return []
        if self._terminology.known(system, code) is False:
            return [error("code-invalid", f"{code[:80]!r} is no code of {system}.", "unknown-code", ".code")]
        shown = self._terminology.displays(system, code) if display is not None else None
        if display is None or not shown or self._terminology.is_display(system, code, display):
            return []
        text = f"{display[:120]!r} is not how {system} displays {code!r}: {' or '.join(map(repr, shown[:3]))}."
        return [warning("invalid", text, "display", ".display")]
