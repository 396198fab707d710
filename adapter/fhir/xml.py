"""FHIR XML ⇄ the dicts of FHIR JSON, by the R4 definitions; digits, offsets and narrative stay as written.

`parse(raw)` returns a resource and raises FhirSyntaxError; `read(raw)` returns what can be read, with all its faults;
`encode(resource)` returns UTF-8 XML in R4's order and raises ValueError. Source: https://hl7.org/fhir/R4/xml.html
"""

from adapter.fhir.syntax import FhirSyntaxError
from adapter.fhir.xml_reader import Reading, parse, read
from adapter.fhir.xml_writer import encode

__all__ = ["FhirSyntaxError", "Reading", "encode", "parse", "read"]
