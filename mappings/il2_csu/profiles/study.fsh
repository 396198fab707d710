Profile: TrialStudy
Parent: ResearchStudy
Id: trial-study
Title: "The trial"
Description: "The registered trial as a whole, with its arms; its sites are studies of their own, part of it."
* insert Identified($nct)
* identifier contains registry 0..1 and protocol 0..1
* identifier[registry].system 1..1
* identifier[registry].system = $registry-id
* identifier[protocol].system 1..1
* identifier[protocol].system = $protocol-id
* extension contains TrialMaskedRole named masked 0..*
* title 1..1
* partOf 0..0
* site 0..0
* principalInvestigator 0..0
* protocol only Reference(TrialSchedule)
* enrollment only Reference(TrialPopulation)

Profile: TrialStudySite
Parent: ResearchStudy
Id: trial-study-site
Title: "A site of the trial"
Description: "The trial at one hospital."
* insert Identified($site-id)
* partOf 1..1
* partOf only Reference(TrialStudy)
* insert Is-this-study(partOf)
* site 1..1
* site only Reference(TrialLocation)
* principalInvestigator 0..0
* arm 0..0

Extension: TrialMaskedRole
Id: masked-role
Title: "Masked role"
Description: "A role that does not know which arm a subject is in."
Context: ResearchStudy
* value[x] 1..1
* value[x] only CodeableConcept
* valueCodeableConcept from $vs-masked-role-codes (extensible)

Profile: TrialOrganization
Parent: Organization
Id: trial-organization
Title: "The hospital of a site"
Description: "The institution that is a site of the trial; no person is named."
* insert Identified($site-id)
* contact 0..0

Profile: TrialLocation
Parent: Location
Id: trial-location
Title: "The place of a site"
Description: "Where a site of the trial is."
* insert Identified($site-id)
* managingOrganization only Reference(TrialOrganization)

Profile: TrialPopulation
Parent: Group
Id: trial-population
Title: "Who may take part"
Description: "The eligible population: a description, never a list of persons."
* insert Identified($group-id)
* type = #person
* actual = false
* member 0..0

Profile: TrialTreatment
Parent: Medication
Id: trial-treatment
Title: "The study treatment"
Description: "What is given in either arm, as those know it who do not know the arm."
* insert Identified($treatment-id)
* code 1..1
* insert Blinded(code)
* ingredient 0..0
* manufacturer 0..0
* batch 0..0

Profile: TrialSchedule
Parent: PlanDefinition
Id: trial-schedule
Title: "The schedule"
Description: "The planned visits, injections and diary days, from study day 0."
* insert Identified($plan-id)
* type 1..1
* insert Is-clinical-protocol(type)
* action 1..*
