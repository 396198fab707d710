"""A small study in which every shape stands once: what a single module of the engine does can be seen on it."""

from __future__ import annotations

import pytest

from adapter.mapping.study import MappedStudy, load_study

FILES = {
    "study.yaml": """
study: clinic
base: https://clinic.example/fhir
zone: "+00:00"
patterns: {visit: "V[0-9]+(-[0-9]+)?"}
""",
    "forms.yaml": """
visit:
  id: "{subject}.{visit}"
  items:
    subject: subject key
    visit: visit key
    state: code state required
    when: datetime
    pulse: integer 0..300 /min
    side: code side
    signs: code sign many
    drugs: group many
    drugs.name: text required
    drugs.dose: decimal mg
    kit: token restricted
    calm: boolean calm
note:
  subject: subject key
  remark: text
""",
    "codelists.yaml": """
state:
  columns: {status: , class: http://terminology.hl7.org/CodeSystem/v3-ActCode}
  seen: {status: finished, class: AMB}
  called: {status: finished, class: VR}
  missed: {status: [cancelled, entered-in-error], class: AMB}
side:
  columns: {act: http://terminology.hl7.org/CodeSystem/v3-ActSite, own: own}
  left: {act: LA, own: l}
  right: {act: RA, own: r}
  elsewhere: {own: e}
  ~: {own: none}
sign: {columns: {code: own}, red: redness, sore: pain, warm: warmth}
calm: {columns: {code: own}, true: calm, false: upset}
""",
    "names.yaml": """
visit-id: https://clinic.example/id/visit
note-id: https://clinic.example/id/note
own: https://clinic.example/fhir/CodeSystem/own
pulse: {system: own, code: pulse}
sign: {system: own, code: sign}
kit: {system: own, code: kit}
remark: {system: own, code: remark}
""",
    "maps/visit.yaml": """
form: visit
resources:
  - resourceType: Encounter
    identifier: [{system: visit-id, value: "{subject}.{visit}"}]
    status: "{state:status}"
    class: "{state:class}"
    subject: "{subject}"
    period: {start: "{when}"}
  - resourceType: Observation
    identifier: [{system: visit-id, value: "{subject}.{visit}.pulse"}]
    status: [final, amended]
    code: {coding: [pulse]}
    subject: "{subject}"
    effectiveDateTime: "{=when}"
    valueQuantity: "{pulse}"
    bodySite: "{side}"
    interpretation: ["{calm}"]
    component:
      - {each: signs, code: {coding: [sign]}, valueCodeableConcept: "{signs}"}
  - resourceType: Observation
    identifier: [{system: visit-id, value: "{subject}.{visit}.kit"}]
    status: final
    code: {coding: [kit]}
    subject: "{subject}"
    valueString: "{kit}"
  - resourceType: MedicationStatement
    identifier: [{system: visit-id, value: "{subject}.{visit}.drugs"}]
    status: completed
    medicationCodeableConcept: {text: several}
    subject: "{subject}"
    dosage:
      - {each: drugs, text: "{drugs.name}", doseAndRate: [{doseQuantity: "{drugs.dose}"}]}
""",
    "maps/note.yaml": """
form: note
resources:
  - resourceType: Observation
    identifier: [{system: note-id, value: "{subject}"}]
    status: final
    code: {coding: [remark]}
    subject: "{subject}"
    valueString: "{remark}"
""",
}


@pytest.fixture(scope="session")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> MappedStudy:
    folder = tmp_path_factory.mktemp("clinic")
    for name, text in FILES.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return load_study(folder)
