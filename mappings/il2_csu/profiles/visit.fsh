Profile: TrialVisit
Parent: Encounter
Id: trial-visit
Title: "Visit"
Description: "A visit of a subject, attended, remote or missed."
* obeys visit-date
* insert Identified($visit-id)
* insert OfSubject
* status from TrialVisitStatus (required)
* class from $vs-attendance-codes (required)
* type 1..1
* type.coding ^slicing.discriminator.type = #value
* type.coding ^slicing.discriminator.path = "system"
* type.coding ^slicing.rules = #open
* type.coding contains visit 1..1
* type.coding[visit].system 1..1
* type.coding[visit].system = $visit-code
* type.coding[visit].code 1..1
* participant 0..0

ValueSet: TrialVisitStatus
Id: visit-status
Title: "Status of a visit"
Description: "It took place, it did not, or it was recorded by mistake."
* include http://hl7.org/fhir/encounter-status#finished
* include http://hl7.org/fhir/encounter-status#cancelled
* include http://hl7.org/fhir/encounter-status#entered-in-error

Invariant: visit-date
Description: "A visit that took place has its date, or says why it is not known."
Severity: #error
Expression: "status = 'finished' implies period.start.exists()"

// Vital signs: R4's own profiles, for a subject of the trial at a visit.
RuleSet: Vital
* insert Identified($observation-id)
* insert OfSubject
* insert AtVisit

Profile: TrialBloodPressure
Parent: http://hl7.org/fhir/StructureDefinition/bp
Id: trial-blood-pressure
Title: "Blood pressure"
Description: "Systolic and diastolic pressure at a visit."
* insert Vital
* insert Ranged-visit-systolic(component[SystolicBP].valueQuantity)
* insert Ranged-visit-diastolic(component[DiastolicBP].valueQuantity)

Profile: TrialHeartRate
Parent: http://hl7.org/fhir/StructureDefinition/heartrate
Id: trial-heart-rate
Title: "Heart rate"
Description: "The pulse at a visit."
* insert Vital
* insert Ranged-visit-pulse(valueQuantity)

Profile: TrialBodyTemperature
Parent: http://hl7.org/fhir/StructureDefinition/bodytemp
Id: trial-body-temperature
Title: "Body temperature"
Description: "The body temperature at a visit."
* insert Vital
* insert Measured-visit-temperature(valueQuantity)

Profile: TrialBodyWeight
Parent: http://hl7.org/fhir/StructureDefinition/bodyweight
Id: trial-body-weight
Title: "Body weight"
Description: "The body weight at a visit."
* insert Vital
* insert Measured-visit-weight(valueQuantity)

Profile: TrialLaboratory
Parent: Observation
Id: trial-laboratory
Title: "Laboratory result"
Description: "What the results of the laboratory at a visit have in common."
* ^abstract = true
* insert Identified($observation-id)
* insert OfSubject
* insert AtVisit
* category ^slicing.discriminator.type = #pattern
* category ^slicing.discriminator.path = "$this"
* category ^slicing.rules = #open
* category contains laboratory 1..1
* insert Is-laboratory(category[laboratory])
* value[x] only Quantity

Profile: TrialTotalIge
Parent: TrialLaboratory
Id: trial-total-ige
Title: "Total IgE"
Description: "Total immunoglobulin E in serum at a visit."
* insert Is-total-ige(code)
* insert Ucum(valueQuantity)
* insert Measured-visit-ige(valueQuantity)

Profile: TrialCrp
Parent: TrialLaboratory
Id: trial-crp
Title: "C-reactive protein"
Description: "C-reactive protein at a visit."
* insert Is-crp(code)
* insert Ucum(valueQuantity)
* insert Measured-visit-crp(valueQuantity)

Profile: TrialLeukocytes
Parent: TrialLaboratory
Id: trial-leukocytes
Title: "Leukocytes"
Description: "The count of leukocytes at a visit, by automated count or by any method."
* obeys leukocyte-count
* insert Ucum(valueQuantity)
* insert Measured-visit-leukocytes(valueQuantity)

// No required value set: a validator without LOINC could not say that a code is in it.
Invariant: leukocyte-count
Description: "The count is the automated one, or one by any method."
Severity: #error
Expression: "code.coding.where(system = 'http://loinc.org' and (code = '6690-2' or code = '26464-8')).exists()"

Profile: TrialEosinophils
Parent: TrialLaboratory
Id: trial-eosinophils
Title: "Eosinophils"
Description: "The count of eosinophils. Interleukin-2 raises it, so it is restricted."
* insert Restricted
* insert Is-eosinophils(code)
* insert Ucum(valueQuantity)
* insert Measured-visit-eosinophils(valueQuantity)

Profile: TrialRegulatoryT
Parent: TrialLaboratory
Id: trial-regulatory-t
Title: "Regulatory T cells"
Description: "The share of regulatory T cells. Interleukin-2 raises it, so it is restricted."
* insert Restricted
* insert Is-regulatory-t(code)
* insert Ucum(valueQuantity)
* insert Measured-visit-regulatory_t(valueQuantity)
