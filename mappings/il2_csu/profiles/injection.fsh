// The blinded treatment and no other: no second coding, no text, so that nothing can tell the arm.
RuleSet: Blinded(path)
* {path}.coding 1..1
* {path}.coding.system 1..1
* {path}.coding.system = $local
* {path}.coding.code 1..1
* {path}.coding.code = #blinded-study-treatment
* {path}.text 0..0

Profile: TrialInjection
Parent: MedicationAdministration
Id: trial-injection
Title: "Injection"
Description: "One injection of the blinded study treatment, given or not. The dose is a volume: an amount of substance would be false for a placebo, and tell the arm."
* obeys injection-reason and injection-time and injection-dose
* insert Identified($injection-id)
* insert OfSubject
* status from TrialInjectionStatus (required)
* statusReason 0..1
* statusReason.coding from $vs-not-given-reason-codes (required)
* medication[x] only CodeableConcept
* insert Blinded(medicationCodeableConcept)
* dosage 0..1
* dosage.text 0..0
* dosage.site.coding from $vs-body-site-codes (required)
* dosage.dose 1..1
* insert Ucum(dosage.dose)
* insert Measured-injection-volume(dosage.dose)
* dosage.rate[x] 0..0

ValueSet: TrialInjectionStatus
Id: injection-status
Title: "Status of an injection"
Description: "Given, partly given, not given, recorded by mistake, or not known, which has a reason."
* include http://terminology.hl7.org/CodeSystem/medication-admin-status#completed
* include http://terminology.hl7.org/CodeSystem/medication-admin-status#stopped
* include http://terminology.hl7.org/CodeSystem/medication-admin-status#on-hold
* include http://terminology.hl7.org/CodeSystem/medication-admin-status#not-done
* include http://terminology.hl7.org/CodeSystem/medication-admin-status#unknown
* include http://terminology.hl7.org/CodeSystem/medication-admin-status#entered-in-error

Invariant: injection-reason
Description: "An injection that was not given has a reason."
Severity: #error
Expression: "status = 'not-done' implies statusReason.exists()"

Invariant: injection-time
Description: "An injection that was given, wholly or in part, has its time, or says why it is not known."
Severity: #error
Expression: "(status = 'not-done' or status = 'entered-in-error').not() implies effective.exists()"

Invariant: injection-dose
Description: "An injection that was not given has no volume."
Severity: #error
Expression: "status = 'not-done' implies dosage.dose.value.empty()"

Profile: TrialLocalReaction
Parent: Observation
Id: trial-local-reaction
Title: "Local reaction"
Description: "Whether there was a reaction at the place of an injection. Safety data: never restricted."
* insert Identified($observation-id)
* insert OfSubject
* insert Is-local-reaction(code)
* partOf 1..1
* partOf only Reference(TrialInjection)
* value[x] only boolean

Profile: TrialKit
Parent: Observation
Id: trial-kit
Title: "Kit number"
Description: "The kit of an injection. A list of kits would tell the arm, so it is restricted."
* insert Restricted
* insert Identified($observation-id)
* insert OfSubject
* insert Is-kit-number(code)
* partOf 1..1
* partOf only Reference(TrialInjection)
* value[x] only string
