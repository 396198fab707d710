"""Where a reference leads, as far as it can be followed without a server: contained resources and the Bundle."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from adapter.validation.scope import Scope


def resolve(reference: Any, scope: Scope) -> Any:
    """Return the resource that a Reference (or a uri) names, or None where it is not at hand."""
    text = reference.get("reference") if type(reference) is dict else reference
    if type(text) is not str:
        return None
    if text.startswith("#"):
        return _contained(text[1:], scope.root)
    return None if scope.bundle is None else scope.bundle.resolve(text, scope.full_url)


def _contained(name: str, root: dict[str, Any]) -> Any:
    if not name:
        return root
    held = root.get("contained")
    for each in held if type(held) is list else ():
        if type(each) is dict and each.get("id") == name:
            return each
    return None
