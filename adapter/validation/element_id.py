"""Ids of elements: each names one element of its resource.

"unique within the resource": http://hl7.org/fhir/R4/element.html#id. A StructureDefinition says the same elements
twice, in its snapshot and its differential; sdf-16 and sdf-17 are about the ids of each.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from adapter.validation.finding import Found, error

if TYPE_CHECKING:
    from adapter.validation.scope import Scope


def check_id(owner: dict[str, Any], scope: Scope) -> Found:
    """Return an error for an element whose id another element of the resource has; it may be judged several times."""
    name = owner["id"]
    if type(name) is not str or scope.resource.get("resourceType") == "StructureDefinition":
        return None
    if scope.ids is None:
        scope.ids = {}
    if scope.ids.setdefault(name, owner) is owner:
        return None
    return [error("duplicate", f"Two elements of this resource have the id {name[:64]!r}.", "element-id", ".id")]
