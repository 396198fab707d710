"""XML that reaches out, swells, or is no FHIR."""

from __future__ import annotations

from adapter.fhir import xml
from tests.api.attacks import GOOD, PATH, XML, Attack

TEXT = xml.encode(GOOD).decode()
BODY = TEXT.partition("?>")[2] if TEXT.startswith("<?xml") else TEXT


def sent(name: str, status: int | tuple[int, ...], codes: str, body: str | bytes) -> Attack:
    statuses = status if isinstance(status, tuple) else (status,)
    raw = body.encode() if isinstance(body, str) else body
    return Attack(name, statuses, tuple(codes.split()), raw, PATH, "PUT", {"Content-Type": XML})


def dtd(inside: str, used: str = "") -> str:
    return f"<!DOCTYPE x [{inside}]>" + BODY.replace('value="completed"', f'value="{used}"')


LAUGHS = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10 if i else "lol"}">' for i in range(10))
NESTED = '<extension url="http://x.example">' * 100_000

ATTACKS = [
    sent("a file", 400, "structure", dtd('<!ENTITY x SYSTEM "file:///etc/passwd">', "&x;")),
    sent("an address", 400, "structure", dtd('<!ENTITY x SYSTEM "http://127.0.0.1:9/">', "&x;")),
    sent("an external DTD", 400, "structure", '<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">' + BODY),
    sent("a parameter entity", 400, "structure", dtd('<!ENTITY % x SYSTEM "http://127.0.0.1:9/"> %x;')),
    sent("a billion laughs", 400, "structure", dtd(LAUGHS, "&l9;")),
    sent("a bare DOCTYPE", 400, "structure", "<!DOCTYPE x>" + BODY),
    sent("a large entity often", 400, "structure", dtd(f'<!ENTITY x "{"x" * 50_000}">', "&x;" * 90)),
    sent(
        "XInclude",
        400,
        "structure",
        BODY.replace(
            "</MedicationAdministration>",
            '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file:///etc/passwd"/></MedicationAdministration>',
        ),
    ),
    sent("a processing instruction", 400, "structure", BODY.replace("<status", "<?x y?><status")),
    sent("another namespace", 400, "structure", BODY.replace("http://hl7.org/fhir", "http://x.example")),
    sent("no namespace", 400, "structure", BODY.replace(' xmlns="http://hl7.org/fhir"', "")),
    sent("an unknown attribute", 400, "structure", BODY.replace("<status ", '<status x="y" ')),
    sent("an unknown element", 400, "structure", BODY.replace("<status ", '<nonsense value="1"/><status ')),
    sent("text", 400, "structure", BODY.replace("<status ", "text<status ")),
    sent(
        "another order",
        400,
        "structure",
        BODY.replace('<status value="completed"/>', "").replace(
            "<effectiveDateTime", '<status value="completed"/><effectiveDateTime'
        ),
    ),
    sent("a nest of 100000", 400, "too-costly structure", BODY.replace("<status ", NESTED + "<status ")),
    sent("UTF-7", 400, "structure", '<?xml version="1.0" encoding="UTF-7"?>' + BODY),
    sent(
        "another encoding than it says", 400, "structure", ('<?xml version="1.0" encoding="UTF-16"?>' + BODY).encode()
    ),
    sent("cut off", 400, "structure", BODY[:-30]),
    sent("two roots", 400, "structure", BODY + BODY),
    sent("JSON", 400, "structure", "{}"),
]

HTML = '<text><status value="generated"/><div xmlns="http://www.w3.org/1999/xhtml">{}</div></text>'
NARRATIVES = [
    "<script>x</script>",
    '<a onclick="x">y</a>',
    '<img src="http://x.example/y.png"/>',
    '<a href="javascript:x">y</a>',
]
ATTACKS += [
    sent(
        f"narrative: {inside[:12]}",
        (400, 422),
        "invariant structure",
        BODY.replace("<identifier", HTML.format(inside) + "<identifier", 1),
    )
    for inside in NARRATIVES
]
