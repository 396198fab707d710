"""JSON Patch (RFC 6902) of a resource as it is served: the changed resource goes the way of a PUT.

What a reader may not see is not there to be tested or moved. A patch grows by `copy` alone, so that is what is bounded.
"""

from __future__ import annotations

from base64 import b64decode
from binascii import Error as Base64Error
from collections import Counter
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import jsonpatch

from adapter.api.conformity import conforming
from adapter.api.failure import FailureError, failure
from adapter.api.interaction import Interaction
from adapter.api.lookup import MovedError, placed
from adapter.api.policy import sight
from adapter.api.pushing import Require
from adapter.api.service import Service
from adapter.fhir import json
from adapter.fhir.definitions import fields
from adapter.fhir.syntax import FhirSyntaxError
from adapter.store.shapes import Address, Version
from adapter.store.store import Push

CONTENT_TYPE = "application/json-patch+json"

MOST = 1000
"""Operations of one patch."""

COPIES = 50
"""`copy` operations of one patch, each of which may double the resource."""

_TOO_DEEP = "The patch nests the resource deeper than any may be."
_IMPOSSIBLE = (
    jsonpatch.JsonPatchException,
    jsonpatch.JsonPointerException,
    TypeError,
    KeyError,
    IndexError,
    ValueError,
)


def patched(resource: dict[str, Any], patch: Any, largest: int) -> dict[str, Any]:
    """The resource after every operation of a patch, in order.

    Failure 400 for what is no JSON Patch or grows beyond `largest` octets, 422 for one that does not fit the resource:
    a test that fails, a path that leads nowhere.
    """
    operations = _operations(patch)
    result: Any = deepcopy(resource)
    for position, operation in enumerate(operations):
        result = _after(result, operation, position)
        if operation["op"] == "copy":
            _bounded(result, largest)
    if not isinstance(result, dict) or any(result.get(key) != resource[key] for key in ("resourceType", "id")):
        raise failure("processing", "A patch leaves a resource of the same type and id.", status=422)
    return _read_again(result)


def current(here: Service, type_: str, id_: str) -> Version:
    """The resource that is to be patched; failure 404 where there is none that may be seen, 410 when it is gone."""
    found = here.store.read(sight(), type_, id_)
    if found is None:
        raise failure("not-found", f"There is no {type_} with this id.")
    if found.deleted:
        raise failure("deleted", f"This {type_} was deleted: there is nothing to patch.")
    return found


def changed(here: Service, found: Version, patch: Any) -> dict[str, Any]:
    """The patched resource of a version, held to R4 and the profiles that it claims."""
    before = json.parse(found.body)
    resource = patched(before, patch, here.config.largest_body)
    conforming(here, resource)
    _refuse_removal(before, resource)
    return resource


def unmoved(address: Address) -> Require:
    """What holds while a resource stands at this version; MovedError otherwise."""

    def require(push: Push) -> None:
        held = push.read(sight(), address.type, address.id)
        if held is None or held.address.version != address.version:
            raise MovedError

    return require


def patched_entry(here: Service, asked: Interaction, id_: str | None) -> tuple[dict[str, Any], Require]:
    """The patched resource of a Bundle's entry, and what must hold for it; failures name the entry."""
    try:
        if id_ is None:
            raise failure("not-found", f"There is no {asked.type} that this finds.")
        found = current(here, asked.type, id_)
        return changed(here, found, patch_of(asked)), unmoved(found.address)
    except FailureError as failed:
        raise placed(failed, f"{asked.where}.resource") from None


def patch_of(asked: Interaction) -> Any:
    """The patch that an entry carries: a Binary of JSON Patch. Failure 400 where it is none."""
    resource = asked.resource or {}
    if resource.get("resourceType") != "Binary" or resource.get("contentType") != CONTENT_TYPE:
        raise failure("not-supported", f"PATCH takes a Binary of {CONTENT_TYPE}.", status=400)
    try:
        return json.parse(b64decode(resource.get("data", ""), validate=True))
    except (Base64Error, FhirSyntaxError):
        raise failure("structure", "The Binary holds no JSON.") from None


def _refuse_removal(before: dict[str, Any], after: dict[str, Any]) -> None:
    """Failure 422 when a patch takes out what a PUT would leave: an answer of 200 would not be true."""
    gone = Counter(_elements(before)) - Counter(_elements(after))
    if gone:
        names = ", ".join(sorted({".".join(path) for path in gone}))
        text = f"What does not arrive stays as it is, so {names[:200]} cannot be taken out: give what is there instead."
        raise failure("not-supported", text, status=422, expression=before["resourceType"])


def _elements(resource: dict[str, Any]) -> Iterator[tuple[str, ...]]:
    """Yield the elements of a resource and what is in them, a choice whatever its type, a value whatever it lacks."""
    known = fields(resource["resourceType"])
    for key, value in resource.items():
        field = known.get(key.removeprefix("_"))
        if field is None or key in ("id", "meta", "text"):
            continue
        for each in value if isinstance(value, list) else [value]:
            yield (field.element,)
            yield from ((field.element, below) for below in each) if isinstance(each, dict) and field.key == key else ()


def _operations(patch: Any) -> list[dict[str, Any]]:
    if not isinstance(patch, list) or not all(isinstance(each, dict) and "op" in each for each in patch):
        raise failure("structure", "A JSON Patch is a list of operations, each an object with op and path.")
    if len(patch) > MOST or sum(each["op"] == "copy" for each in patch) > COPIES:
        raise failure("too-costly", f"At most {MOST} operations in one patch, {COPIES} of them copies.")
    return patch


def _after(resource: Any, operation: dict[str, Any], position: int) -> Any:
    """The value after one operation, which is carried out in it: a copy for each would let a large one cost much."""
    try:
        return jsonpatch.JsonPatch([operation]).apply(resource, in_place=True)
    except jsonpatch.JsonPatchTestFailed:
        text = f"Operation {position} of the patch tests for something else than what is there: nothing was changed."
        raise failure("processing", text, status=422) from None
    except RecursionError:
        raise failure("too-costly", _TOO_DEEP) from None
    except jsonpatch.InvalidJsonPatch:
        raise failure("structure", f"Operation {position} of the patch is none of RFC 6902.") from None
    except _IMPOSSIBLE:
        text = f"Operation {position} of the patch leads nowhere in this resource: nothing was changed."
        raise failure("processing", text, status=422) from None


def _bounded(result: Any, largest: int) -> None:
    if len(json.encode(_read_again(result))) > largest:
        raise failure("too-long", f"The patch makes more than {largest} octets.")


def _read_again(result: dict[str, Any]) -> dict[str, Any]:
    """The value as it would be read: nothing too deep is left in it."""
    try:
        read: dict[str, Any] = json.parse(json.encode(result))
        return read
    except (FhirSyntaxError, RecursionError):
        raise failure("too-costly", _TOO_DEEP) from None
