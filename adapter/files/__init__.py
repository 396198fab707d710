"""Files as such: finding, opening, decoding, splitting and writing them. It knows neither CRF items nor FHIR
elements."""
