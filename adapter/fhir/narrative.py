"""The xhtml of a narrative: the one element that FHIR keeps as text, in JSON and in XML alike."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html.entities import name2codepoint
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml import etree

XHTML = "http://www.w3.org/1999/xhtml"
DIV = f"{{{XHTML}}}div"

# Every markup of a well-formed text. The alternatives begin differently, so that it is read once.
_MARKUP = re.compile(
    r"<!--.*?-->|<!\[CDATA\[.*?\]\]>|<\?.*?\?>|<(?P<end>/?)(?P<name>[^\s/>]+)(?:\"[^\"]*\"|'[^']*'|[^'\">])*>",
    re.DOTALL,
)
_NAMED = re.compile(r"&([A-Za-z][A-Za-z0-9]*);")
_XML_NAMES = frozenset({"amp", "lt", "gt", "quot", "apos"})


def safe_parser() -> etree.XMLParser:
    """Return a parser that expands nothing, fetches nothing and grows nothing."""
    from lxml import etree

    return etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        attribute_defaults=False,
        huge_tree=False,
        recover=False,
        remove_comments=True,
        remove_pis=True,
    )


def divs(text: str) -> list[str]:
    """Return the outermost `div` elements of a well-formed XML text, each as it was written, in order.

    None are given where some `div` has a prefix: the order would no longer tell which is which.
    """
    if ":div" in text:
        return []
    found: list[str] = []
    start = depth = 0
    for markup in _MARKUP.finditer(text):
        if markup["name"] != "div":
            continue
        if depth == 0:
            start = markup.start()
        if markup["end"]:
            depth -= 1
        elif not markup[0].endswith("/>"):
            depth += 1
        if depth == 0:
            found.append(text[start : markup.end()])
    return found


def stands_alone(div: str, prefixes: Iterable[str | None]) -> bool:
    """Tell whether a `div` can be cut out of its document: it names its namespace and uses no prefix."""
    tag = div[: div.index(">")]
    names_its_own = f'xmlns="{XHTML}"' in tag or f"xmlns='{XHTML}'" in tag
    return names_its_own and not any(f"{prefix}:" in div for prefix in prefixes if prefix is not None)


def serialized(element: etree._Element) -> str:
    """Return a `div` that cannot be cut out, written anew with the namespaces it needs."""
    from copy import deepcopy

    from lxml import etree

    alone = deepcopy(element)
    alone.tail = None
    etree.cleanup_namespaces(alone)
    text = etree.tostring(alone, encoding="unicode")
    if alone.prefix is None:
        return text
    own = re.compile(rf"(</?){re.escape(alone.prefix)}:")  # in a serialized text, < begins nothing but a tag
    return own.sub(r"\1", text).replace(f"xmlns:{alone.prefix}=", "xmlns=", 1)


def well_formed(div: str) -> str:
    """Return a `div` that may stand in an XML document; names such as &nbsp; become character references.

    Raises ValueError when it is no well-formed xhtml `div`.
    """
    from lxml import etree

    text = _NAMED.sub(_as_character, div)
    if "<!DOCTYPE" in text:
        raise ValueError("a narrative holds no DOCTYPE")
    try:
        root = etree.fromstring(text.encode(), safe_parser())
    except etree.XMLSyntaxError as fault:
        raise ValueError(f"a narrative must be well-formed xhtml: {fault.msg}") from None
    if root.tag != DIV:
        raise ValueError(f'a narrative must be a <div xmlns="{XHTML}">')
    return text


def _as_character(name: re.Match[str]) -> str:
    known = name[1] not in _XML_NAMES and name[1] in name2codepoint
    return f"&#{name2codepoint[name[1]]};" if known else name[0]
