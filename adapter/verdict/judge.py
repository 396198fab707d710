"""One resource judged: its issues, with their places in the file and the CRF items they are about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from adapter.crf.nearest import nearest
from adapter.errors import DefinitionError, UsageError
from adapter.fhir import json
from adapter.fhir.conformance import load_definitions
from adapter.fhir.syntax import FhirSyntaxError
from adapter.files.flaw import Flaw
from adapter.outcome import Issue, Place
from adapter.validation.validator import Validator
from adapter.verdict.reading import Item

if TYPE_CHECKING:
    from adapter.fhir.conformance import Definitions
    from adapter.mapping.naming import Naming


UNKNOWN = frozenset({"unknown-profile", "operation-profile"})
"""The rules that tell of a profile which is not loaded."""


class Verdict(NamedTuple):
    """What came of one resource; `valid` unless an issue refuses it. A tuple, as Item is."""

    source: str
    issues: tuple[Issue, ...]

    @property
    def valid(self) -> bool:
        """True where no issue is an error."""
        return not any(issue.refuses for issue in self.issues)


@dataclass(frozen=True, slots=True)
class Held:
    """What resources are held to: definitions, profiles beside those they claim, the study whose items are named."""

    definitions: tuple[Path, ...]
    profiles: tuple[str, ...] = ()
    study: Path | None = None


class Judge:
    """Judges items; one in each process, for a validator holds its plans."""

    def __init__(self, held: Held) -> None:
        """Load what resources are held to. Raises DefinitionError with its faults, UsageError for an unknown
        profile.
        """
        self._held = held
        definitions = load_definitions(*held.definitions)
        for url in held.profiles:
            if definitions.profile(url) is None:
                raise UsageError(_unknown(url, definitions))
        self._validator = Validator(definitions)

    def __call__(self, items: Sequence[Item]) -> list[Verdict]:
        """Return the verdicts of some items, in their order."""
        return [Verdict(item.source, tuple(self._issues(item))) for item in items]

    def _issues(self, item: Item) -> list[Issue]:
        if isinstance(item.raw, Flaw):
            place = Place(item.file, item.raw.line or item.line, item.raw.column)
            return [Issue("fatal", item.raw.code, item.raw.why, place=place, key="unreadable")]
        check = self._validator.check_xml if item.is_xml else self._validator.check_json
        found = check(item.raw, self._held.profiles)
        return [_placed(_advised(issue), item) for issue in self._named(found, item)] if found else found

    def _named(self, issues: list[Issue], item: Item) -> list[Issue]:
        if isinstance(item.raw, Flaw) or not any(each.expression for each in issues) or self._naming is None:
            return issues
        from adapter.fhir import xml

        try:
            resource = xml.read(item.raw).resource if item.is_xml else json.parse(item.raw)
        except FhirSyntaxError:
            return issues
        return self._naming.named(issues, resource)

    @cached_property
    def _naming(self) -> Naming | None:
        """What names the items, loaded when there is something to name; None where no sound study tells them."""
        if self._held.study is None:
            return None
        from adapter.mapping.naming import Naming
        from adapter.mapping.study import load_study

        try:
            return Naming(load_study(self._held.study))
        except DefinitionError:
            return None  # `crfhir study check` tells why; resources are judged all the same


def _unknown(url: str, definitions: Definitions) -> str:
    known = [str(row.get("url")) for row in definitions.resources("StructureDefinition")]
    meant = nearest(url, known)
    return f"--profile {url} is not known: " + (f"did you mean {meant}?" if meant else "load it with --definitions.")


def _advised(issue: Issue) -> Issue:
    """Return the issue of a profile that is not here with what the caller of the command can do."""
    if issue.code != "not-found" or issue.severity != "warning" or issue.key not in UNKNOWN:
        return issue
    return replace(issue, diagnostics=f"{issue.diagnostics} Load it with --definitions.")


def _placed(issue: Issue, item: Item) -> Issue:
    """Return the issue with its place in the file: the line of an NDJSON file is the resource's."""
    inner = issue.place or Place(line=1)
    line = (inner.line or 1) + item.line - 1
    return replace(issue, place=Place(item.file, line, inner.column))
