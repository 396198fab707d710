"""What a profile states about an element: a tree of constraints over the base definitions, slices included.

One tree holds a whole chain of profiles, the most derived one's word counting. What a profile does not state
is None (or empty) here and stays as R4 has it. `profile.py` makes the trees, the validator reads them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from adapter.fhir.definitions import Invariant

UNBOUNDED = 1_000_000_000
"""What `max: *` is, so that two limits can be compared."""


@dataclass(frozen=True, slots=True)
class Type:
    """One type that an element may have, with the profiles that its value, or what it refers to, conforms to."""

    code: str  # 'Quantity', 'Reference', 'Extension'
    profiles: tuple[str, ...] = ()  # any one of them
    targets: tuple[str, ...] = ()  # urls of types and profiles; () = any


@dataclass(frozen=True, slots=True)
class Discriminator:
    """How slices are told apart: by what stands at `path` below the repeating element."""

    kind: str  # value, pattern, type, profile, exists
    path: str  # FHIRPath's restricted subset: '$this', 'value.ofType(Coding)', "extension('u').value", 'x.resolve()'


@dataclass(frozen=True, slots=True)
class Slicing:
    """That an element is sliced. No discriminator: the slices are told apart by trying each."""

    discriminators: tuple[Discriminator, ...]
    rules: str = "open"  # open, closed, openAtEnd
    ordered: bool = False


@dataclass(frozen=True, slots=True)
class Binding:
    """The value set of an element; `required` and `extensible` are judged, the rest is advice."""

    strength: str
    value_set: str  # may carry |version


@dataclass(slots=True, eq=False)
class Constraints:
    """What is stated about one element, or about one slice of it, and about what lies below; equal to itself alone."""

    id: str  # the element's id: 'Observation.component:systolic.code'
    profile: str  # url of the profile that speaks
    slice_name: str | None = None
    min: int | None = None
    max: int | None = None  # UNBOUNDED for *
    types: tuple[Type, ...] = ()  # () = as in the base
    fixed: Any = None
    pattern: Any = None
    min_value: Any = None  # with the JSON key's type: ('valueDateTime' → str), compared by R4's rules
    max_value: Any = None
    max_length: int | None = None
    min_length: int | None = None  # by R4's extension minLength
    binding: Binding | None = None
    invariants: tuple[Invariant, ...] = ()  # of this profile chain alone, not the base's
    slicing: Slicing | None = None
    slices: dict[str, Constraints] = field(default_factory=dict)  # 'a' and reslices 'a/b', in their order
    children: dict[str, Constraints] = field(default_factory=dict)  # by element name; a choice as 'value[x]'
    fixed_key: str | None = None  # 'fixedCode': its type decides how it is compared
    source: str | None = None  # file of the definition, for reports


@dataclass(frozen=True, slots=True)
class Profile:
    """A StructureDefinition that constrains: of a resource, a data type or an extension."""

    url: str
    version: str | None
    type: str  # 'Observation', 'Extension'
    root: Constraints
    bases: tuple[str, ...]  # urls of the chain, nearest first, without the base type's own
    contexts: tuple[tuple[str, str], ...] = ()  # of an extension: (element|extension|fhirpath, expression)
    context_invariants: tuple[str, ...] = ()  # FHIRPath, of the element that holds the extension
    title: str | None = None
    modifier: bool = False
