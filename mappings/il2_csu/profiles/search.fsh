// What R4 lacks: without it a conditional create of an adverse event cannot name its business key.
Instance: AdverseEvent-identifier
InstanceOf: SearchParameter
Usage: #definition
* url = Canonical(AdverseEvent-identifier)
* name = "AdverseEventIdentifier"
* status = #active
* experimental = false
* description = "The business key of an adverse event."
* code = #identifier
* base = #AdverseEvent
* type = #token
* expression = "AdverseEvent.identifier"

Instance: AdverseEvent-patient
InstanceOf: SearchParameter
Usage: #definition
* url = Canonical(AdverseEvent-patient)
* name = "AdverseEventPatient"
* status = #active
* experimental = false
* description = "The subject of an adverse event, as other resources have it: by the name `patient`."
* code = #patient
* base = #AdverseEvent
* type = #reference
* expression = "AdverseEvent.subject.where(resolve() is Patient)"
* target = #Patient
