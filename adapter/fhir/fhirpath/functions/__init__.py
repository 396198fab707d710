"""The functions of FHIRPath N1 and of FHIR, by family. Importing this package registers them all."""

from adapter.fhir.fhirpath.functions import (
    collections,
    conversion,
    existence,
    fhir,
    filtering,
    mathematics,
    navigation,
    strings,
)

__all__ = [
    "collections",
    "conversion",
    "existence",
    "fhir",
    "filtering",
    "mathematics",
    "navigation",
    "strings",
]
