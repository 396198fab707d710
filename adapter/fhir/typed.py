"""The typed face for library users: `fhir.resources.R4B` models ⇄ our dicts. Not on any hot path.

R4B changes none of the resources of this adapter; the R5 root of the library is never imported. The library
is imported at the first call, for it takes half a second.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from adapter.fhir.definitions import UnknownType, is_resource

if TYPE_CHECKING:
    from fhir_core.fhirabstractmodel import FHIRAbstractModel


def to_model(resource: dict[str, Any]) -> FHIRAbstractModel:
    """Return a resource as the model of its type.

    The model parses dates and times: a leap second is refused, digits beyond the microsecond are lost.
    It also refuses some valid resources: a required choice that holds only an extension
    (`_effectiveDateTime`), and an extension beside the value of an extension (`_valueBoolean`).
    Raises UnknownType, and ValueError (pydantic's ValidationError) where the library refuses.
    """
    name = resource.get("resourceType", "")
    if not is_resource(name):
        raise UnknownType(name)
    from fhir.resources.R4B import get_fhir_model_class

    return get_fhir_model_class(name).model_validate(resource)


def from_model(model: FHIRAbstractModel) -> dict[str, Any]:
    """Return a model as a resource's dict.

    Decimals keep the digits that the model holds (its own `model_dump` makes floats of them). What the model
    has parsed is written anew: offset zero as Z, a fraction of a second in 3 or 6 digits,
    `1e2` as 1E+2, base64 without blanks.
    """
    return dict(_keys(model))


def _keys(model: FHIRAbstractModel) -> Iterator[tuple[str, Any]]:
    """Yield the keys of an object in R4's order, `_key` after its key."""
    if is_resource(model.get_resource_type()):
        yield "resourceType", model.get_resource_type()
    attributes = {field.alias or name: name for name, field in type(model).model_fields.items()}
    for element in model.elements_sequence():
        for key in (element, f"_{element}"):
            value = getattr(model, attributes.get(key, ""), None)
            if value is not None:
                yield key, _value(value)


def _value(value: Any) -> Any:
    """Return a model's value as JSON has it."""
    if hasattr(value, "elements_sequence"):
        return from_model(value)
    if isinstance(value, list):
        return [None if entry is None else _value(entry) for entry in value]
    if isinstance(value, datetime | time):
        return _written(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes):
        return b64encode(value).decode()
    if isinstance(value, UUID):
        return value.urn
    return value


def _written(moment: datetime | time) -> str:
    """Return a date and time, or a time of day, as FHIR writes it."""
    exact = "milliseconds" if moment.microsecond % 1000 == 0 else "microseconds"
    text = moment.isoformat(timespec=exact if moment.microsecond else "seconds")
    return text.removesuffix("+00:00") + "Z" if moment.utcoffset() == timedelta(0) else text
