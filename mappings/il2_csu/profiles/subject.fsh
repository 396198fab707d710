Profile: TrialSubject
Parent: Patient
Id: trial-subject
Title: "Subject of the trial"
Description: "A pseudonymised participant: the subject number, the sex and the year of birth, and nothing that identifies a person."
* obeys subject-year
* meta 1..1
* meta.security 1..*
* meta.security ^slicing.discriminator.type = #pattern
* meta.security ^slicing.discriminator.path = "$this"
* meta.security ^slicing.rules = #open
* meta.security contains pseudonymised 1..1
* insert Is-pseudonymised(meta.security[pseudonymised])
* identifier 1..1
* identifier.system 1..1
* identifier.system = $subject-id
* identifier.value 1..1
* name 0..0
* telecom 0..0
* address 0..0
* photo 0..0
* contact 0..0
* link 0..0

Invariant: subject-year
Description: "Of the birth date the year alone is told."
Severity: #error
Expression: "birthDate.hasValue() implies birthDate.toString().length() = 4"

Profile: TrialResearchSubject
Parent: ResearchSubject
Id: trial-research-subject
Title: "Participation in the trial"
Description: "One subject at one site. The arm is masked, whatever it is."
* obeys arm-masked
* identifier 1..1
* identifier.system 1..1
* identifier.system = $subject-id
* identifier.value 1..1
* study only Reference(TrialStudySite)
* individual only Reference(TrialSubject)
* assignedArm 1..1
* assignedArm.extension contains $data-absent-reason named masked 1..1
* assignedArm.extension[masked].valueCode = #masked
* actualArm 1..1
* actualArm.extension contains $data-absent-reason named masked 1..1
* actualArm.extension[masked].valueCode = #masked

Invariant: arm-masked
Description: "No arm is told: neither the assigned one nor the actual one has a value."
Severity: #error
Expression: "assignedArm.hasValue().not() and actualArm.hasValue().not()"

Profile: TrialAntihistamine
Parent: MedicationStatement
Id: trial-background-antihistamine
Title: "Background antihistamine"
Description: "A second-generation antihistamine that a subject takes throughout the trial, in tablets a day."
* insert Identified($antihistamine-id)
* insert OfSubject
* status = #active
* category 1..1
* insert Is-background(category)
* medication[x] only CodeableConcept
* medicationCodeableConcept from $vs-antihistamine-codes (extensible)
* dosage 0..1
* dosage.doseAndRate 0..1
* dosage.doseAndRate.dose[x] 0..0
* dosage.doseAndRate.rate[x] only Ratio
