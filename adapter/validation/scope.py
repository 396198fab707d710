"""Where a check stands: the resource it is in, the outermost one, the Bundle around it, and what is known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, cast

from adapter.fhir.fhirpath import Undecided
from adapter.validation.resolve import resolve

if TYPE_CHECKING:
    from adapter.fhir.conformance import Definitions
    from adapter.fhir.constraints import Profile
    from adapter.fhir.fhirpath import Env
    from adapter.validation.finding import Found


class Bundled(Protocol):
    """The resources of a Bundle, by what refers to them."""

    is_closed: bool
    """Whether its urn: references can lead to entries of its own alone."""

    @property
    def full_urls(self) -> dict[int, str | None]:
        """The fullUrl of each entry, by the identity of its resource."""

    def resolve(self, reference: str, base: str | None) -> dict[str, Any] | None:
        """Return the entry's resource that a reference names, seen from an entry with fullUrl `base`."""


class Judge(Protocol):
    """What a check may ask of the validator that runs it."""

    definitions: Definitions

    def conforms(self, resource: Any, profile: str, scope: Scope) -> Found:
        """Return what keeps a resource (or a value of a data type) from conforming to a profile."""

    def member_of(self, value: Any, url: str) -> bool | None:
        """Tell whether a code is of a value set; None where that cannot be told."""


@dataclass(slots=True)
class Scope:
    """`resource` is %resource (the nearest one, contained or not), `root` is %rootResource.

    It is itself what FHIRPath expressions may ask: a fhirpath.Env, made once for a resource and not again for its
    invariants.
    """

    judge: Judge
    resource: dict[str, Any]
    root: dict[str, Any]
    bundle: Bundled | None = None
    full_url: str | None = None  # of the Bundle entry that `root` is
    ids: dict[str, dict[str, Any]] | None = None  # the elements of `resource` that have an id, by it

    profiles: tuple[str, ...] = ()  # that `resource` is held to: asked for, claimed, or implied
    is_read: bool = False  # from a text: its values are of JSON's types and no others
    held: list[tuple[dict[str, Any], Profile, bool]] | None = None  # extensions whose place this resource decides

    context: ClassVar[Any] = None
    extension: ClassVar[Any] = None
    now: ClassVar[Any] = None
    index: ClassVar[Any] = None
    total: ClassVar[Any] = None

    @property
    def env(self) -> Env:
        """The scope, as FHIRPath knows it."""
        return cast("Env", self)

    def resolve(self, reference: Any) -> Any:
        """Return what a Reference or a uri leads to, or None where it is not at hand."""
        return resolve(reference, self)

    def member_of(self, value: Any, url: str) -> bool | None:
        """Tell whether a code is of a value set; None where that cannot be told."""
        return self.judge.member_of(value, url)

    def conforms_to(self, value: Any, url: str) -> bool:
        """Tell whether a resource conforms to a profile; raises Undecided where the profile is not held."""
        if self.judge.definitions.profile(url) is None:
            raise Undecided(f"the profile {url} is not loaded")
        return not any(each.severity == "error" for each in self.judge.conforms(value, url, self) or ())

    def html_ok(self, text: str) -> bool:
        """The xhtml predicate has judged it, as the value of an element."""
        return bool(text)
