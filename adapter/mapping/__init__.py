"""The mapping language: a FHIR resource with holes, compiled once, run both ways. It knows CRF and FHIR and stores
nothing.
"""
