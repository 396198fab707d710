"""The xhtml of a narrative: which elements and attributes it may hold, where they stand, and that it says something.

R4 allows the basic formatting of HTML 4 (chapters 7 to 11 and 15), links, images and style attributes, and no
scripts, forms or events. Which elements and attributes those are, and in what another may stand, are those of
XHTML 1.0 strict, as HL7's validator has them. Source: http://hl7.org/fhir/R4/narrative.html#xhtml
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple
from xml.parsers import expat

from adapter.fhir.narrative import XHTML

XML = "http://www.w3.org/XML/1998/namespace"
MOST_FAULTS = 20
BLANKS = " \t\r\n"
_SCHEME = re.compile(r"[\x00-\x20]*([A-Za-z][A-Za-z0-9+.-]*):", re.ASCII)
ACTIVE = frozenset({"javascript", "vbscript"})
_NO_URL = re.compile(r"""[ <>"{}\\^`]""")
"""What RFC 3986 leaves to no url; `|`, which it does not allow either, HL7's validator lets pass."""

HTML_NAMES = re.compile(r"&(?!(?:amp|lt|gt|quot|apos);)([A-Za-z][A-Za-z0-9]*);")


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


HEADINGS = _words("h1 h2 h3 h4 h5 h6")
BLOCKS = _words("div table ol ul pre")
NOT_IN_A_PARAGRAPH = BLOCKS | _words("p blockquote")
ONCE = _words("a b em i strong small big tt dfn q var abbr acronym cite bdo kbd sub sup code samp")
"""Inline elements that hold no other of their own name."""

INLINE = ONCE | HEADINGS | _words("p pre address span caption dd dt")
"""What holds text, and no block."""

ELEMENTS = INLINE | BLOCKS | _words("blockquote br img hr map area li dl colgroup col thead tr tfoot tbody th td")
ANYWHERE = _words(
    "title style class id lang dir accesskey tabindex span width align valign char charoff abbr axis headers scope "
    "rowspan colspan"
)
ATTRIBUTES: dict[str, frozenset[str]] = {
    "a": _words("href name charset type hreflang rel rev shape coords"),
    "img": _words("src border alt longdesc height width usemap ismap"),
    "blockquote": _words("cite"),
    "q": _words("cite"),
    "map": _words("name"),
    "area": _words("shape coords href nohref alt"),
    "table": _words("summary width border frame rules cellspacing cellpadding"),
    "pre": _words("space"),
    "td": _words("nowrap"),
}
"""What an element may have beside the attributes of ANYWHERE."""

ROWS = _words("thead tfoot tbody")
WITHIN: dict[str, frozenset[str]] = {
    "tr": ROWS | {"table"},
    **dict.fromkeys((*ROWS, "caption", "colgroup"), frozenset({"table"})),
    "col": _words("colgroup table"),
    **dict.fromkeys(("th", "td"), _words("tr thead tfoot")),
    "li": _words("ul ol"),
    **dict.fromkeys(("dd", "dt"), frozenset({"dl"})),
}
"""What an element must stand in."""

ONLY: dict[str, frozenset[str]] = {
    "table": ROWS | _words("tr caption col colgroup"),
    "tr": _words("td th"),
    **dict.fromkeys(("ul", "ol"), frozenset({"li"})),
    "dl": _words("dd dt"),
    "map": _words("area"),
    "colgroup": _words("col"),
    **dict.fromkeys(ROWS, frozenset({"tr"})),
    **dict.fromkeys(("br", "img", "hr", "col", "area"), frozenset[str]()),
}
"""What alone may stand in an element; text may not."""


class Fault(NamedTuple):
    """What is wrong with a narrative: the key of R4's constraint or of our rule, and a text."""

    key: str
    text: str


def faults(div: str) -> list[Fault]:
    """Return what is wrong with the `div` of a narrative, at most MOST_FAULTS; nothing for a sound one."""
    name = HTML_NAMES.search(div) if "&" in div else None
    if name is not None:
        return [Fault("txt-1", f"XML knows no &{name[1][:40]};: write the character itself.")]
    reader = _Reader()
    try:
        reader.read(div)
    except expat.ExpatError as fault:
        place = f"line {fault.lineno}, column {fault.offset + 1}"
        return [Fault("txt-1", f"The narrative is no well-formed xhtml: {expat.ErrorString(fault.code)}, {place}.")]
    except _DoctypeError:
        return [Fault("txt-1", "A narrative has no DOCTYPE: take it out.")]
    return list(dict.fromkeys(reader.faults()))[:MOST_FAULTS]


class _DoctypeError(Exception):
    """A DOCTYPE could define entities: nothing after it is read."""


class _Reader:
    """Reads one narrative; keeps what was found, not what was read."""

    def __init__(self) -> None:
        self._open: list[str] = []
        self._found: list[Fault] = []
        self._says_something = False
        self._links: set[str] = set()
        self._names: set[str] = set()

    def read(self, div: str) -> None:
        """Read a text. Raises ExpatError where it is no well-formed XML, _DoctypeError at a DOCTYPE."""
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = lambda _: self._open.pop()
        parser.CharacterDataHandler = self._text
        parser.StartDoctypeDeclHandler = _refuse_doctype
        parser.Parse(div.encode("utf-8", "surrogatepass"), True)

    def faults(self) -> Iterator[Fault]:
        """Yield what is wrong, once all is read."""
        yield from self._found
        if not self._says_something:
            yield Fault("txt-2", "The narrative says nothing: it needs text or an image.")
        for name in sorted(self._links - self._names):
            yield Fault("xhtml-link", f"The link {'#' + name[:80]!r} leads to no id and no name of the narrative.")

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        space, _, name = tag.rpartition(" ")
        found = len(self._found) < MOST_FAULTS
        if found and space != XHTML:
            said = f"is in the namespace {space[:80]!r}" if space else "is in no namespace"
            self._add("xhtml-namespace", f'<{name[:40]}> {said}: expected xmlns="{XHTML}".')
        if found:
            self._place(name)
        for attribute, value in attributes.items():
            self._attribute(name, attribute, value)
        if name == "img" and "src" in attributes:
            self._says_something = True
        self._open.append(name)

    def _place(self, name: str) -> None:
        """Judge an element by its name and by what it stands in."""
        if not self._open:
            if name != "div":
                self._add("xhtml-place", f"The outermost element of a narrative is a <div>, not <{name[:40]}>.")
            return
        if name not in ELEMENTS:
            self._add("txt-1", f"<{name[:40]}> is not allowed in a narrative: use basic formatting.")
            return
        around = self._open[-1]
        if around not in WITHIN.get(name, (around,)):
            self._add("xhtml-place", f"<{name}> stands in {_either(WITHIN[name])}, not in <{around[:40]}>.")
        if name not in ONLY.get(around, (name,)):
            self._add("xhtml-place", f"<{around}> holds {_either(ONLY[around])}, not <{name}>.")
        self._nested(name)

    def _nested(self, name: str) -> None:
        """Judge an element by all that is around it: no block in a text, no link in a link."""
        around = next((each for each in self._open if each in INLINE), None) if name in BLOCKS else None
        if around is None and name in NOT_IN_A_PARAGRAPH and "p" in self._open:
            around = "p"
        if around is None and name in ONCE and name in self._open:
            around = name
        if around is not None:
            self._add("xhtml-place", f"<{name}> cannot stand within <{around}>.")

    def _attribute(self, name: str, attribute: str, value: str) -> None:
        space, _, local = attribute.rpartition(" ")
        allowed = local in ("lang", "space") if space == XML else not space and _allows(name, local)
        if not allowed:
            self._add("txt-1", f"The attribute {local[:40]!r} is not allowed on <{name[:40]}> in a narrative.")
        elif local == "id" or (local == "name" and name == "a"):
            self._names.add(value)
        elif local == "href" and name == "a":
            self._link(value)
        elif local == "src":
            self._url(value)

    def _link(self, value: str) -> None:
        scheme = _SCHEME.match(value)
        if scheme is not None and scheme[1].lower() in ACTIVE:
            self._add("xhtml-link", f"A link to {scheme[1].lower()}: runs code: take it out.")
        elif not value:
            self._add("xhtml-link", "A link has a url in its href: leave the <a> out, or give it one.")
        elif value.startswith("#") and len(value) > 1:
            self._links.add(value[1:])
        self._url(value)

    def _url(self, value: str) -> None:
        """Judge the characters of a url."""
        wrong = _NO_URL.search(value.strip())
        if wrong is not None:
            self._add("xhtml-link", f"{wrong[0]!r} has no place in a url: write it as %{ord(wrong[0]):X}.")

    def _text(self, text: str) -> None:
        if not text.strip(BLANKS):
            return
        self._says_something = True
        if self._open[-1] in ONLY:
            around = self._open[-1]
            self._add("xhtml-place", f"<{around}> holds {_either(ONLY[around])}, no text.")

    def _add(self, key: str, text: str) -> None:
        if len(self._found) < MOST_FAULTS:
            self._found.append(Fault(key, text))


def _refuse_doctype(*_: object) -> None:
    raise _DoctypeError


def _allows(name: str, attribute: str) -> bool:
    return attribute in ANYWHERE or attribute in ATTRIBUTES.get(name, ())


def _either(names: frozenset[str]) -> str:
    return " or ".join(f"<{name}>" for name in sorted(names)) or "nothing"
