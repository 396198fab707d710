Profile: TrialScore
Parent: Observation
Id: trial-score
Title: "Score"
Description: "What the scores have in common: they are computed, from responses that they name."
* ^abstract = true
* insert Identified($score-id)
* insert OfSubject
* category ^slicing.discriminator.type = #pattern
* category ^slicing.discriminator.path = "$this"
* category ^slicing.rules = #open
* category contains survey 1..1
* insert Is-survey(category[survey])
* value[x] only integer
* derivedFrom only Reference(QuestionnaireResponse)

Profile: TrialUas
Parent: TrialScore
Id: trial-uas
Title: "Urticaria activity of a day"
Description: "Wheals and itch of one day."
* insert Is-uas(code)
* effective[x] 1..1
* effective[x] only dateTime or Period
* insert Ranged-diary-uas(valueInteger)

Profile: TrialUas7
Parent: TrialScore
Id: trial-uas7
Title: "Urticaria activity of 7 days"
Description: "The sum of 7 consecutive days; a week with a missing day has none, and says so."
* insert Is-uas7(code)
* effective[x] 1..1
* effective[x] only Period
* effectivePeriod.start 1..1
* effectivePeriod.end 1..1
* insert Ranged-uas7-score(valueInteger)
* component ^slicing.discriminator.type = #pattern
* component ^slicing.discriminator.path = "code"
* component ^slicing.rules = #open
* component contains band 0..1 and completeResponse 0..1 and prorated 0..1 and window 0..*
* insert Is-uas7-band(component[band].code)
* component[band].value[x] only CodeableConcept
* component[band].valueCodeableConcept.coding from $vs-uas7-band-codes (required)
* insert Is-complete-response(component[completeResponse].code)
* component[completeResponse].value[x] only boolean
* insert Is-prorated(component[prorated].code)
* component[prorated].value[x] only boolean
* insert Is-window(component[window].code)
* component[window].value[x] only CodeableConcept
* component[window].valueCodeableConcept.coding from $vs-uas7-window-codes (required)

Profile: TrialUct
Parent: TrialScore
Id: trial-uct
Title: "UCT total"
Description: "The sum of the 4 items of the urticaria control test at a visit."
* insert AtVisit
* insert Is-uct(code)
* insert Ranged-visit-uct_total(valueInteger)
* component ^slicing.discriminator.type = #pattern
* component ^slicing.discriminator.path = "code"
* component ^slicing.rules = #open
* component contains band 0..1
* insert Is-uct-band(component[band].code)
* component[band].value[x] only CodeableConcept
* component[band].valueCodeableConcept.coding from $vs-uct-band-codes (required)

Profile: TrialDlqi
Parent: TrialScore
Id: trial-dlqi
Title: "DLQI total"
Description: "The sum of the 10 items of the dermatology life quality index at a visit."
* insert AtVisit
* insert Is-dlqi(code)
* insert Ranged-visit-dlqi_total(valueInteger)
