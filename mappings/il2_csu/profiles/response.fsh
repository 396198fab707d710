Profile: TrialResponse
Parent: QuestionnaireResponse
Id: trial-response
Title: "Filled-in form"
Description: "A form of the trial as it was filled in: a response to one version of its Questionnaire."
* obeys response-version
* identifier 1..1
* identifier.system 1..1
* identifier.value 1..1
* questionnaire 1..1

Invariant: response-version
Description: "The response names the version of its Questionnaire (url|version)."
Severity: #error
Expression: "questionnaire.contains('|')"

Profile: TrialSubjectResponse
Parent: TrialResponse
Id: trial-subject-response
Title: "Filled-in form of a subject"
Description: "A form of the trial that tells of one subject."
* insert OfSubject

Profile: TrialRestrictedResponse
Parent: TrialSubjectResponse
Id: trial-restricted-response
Title: "Restricted answers of a form"
Description: "The answers of a form that may reveal the arm, apart from the others."
* insert Restricted

Profile: TrialDiaryResponse
Parent: TrialSubjectResponse
Id: trial-diary-response
Title: "Diary"
Description: "One day of a subject's diary: wheals, itch, tablets."
* identifier.system = $diary-id
* questionnaire = $q-diary

Profile: TrialEligibilityResponse
Parent: TrialSubjectResponse
Id: trial-eligibility-response
Title: "Eligibility"
Description: "The criteria of one subject, one by one."
* identifier.system = $eligibility-id
* questionnaire = $q-eligibility

Profile: TrialVisitResponse
Parent: TrialSubjectResponse
Id: trial-visit-response
Title: "Visit form"
Description: "What was asked and measured at a visit."
* identifier.system = $visit-id
* questionnaire = $q-visit
