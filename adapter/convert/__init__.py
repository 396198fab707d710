"""The streaming engine behind `crfhir convert`: constant memory, order kept, nothing written by halves.

Start at `run.py`. Forwards (CRF to FHIR) a record is converted where it stands. Backwards the resources of
one record may
come far apart: their fragments are spilled to a temporary file and merged at the end, in order of first
appearance.
"""
