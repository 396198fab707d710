"""Where a check stands: the resource it is in, the outermost one, the Bundle around it, and what is known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from adapter.fhir.conformance import Definitions
    from adapter.fhir.fhirpath import Env
    from adapter.validation.finding import Found


class Bundled(Protocol):
    """The resources of a Bundle, by what refers to them."""

    is_closed: bool
    """Whether its urn: references can lead to entries of its own alone."""

    def resolve(self, reference: str, base: str | None) -> dict[str, Any] | None:
        """Return the entry's resource that a reference names, seen from an entry with fullUrl `base`."""


class Judge(Protocol):
    """What a check may ask of the validator that runs it."""

    definitions: Definitions

    def conforms(self, resource: dict[str, Any], profile: str, scope: Scope) -> Found:
        """Return what keeps a resource (or a value of a data type) from conforming to a profile."""

    def environment(self, scope: Scope) -> Env:
        """Return the environment of FHIRPath expressions in a scope."""


@dataclass(slots=True)
class Scope:
    """`resource` is %resource (the nearest one, contained or not), `root` is %rootResource."""

    judge: Judge
    resource: dict[str, Any]
    root: dict[str, Any]
    bundle: Bundled | None = None
    full_url: str | None = None  # of the Bundle entry that `root` is
    _env: Env | None = None

    @property
    def env(self) -> Env:
        """What FHIRPath expressions about `resource` may ask; made when the first one is judged."""
        if self._env is None:
            self._env = self.judge.environment(self)
        return self._env
