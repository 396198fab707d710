"""The CRF side: studies, forms, records, scores and edit checks. It knows no FHIR."""
