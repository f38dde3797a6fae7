"""The files a resource carries or names, whatever its version calls them.

DocumentReference.content.attachment, DiagnosticReport.presentedForm, Media.content, and Binary itself.
"""

import base64
import binascii
import re
from collections.abc import Iterator
from typing import NamedTuple

from records.fhir.elements import code, items, joined, member
from records.fhir.row import Resource
from records.fhir.terms import FILE_FORMS
from records.fhir.texts import clean, number

_BINARY = re.compile(r"(?:^|/)Binary/([A-Za-z0-9\-.]{1,64})(?:/_history/[^/]*)?$")
_MOST = 20
_KILO = 1024


class Attached(NamedTuple):
    """One file: its title and type as the source says, and where its bytes are."""

    title: str
    content_type: str
    data: bytes | None
    """Sent along with the resource."""
    binary: str
    """Id of the Binary at the same server that holds it; "" when it is none."""
    address: str
    """What the source named; empty where it named nothing."""

    @property
    def names_a_server(self) -> bool:
        """Whether the address says which server, which need not be the one the record came from."""
        return ":" in self.address or self.address.startswith("/")


def attached(resource: Resource) -> tuple[Attached, ...]:
    """The files of a resource, in order; at most twenty. Never raises."""
    return tuple(found for found, _ in zip(_attached(resource), range(_MOST), strict=False))


def _attached(resource: Resource) -> Iterator[Attached]:
    match resource.get("resourceType"):
        case "DocumentReference":
            for content in items(resource.get("content")):
                yield _one(member(content, "attachment"))
        case "DiagnosticReport":
            yield from map(_one, items(resource.get("presentedForm")))
        case "Media":
            yield from map(_one, items(resource.get("content")))
        case "Binary":
            data = resource.get("data") or resource.get("content")
            yield Attached("", code(resource.get("contentType")), _decoded(data), "", "")


def _one(attachment: object) -> Attached:
    address = clean(member(attachment, "url"))
    found = _BINARY.search(address)
    return Attached(
        clean(member(attachment, "title")),
        code(member(attachment, "contentType")),
        _decoded(member(attachment, "data")),
        found[1] if found else "",
        address,
    )


def file_words(attachment: object) -> str:
    """What a file is called, its form and its size: "Result sheet, PDF, 20 KB"."""
    form = code(member(attachment, "contentType"))
    return joined(
        [clean(member(attachment, "title")), FILE_FORMS.get(form, form), _size(member(attachment, "size"))]
    )


def _size(value: object) -> str:
    size = number(value)
    if size is None or size < 0:
        return ""
    if size < _KILO:
        return f"{size:.0f} B"
    return f"{size / _KILO:.0f} KB" if size < _KILO**2 else f"{size / _KILO**2:.1f} MB"


def _decoded(data: object) -> bytes | None:
    """Base64 as FHIR sends it, with white space inside; None when there is none or it is broken."""
    if not isinstance(data, str) or not data.strip():
        return None
    try:
        return base64.b64decode("".join(data.split()), validate=True)
    except (binascii.Error, ValueError):
        return None
