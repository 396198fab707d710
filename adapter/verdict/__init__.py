"""`crfhir validate`: resources from files, each judged, each verdict told."""
