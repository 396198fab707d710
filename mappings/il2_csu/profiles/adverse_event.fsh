// The profile of the AE research backport is not claimed: it requires NCIt codes for `outcome`, where R4 requires its own, and
// no code is both. Its extensions are used, under this profile on base AdverseEvent.
Profile: TrialAdverseEvent
Parent: AdverseEvent
Id: trial-adverse-event
Title: "Adverse event"
Description: "An adverse event of a subject. Safety data: never restricted, never held back."
* obeys ae-criteria and ae-serious
* modifierExtension 1..1
* modifierExtension.url = $aeb-status
* extension contains
    $aeb-subject named participation 0..1 and
    $aeb-criteria named criteria 0..* and
    $aeb-grade named grade 0..1 and
    $aeb-expected named expected 0..1 and
    $aeb-discontinued named discontinued 0..1 and
    $aeb-resolved named resolved 0..1 and
    $aeb-suspect named suspect 0..1 and
    $aeb-treatment named treatment 0..1 and
    TrialActionTaken named action 0..1 and
    TrialTreatedForEvent named treated 0..1
* identifier 1..1
* identifier.system 1..1
* identifier.system = $adverse-event-id
* identifier.value 1..1
* actuality = #actual
* insert OfSubject
* seriousness.coding from $vs-seriousness-codes (required)
* suspectEntity 0..0
* study 1..1
* study only Reference(TrialStudy)
* insert Is-this-study(study)

Invariant: ae-criteria
Description: "Seriousness criteria do not stand on an event that is called not serious."
Severity: #error
Expression: "extension('http://hl7.org/fhir/uv/ae-research-backport-ig/StructureDefinition/seriousness-criteria').extension('criterionCode').value.coding.exists() implies seriousness.coding.where(code = 'non-serious' or code = 'Non-serious').empty()"

// A warning: a serious event without criteria is kept, and a query asks for them.
Invariant: ae-serious
Description: "A serious event says by which criteria."
Severity: #warning
Expression: "seriousness.coding.where(code = 'serious' or code = 'Serious').exists() implies extension('http://hl7.org/fhir/uv/ae-research-backport-ig/StructureDefinition/seriousness-criteria').exists()"

Extension: TrialActionTaken
Id: action-with-study-treatment
Title: "Action taken with the study treatment"
Description: "What was done with the study treatment because of the event (SDTM AEACN)."
Context: AdverseEvent
* value[x] 1..1
* value[x] only CodeableConcept
* valueCodeableConcept.coding from $vs-action-taken-codes (required)

Extension: TrialTreatedForEvent
Id: treated-for-event
Title: "Treatment given for the event"
Description: "Whether the event was treated with a drug or otherwise (SDTM AECONTRT)."
Context: AdverseEvent
* value[x] 1..1
* value[x] only boolean

// R4 4.0.1 has a code system at this address with codes of its own (`Serious`, `Non-serious`, ...); HL7's terminology replaced them,
// and the AE research backport goes by the new ones. Both are here: who loads this package still has R4's.
CodeSystem: AdverseEventSeriousness
Id: adverse-event-seriousness
Title: "Seriousness of an adverse event"
Description: "Overall seriousness of an adverse event, as HL7's terminology has it today and as R4 4.0.1 has it."
* ^url = "http://terminology.hl7.org/CodeSystem/adverse-event-seriousness"
* ^version = "1.0.1"
* ^caseSensitive = true
* ^content = #complete
* #non-serious "Non-serious" "Non-serious."
* #serious "Serious" "Serious."
* #Non-serious "Non-serious" "Non-serious."
* #Serious "Serious" "Serious."
* #Serious #SeriousResultsInDeath "Results in death" "Results in death."
* #Serious #SeriousIsLifeThreatening "Is Life-threatening" "Is Life-threatening."
* #Serious #SeriousResultsInHospitalization "Requires or prolongs inpatient hospitalization" "Requires inpatient hospitalization or causes prolongation of existing hospitalization."
* #Serious #SeriousResultsInDisability "Results in persistent or significant disability/incapacity" "Results in persistent or significant disability/incapacity."
* #Serious #SeriousIsBirthDefect "Is a congenital anomaly/birth defect" "Is a congenital anomaly/birth defect."
* #Serious #SeriousRequiresPreventImpairment "Requires intervention to prevent permanent impairment" "Requires intervention to prevent permanent impairment or damage (i.e., an important medical event that requires medical judgement)."

// The guide binds grade, criteria and relatedness to value sets of HL7's terminology that neither R4 nor the guide's package
// holds. Here they are as HL7 publishes them (1.0.0, CC0), codes alone, so that a validator without a terminology server can judge.
RuleSet: OfHl7(id)
* ^url = "http://terminology.hl7.org/ValueSet/{id}"
* ^version = "1.0.0"

ValueSet: AdverseEventGrades
Id: adverse-event-clinical-research-grades
Title: "Grades of adverse events"
Description: "CTCAE grades in clinical research, as HL7's terminology has them."
* insert OfHl7(adverse-event-clinical-research-grades)
* $ncit#C41338
* $ncit#C41339
* $ncit#C41340
* $ncit#C41337
* $ncit#C48275

ValueSet: AdverseEventCriteria
Id: adverse-event-clinical-research-seriousness-criteria
Title: "Seriousness criteria of adverse events"
Description: "What makes an adverse event serious, as HL7's terminology has it."
* insert OfHl7(adverse-event-clinical-research-seriousness-criteria)
* $ncit#C48275
* $ncit#C84266
* $ncit#C83052
* $ncit#C11338
* $ncit#C83117
* $ncit#C82521
* $ncit#C201939

ValueSet: AdverseEventRelatedness
Id: adverse-event-clinical-research-causality-relatedness
Title: "Relatedness of adverse events"
Description: "How an adverse event is related to a suspect, as HL7's terminology has it."
* insert OfHl7(adverse-event-clinical-research-causality-relatedness)
* $ncit#C53256
* $ncit#C53257
* $ncit#C53258
* $ncit#C53260
