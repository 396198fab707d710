Profile: TrialMedication
Parent: MedicationStatement
Id: trial-medication
Title: "Concomitant medication"
Description: "A drug that a subject takes beside the study treatment, with its ATC code where there is one."
* insert Identified($medication-id)
* insert OfSubject
* medication[x] only CodeableConcept
* effective[x] only dateTime or Period
* dosage 0..1
* dosage.route.coding from $vs-route-codes (required)
* dosage.timing.code.coding from $vs-frequency-codes (required)
