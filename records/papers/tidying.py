"""Markup that a place wrote, with text and tables left and every attribute, link, picture and script gone.

A parser of HTML takes time that grows with the square of the depth: half a megabyte of open tags costs a
minute. What is nested deeper than anybody writes by hand is therefore not parsed; its words are left.
"""

import re
from html import escape

import nh3

TEXT_AND_TABLES = {
    *("p", "div", "span", "br", "hr", "b", "strong", "i", "em", "u"),
    *("small", "sub", "sup", "pre", "blockquote"),
    *("ul", "ol", "li", "dl", "dt", "dd", "h2", "h3", "h4", "h5", "h6"),
    *("table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td"),
}

_DEEPEST = 100
_MOST_OPEN = 20  # formatting that is not closed is opened again in every paragraph after it
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9:-]*)")
_MARKUP = re.compile(r"<[^<>]*>")
_FIRST = re.compile(r"<h1(?=[\s/>])", re.IGNORECASE)
_HEADING = re.compile(r"<(/?)h([1-6])(?=[\s/>])", re.IGNORECASE)
_NEVER_OPEN = {
    *("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source"),
    *("track", "wbr", "p", "li", "dt", "dd", "td", "th", "tr", "thead", "tbody", "tfoot", "colgroup"),
    *("option", "optgroup"),
}
"""Those that hold nothing, and those that the next of their kind closes."""
_FORMATTING = {
    *("a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u")
}


def clean(html: str) -> str:
    """What is harmless of it; only its words, escaped, where it is nested too deep to be parsed in time."""
    if _too_deep(html):
        return words(html)
    return nh3.clean(
        _lowered(html),
        tags=TEXT_AND_TABLES,
        clean_content_tags={"script", "style", "title"},
        attributes={},
        generic_attribute_prefixes=set(),
        link_rel=None,
    )


def words(html: str) -> str:
    """Its words alone, escaped. Takes time that grows with the length."""
    return escape(_MARKUP.sub(" ", html))


def _lowered(html: str) -> str:
    """Every heading one step lower where there is a first one: that is the page's own."""
    if _FIRST.search(html) is None:
        return html
    return _HEADING.sub(lambda found: f"<{found[1]}h{min(int(found[2]) + 1, 6)}", html)


def _too_deep(html: str) -> bool:
    """Only an end that fits closes anything, as a parser ignores ends that do not: so never too few."""
    still: list[str] = []
    formatting = 0
    for found in _TAG.finditer(html):
        name = found[2].lower()
        if name in _NEVER_OPEN:
            continue
        if not found[1]:
            still.append(name)
            formatting += name in _FORMATTING
        elif still and still[-1] == name:
            formatting -= still.pop() in _FORMATTING
        if len(still) > _DEEPEST or formatting > _MOST_OPEN:
            return True
    return False
