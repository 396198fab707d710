"""The HTTP service: FHIR at /fhir, CRF records at /crf, a page for people at /."""
