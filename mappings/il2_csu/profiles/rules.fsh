// What the profiles share. `make profiles` adds, from the study package itself: an alias $name for each uri of names.yaml,
// $vs-…, $cs-… and $q-… for each ValueSet, CodeSystem and Questionnaire that is made from the forms and codelists; for each
// item that is a number `insert Ranged-FORM-ITEM(path)`, its range, and `insert Measured-FORM-ITEM(path)`, its unit too; for
// each code or reference of names.yaml `insert Is-NAME(path)`. So no profile repeats a fact of the package.

RuleSet: Ucum(path)
* {path}.system = "http://unitsofmeasure.org"

// The business key: one identifier of the trial's own system. Others may stand beside it.
RuleSet: Identified(system)
* identifier 1..*
* identifier ^slicing.discriminator.type = #value
* identifier ^slicing.discriminator.path = "system"
* identifier ^slicing.rules = #open
* identifier contains trial 1..1
* identifier[trial].system 1..1
* identifier[trial].system = {system}
* identifier[trial].value 1..1

// What may reveal the arm is labelled so.
RuleSet: Restricted
* meta 1..1
* meta.security 1..*
* meta.security ^slicing.discriminator.type = #pattern
* meta.security ^slicing.discriminator.path = "$this"
* meta.security ^slicing.rules = #open
* meta.security contains restricted 1..1
* insert Is-restricted(meta.security[restricted])

RuleSet: OfSubject
* subject 1..1
* subject only Reference(TrialSubject)

RuleSet: AtVisit
* encounter 1..1
* encounter only Reference(TrialVisit)
* effective[x] only dateTime or Period
