"""Validation of FHIR resources: so far their structure alone, which the mapping takes for granted."""
