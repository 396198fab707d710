"""crfhir: CRF records of a clinical trial to FHIR R4 and back, from one mapping file."""

__version__ = "0.1.0"
