"""R4's invariants as they are meant, where their text says something else.

Under FHIRPath N1 a function of nothing gives nothing, and an invariant that gives nothing fails: taken by its
letters, `ref-1` refuses every Reference without `reference`. HL7's validator reads the ones below in the same
way, except que-7. They are found by their text, for profiles repeat them in their snapshots.
"""

from __future__ import annotations

_NAME = "name.matches('[A-Z]([A-Za-z0-9_]){0,254}')"
_REF_1 = (
    "reference.startsWith('#').not()"
    " or (reference.substring(1).trace('url') in %rootResource.contained.id.trace('ids'))"
)
_ELD_19 = (
    r"""path.matches('[^\\s\\.,:;\\\'"\\/|?!@#$%&*()\\[\\]{}]{1,64}"""
    r"""(\\.[^\\s\\.,:;\\\'"\\/|?!@#$%&*()\\[\\]{}]{1,64}(\\[x\\])?(\\:[^\\s\\.]+)?)*')"""
)
_ELD_20 = r"path.matches('[A-Za-z][A-Za-z0-9]*(\\.[a-z][A-Za-z0-9]*(\\[x])?)*')"

_TIM_9 = "offset.empty() or (when.exists() and ((when in ('C' | 'CM' | 'CD' | 'CV')).not()))"

_VS_1 = "($this as dateTime).toString().length() >= 8"

_MEANT = {
    # A name is optional, and the whole of it is what the rule is about.
    _NAME: "name.exists() implies name.matches('^[A-Z]([A-Za-z0-9_]){0,254}$')",
    # A Reference may have no reference; '#' alone is the resource around the contained one.
    _REF_1: f"reference.exists() implies (reference = '#' or ({_REF_1}))",
    # bdl-8: an entry may have no fullUrl.
    "fullUrl.contains('/_history/').not()": "fullUrl.exists() implies fullUrl.contains('/_history/').not()",
    # ras-2: a prediction may have no probability.
    "probability is decimal implies (probability as decimal) <= 100": (
        "(probability.exists() and (probability is decimal)) implies ((probability as decimal) <= 100)"
    ),
    # tim-9: `when` repeats, and `in` is about one item.
    _TIM_9: "offset.empty() or (when.exists() and when.where($this in ('C' | 'CM' | 'CD' | 'CV')).empty())",
    # vs-1: the rule in words is about a dateTime that has a value; a Period is none.
    _VS_1: f"($this is dateTime and $this.hasValue()) implies {_VS_1}",
    # que-12: the rule in words says "more than one".
    "enableWhen.count() > 2 implies enableBehavior.exists()": "enableWhen.count() > 1 implies enableBehavior.exists()",
    # que-7: an answer is FHIR's boolean, never the System's. HL7's validator refuses every `exists` instead.
    "operator = 'exists' implies (answer is Boolean)": "operator = 'exists' implies (answer is boolean)",
    # eld-19 and eld-20 are about the whole path; matches() finds a part.
    _ELD_19: _ELD_19.replace("('", "('^", 1).replace("*')", "*$')"),
    _ELD_20: _ELD_20.replace("('", "('^", 1).replace("*')", "*$')"),
}


def meant(text: str) -> str:
    """Return the text of an expression as it is meant: mostly as it is."""
    return _MEANT.get(text, text)
