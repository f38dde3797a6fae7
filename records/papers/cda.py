"""A C-CDA document as headings, text and tables: the words its sections were written to show.

Source: HL7 CDA R2, narrative block (StrucDoc.Text). Only that is read; the coded entries are not.
"""

from collections.abc import Iterator
from html import escape
from xml.etree.ElementTree import Element

from defusedxml.ElementTree import fromstring

_HL7 = "{urn:hl7-org:v3}"
_SAME = {"table", "thead", "tbody", "tfoot", "tr", "th", "td", "br", "sub", "sup", "caption"}
_AS = {"paragraph": "p", "item": "li", "list": "ul", "content": "span", "text": "div", "linkHtml": "span"}
_DEEPEST = 40


def read(data: bytes) -> tuple[str, list[tuple[str, str]]]:
    """The document's title, and its sections in order: the heading of each, and its markup.

    Raises what the XML reader raises.
    """
    root = fromstring(data, forbid_dtd=True)
    sections = (_section(section) for section in root.iter(f"{_HL7}section"))
    return _words(root.find(f"{_HL7}title")), [one for one in sections if any(one)]


def _section(section: Element) -> tuple[str, str]:
    text = section.find(f"{_HL7}text")
    return _words(section.find(f"{_HL7}title")), _markup(text, 0) if text is not None else ""


def _markup(element: Element, depth: int) -> str:
    name = element.tag.removeprefix(_HL7)
    inner = "".join(_inner(element, depth))
    tag = name if name in _SAME else _AS.get(name, "")
    if tag == "br":
        return "<br>"
    return f"<{tag}>{inner}</{tag}>" if tag else inner


def _inner(element: Element, depth: int) -> Iterator[str]:
    yield escape(element.text or "")
    for child in element:
        if depth < _DEEPEST and isinstance(child.tag, str):
            yield _markup(child, depth + 1)
        yield escape(child.tail or "")


def _words(element: Element | None) -> str:
    return " ".join("".join(element.itertext()).split()) if element is not None else ""
