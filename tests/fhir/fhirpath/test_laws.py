"""Laws of the whole: nothing but its own errors comes out, and what the keys settle is true."""

from __future__ import annotations

from contextlib import suppress
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from adapter.fhir import definitions
from adapter.fhir.fhirpath import Env, EvaluationError, FhirPathError, Typed, compile_expression, presence
from adapter.fhir.fhirpath.focus import FUNCTIONS
from adapter.fhir.fhirpath.guess import FAILS
from adapter.fhir.fhirpath.parser import parse
from adapter.fhir.fhirpath.value import bare
from adapter.fhir.table import FOLDER, Table

WORDS = [
    *("name", "given", "value", "id", "extension", "Patient", "Quantity", "$this", "$index", "$total", "%resource"),
    *("and", "or", "xor", "implies", "is", "as", "in", "contains", "div", "mod", "true", "false", "{}", "{", "}"),
    *("(", ")", "[", "]", ".", ",", "|", "+", "-", "*", "/", "&", "=", "!=", "~", "!~", "<", "<=", ">", ">="),
    *("1", "2.5", "'a'", "'\\", "`x`", "@2020", "@T10:00", "4 days", "//", "/*", "*/", "\n", "é", "\0"),
    *sorted(FUNCTIONS),
]


@given(st.lists(st.sampled_from(WORDS), max_size=25).map(" ".join) | st.text(max_size=30))
def test_any_text_is_an_expression_or_refused(text: str) -> None:
    place = 0
    try:
        compile_expression(text, "Patient")
    except FhirPathError as refused:
        place = refused.position
    assert 0 <= place <= len(text)


LITERALS = ["1", "-2", "2.5", "0", "'a'", "'2020-01-01'", "''", "true", "false", "{}", "3 'mg'", "2 days"]
LITERALS += ["@2020-01", "@T10", "@2020-01-01T10:00Z", "%resource", "$this", "descendants()"]
ELEMENTS = ["name", "name.given", "active", "birthDate", "value", "contact.name", "contained", "id", "name.first()"]
ELEMENTS += ["multipleBirth", "extension.value"]
scalars = st.sampled_from(LITERALS + ELEMENTS)
INFIX = ["and", "or", "xor", "implies", "in", "contains", "=", "!=", "~", "!~", "<", "<=", ">", ">=", "|"]
INFIX += ["+", "-", "*", "/", "&", "div", "mod"]
TYPES = ["Patient", "string", "boolean", "Quantity", "System.String", "HumanName", "Element", "Resource"]
OF_TYPES = {"is", "as", "ofType"}


def called(parts: tuple[str, str, list[str]]) -> str:
    target, name, arguments = parts
    known = FUNCTIONS[name]
    if name in OF_TYPES:
        return f"({target}).{name}({TYPES[len(target) % len(TYPES)]})"
    return f"({target}).{name}({', '.join(arguments[: max(known.least, min(known.most, len(target) % 3))])})"


def larger(below: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.tuples(below, st.sampled_from(INFIX), below).map(lambda p: f"({p[0]}) {p[1]} ({p[2]})"),
        st.tuples(below, st.sampled_from(sorted(FUNCTIONS)), st.lists(below, min_size=3, max_size=3)).map(called),
        st.tuples(below, st.sampled_from(TYPES)).map(lambda p: f"({p[0]}) is {p[1]}"),
        below.map(lambda text: f"-({text})"),
        st.tuples(below, below).map(lambda p: f"({p[0]})[{p[1]}]"),
    )


expressions = st.recursive(scalars, larger, max_leaves=8)
leaves = (
    st.none()
    | st.booleans()
    | st.integers(-5, 5)
    | st.sampled_from(["a", "2020-01-01", "x", ""])
    | st.just(Decimal("1.5"))
)
KEYS = ["name", "given", "_given", "family", "active", "_active", "birthDate", "value", "valueQuantity", "extension"]
KEYS += ["id", "contained", "contact", "resourceType", "reference", "multipleBirthInteger", "period", "start", "code"]
keys = st.sampled_from(KEYS)
anything = st.recursive(leaves, lambda below: st.lists(below, max_size=3) | st.dictionaries(keys, below, max_size=4))


@settings(max_examples=400)
@given(expressions, st.dictionaries(keys, anything, max_size=5))
def test_whatever_stands_in_a_resource_only_an_evaluation_error_comes_out(text: str, content: dict[str, Any]) -> None:
    resource = {**content, "resourceType": "Patient"}
    env = Env(resource=resource, root=resource)
    for ask in (compile_expression(text, "Patient").evaluate, compile_expression(text, "Patient").holds):
        with suppress(EvaluationError):
            ask(resource, env)


PATIENT = {
    "resourceType": "Patient",
    "active": True,
    "birthDate": "2020-01-01",
    "name": [{"given": ["a", "b"], "family": "c"}, {"text": "d"}],
    "multipleBirthInteger": 2,
    "contained": [{"resourceType": "Organization", "id": "o"}],
    "extension": [{"url": "u", "valueString": "x"}],
}


def verdict(text: str, resource: dict[str, Any]) -> Any:
    """What an expression says of a resource as a criterion: a Boolean, None for nothing, or that it fails."""
    try:
        found = compile_expression(text, "Patient").evaluate(resource, Env(resource=resource, root=resource))
    except EvaluationError:
        return FAILS
    if len(found) > 1:
        return FAILS
    items = [bare(item) for item in found]
    return (items[0] if isinstance(items[0], bool) else True) if items else None


@settings(max_examples=600)
@given(expressions, st.sets(st.sampled_from(sorted(PATIENT))))
@example("(-((1) and (1))).count()", set())
def test_what_is_said_of_the_keys_is_true_of_the_resource(text: str, names: set[str]) -> None:
    resource = {name: value for name, value in PATIENT.items() if name in names}
    possible = presence.verdicts(parse(text), "Patient", frozenset(resource))
    assert verdict(text, resource) in possible


PATHS = sorted({name for name in Table(FOLDER / "types.ndjson") if definitions.invariants(name)})


def sample(type_name: str, key: str, depth: int) -> Any:
    """A small value of an element, of the right JSON type."""
    field = definitions.fields(type_name)[key]
    return [filled(field.type, depth)] if field.many else filled(field.type, depth)


def filled(type_name: str, depth: int) -> Any:
    if definitions.is_primitive(type_name):
        return {"boolean": True, "decimal": Decimal("1.5"), "integer": 1, "positiveInt": 1, "unsignedInt": 1}.get(
            type_name, "2020-01-01"
        )
    found: dict[str, Any] = {"resourceType": "Basic"} if type_name == "Resource" else {}
    names = [] if depth == 0 else list(definitions.fields(type_name))[-3:]
    return found | {key: sample(type_name, key, depth - 1) for key in names}


@settings(max_examples=300)
@given(st.data())
def test_an_invariant_of_r4_that_keys_settle_holds(data: st.DataObject) -> None:
    type_name = data.draw(st.sampled_from(PATHS))
    names = data.draw(st.sets(st.sampled_from(sorted(definitions.fields(type_name))), max_size=6))
    content = {key: sample(type_name, key, 2) for key in names}
    focus = Typed(None, type_name, content) if definitions.is_primitive(type_name) else content
    for invariant in definitions.invariants(type_name):
        expression = compile_expression(invariant.expression, type_name)
        if expression.settled(frozenset(content)):
            assert expression.holds(focus, Env(resource=focus, root=focus)), invariant.key


@pytest.mark.parametrize(
    "text",
    [
        "(" * 50_000,
        "-" * 50_000 + "1",
        "a." * 20_000 + "a",
        "1+" * 20_000 + "1",
        "not(" * 20_000 + ")" * 20_000,
        "a[" * 20_000,
        "a" * 100_001,
        "/*" * 40_000,
        "'" + "\\'" * 40_000,
    ],
)
def test_what_is_nested_or_long_without_measure_is_refused(text: str) -> None:
    with pytest.raises(FhirPathError):
        parse(text)


@pytest.mark.parametrize("operator", ["and", "or", "|"])
def test_a_chain_of_one_operator_may_be_long(operator: str) -> None:
    text = f" {operator} ".join(["id.exists()"] * 5_000)
    assert compile_expression(text, "Patient").holds({"id": "x"}, Env())


def test_an_expression_of_the_greatest_depth_is_compiled_and_evaluated() -> None:
    for text in ("(" * 98 + "true" + ")" * 98, "true" + ".not()" * 98, "true.not()" + " = true" * 97):
        assert isinstance(compile_expression(text, "Patient").holds({}, Env()), bool)


def test_content_a_hundred_levels_deep_has_descendants() -> None:
    deep: dict[str, Any] = {"url": "u"}
    for _ in range(1_000):
        deep = {"url": "u", "extension": [deep]}
    assert compile_expression("descendants().count()", "Extension").evaluate(deep, Env()) == [2_001]
