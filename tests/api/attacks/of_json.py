"""Text that is no JSON, or JSON that two readers would read in two ways."""

from __future__ import annotations

import json

from tests.api.attacks import GOOD, TEXT, changed, put

NUMBER = '"value": 1'


def numbered(text: str) -> str:
    return TEXT.replace(NUMBER, f'"value": {text}')


ATTACKS = [
    put("a key twice", 400, "structure", TEXT.replace('"status"', '"status": "stopped", "status"')),
    put("the type twice", 400, "structure", TEXT.replace('"id"', '"resourceType": "Patient", "id"', 1)),
    put("NaN", 400, "structure", numbered("NaN")),
    put("Infinity", 400, "structure", numbered("-Infinity")),
    put("a number beyond measure", 400, "value", numbered("1e400")),
    put("a number that takes a heap", 400, "value", numbered("1e999999999")),
    put("an integer of 5000 digits", 400, "value", numbered("9" * 5000)),
    put("a nest of 100000", 400, "too-costly", '{"a":' * 100_000 + "1" + "}" * 100_000),
    put("a nest of lists", 400, "too-costly", "[" * 100_000 + "]" * 100_000),
    put("half a character, escaped", 400, "value", TEXT.replace("01-001-c1d1", "\\ud800", 1)),
    put("half a character, raw", 400, "structure value", TEXT.replace("01-001-c1d1", "\ud800", 1)),
    put("NUL, escaped", 400, "value", TEXT.replace("completed", "com\\u0000pleted")),
    put("NUL, raw", 400, "structure value", TEXT.replace("completed", "com\0pleted")),
    put("UTF-16", 400, "structure", TEXT.encode("utf-16")),
    put("UTF-32", 400, "structure", TEXT.encode("utf-32-le")),
    put("bytes that are no UTF-8", 400, "structure", TEXT.replace("completed", "caf\xe9").encode("latin-1")),
    put("an overlong form", 400, "structure", TEXT.encode().replace(b"completed", b"\xc0\xaf")),
    put("a comma too many", 400, "structure", TEXT[:-1] + ",}"),
    put("a comment", 400, "structure", TEXT[:-1] + "/* x */}"),
    put("a list at the top", 400, "structure", f"[{TEXT}]"),
    put("null", 400, "structure", "null"),
    put("a text alone", 400, "structure", '"x"'),
    put("an empty object", 400, "structure invalid", "{}"),
    put("two values", 400, "structure", TEXT + TEXT),
    put("no value", 400, "structure", "   "),
    put("an element that is null", 400, "structure", changed(dosage={"dose": None, "text": "x"})),
    put("an empty list", 400, "structure", changed(identifier=[])),
    put("an empty object within", (400, 422), "structure invariant", changed(subject={})),
    put("an empty text", 400, "value structure", changed(status="")),
    put(
        "twins of different length", 400, "structure", changed(_instantiates=[None, None], instantiates=["http://x.y"])
    ),
    put("a number as text", 400, "value", numbered('"1"')),
    put("true as a number", 400, "value", numbered("true")),
    put("a text as an object", 400, "structure value", changed(status={"value": "completed"})),
    put("an unknown element", (400, 422), "structure", changed(nonsense=1)),
    put("__proto__", (400, 422), "structure", changed(__proto__={"x": 1})),
    put("constructor", (400, 422), "structure", changed(constructor={"prototype": {"x": 1}})),
    put("resourceType as a list", 400, "structure", json.dumps(GOOD | {"resourceType": ["Patient"]})),
    put("a body of 17 million octets", 413, "too-long", b'{"x":"' + b"x" * 17_000_000 + b'"}'),
]
