"""Development time only: a published FHIR package becomes the compact table under `adapter/fhir/r4`."""
