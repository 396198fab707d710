"""A study package told as FHIR conformance resources, for others to load: Questionnaires, CodeSystems, ValueSets and
ConceptMaps, which restate the package and so are made from it; and the FHIR package that holds them with the profiles.
"""
