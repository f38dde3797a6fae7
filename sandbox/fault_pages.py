"""Trouble inside a page of results that is otherwise whole: where `next` leads, what `total` says, what is in
`entry`. Each kind takes the Bundle and the page's own address and changes the Bundle in place.
"""

import secrets
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from sandbox.charts import dump, load
from sandbox.fhir_search import cursor_behind

Bundle = dict[str, Any]

_ELSEWHERE = "elsewhere.example"
_HOLES: tuple[Any, ...] = (
    None,
    {},
    7,
    {"resource": "a word"},
    {"resource": {"id": "without-a-type"}},
    {"search": {"mode": "outcome"}, "resource": {"resourceType": "OperationOutcome", "issue": []}},
)


def spoil(kind: str, body: bytes) -> bytes:
    """The page with this kind of trouble (a key of `PAGES`); what is no Bundle is left as it is."""
    try:
        bundle = load(body)
    except ValueError:
        return body
    if not isinstance(bundle, dict) or bundle.get("resourceType") != "Bundle":
        return body
    here = next(link["url"] for link in bundle["link"] if link["relation"] == "self")
    PAGES[kind](bundle, here)
    return dump(bundle)


def _itself(bundle: Bundle, here: str) -> None:
    """The page leads to itself. Struck once, it comes twice and then the rest."""
    _lead(bundle, here)


def _circle(bundle: Bundle, here: str) -> None:
    """The last page leads back to the first."""
    if not _has_next(bundle):
        _lead(bundle, _at_cursor(here, None))


def _endless(bundle: Bundle, here: str) -> None:
    """After the last page come empty ones without end, each with a new cursor."""
    if not _has_next(bundle):
        _lead(bundle, _at_cursor(here, cursor_behind("Zzz", secrets.token_hex(8))))


def _foreign(bundle: Bundle, here: str) -> None:
    """`next` leads to another server."""
    _lead(bundle, urlunsplit(urlsplit(here)._replace(scheme="https", netloc=_ELSEWHERE)))


def _somebody_else(bundle: Bundle, here: str) -> None:
    """`next` leads to another Patient's chart on this server."""
    parts = urlsplit(here)
    pieces = ["0123456789ab" if before == "Patient" else piece for before, piece in _pairs(parts.path)]
    _lead(bundle, urlunsplit(parts._replace(path="/".join(pieces))))


def _pairs(path: str) -> list[tuple[str, str]]:
    pieces = path.split("/")
    return list(zip(["", *pieces], pieces, strict=False))


def _path_only(bundle: Bundle, here: str) -> None:
    """`next` is written from the root of the server on, which is odd but can be followed."""
    for link in bundle["link"]:
        if link["relation"] == "next":
            link["url"] = urlunsplit(urlsplit(link["url"])._replace(scheme="", netloc=""))


def _unlinked(bundle: Bundle, here: str) -> None:
    """There is more, and nothing leads to it."""
    bundle["link"] = [link for link in bundle["link"] if link["relation"] != "next"]


def _odd_links(bundle: Bundle, here: str) -> None:
    """`link` is no list."""
    bundle["link"] = {"relation": "next", "url": here}


def _total(value: Callable[[int], Any]) -> Callable[[Bundle, str], None]:
    """`total` is something else."""

    def change(bundle: Bundle, here: str) -> None:
        bundle["total"] = value(bundle["total"])

    return change


def _twice(bundle: Bundle, here: str) -> None:
    """Every entry stands there twice."""
    bundle["entry"] = [entry for entry in bundle["entry"] for _ in range(2)]


def _holes(bundle: Bundle, here: str) -> None:
    """Between the entries stand others that hold no resource, or none that says its type."""
    bundle["entry"] = [*_HOLES, *bundle["entry"], *_HOLES]


def _lead(bundle: Bundle, address: str) -> None:
    """Let `next` lead there."""
    others = [link for link in bundle["link"] if link["relation"] != "next"]
    bundle["link"] = [*others, {"relation": "next", "url": address}]


def _has_next(bundle: Bundle) -> bool:
    return any(link["relation"] == "next" for link in bundle["link"])


def _at_cursor(address: str, cursor: str | None) -> str:
    """The same address with another cursor, or without one."""
    parts = urlsplit(address)
    query = [pair for pair in parse_qsl(parts.query) if pair[0] != "_after"]
    query += [("_after", cursor)] if cursor else []
    return urlunsplit(parts._replace(query=urlencode(query)))


PAGES: dict[str, Callable[[Bundle, str], None]] = {
    "itself": _itself,
    "circle": _circle,
    "endless": _endless,
    "foreign": _foreign,
    "somebody-else": _somebody_else,
    "path-only": _path_only,
    "unlinked": _unlinked,
    "odd-links": _odd_links,
    "total-less": _total(lambda total: 1),
    "total-more": _total(lambda total: total + 1000),
    "total-text": _total(lambda total: "many"),
    "total-negative": _total(lambda total: -1),
    "twice": _twice,
    "holes": _holes,
}
