"""HL7's side: R4 definitions, primitives, JSON and XML codecs, the typed face. It knows no CRF."""
