"""What files are called, for people and on a disk. What the sender calls them decides nothing."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from records.fhir.attachments import Attached
from records.papers import Kind

_KINDS: dict[Kind, str] = {
    "pdf": gettext_noop("PDF"),
    "png": gettext_noop("Picture"),
    "jpeg": gettext_noop("Picture"),
    "rtf": gettext_noop("Text"),
    "cda": gettext_noop("Summary document"),
    "html": gettext_noop("Text"),
    "text": gettext_noop("Text"),
}
ENDINGS: dict[Kind, str] = {
    "pdf": "pdf",
    "png": "png",
    "jpeg": "jpg",
    "rtf": "rtf",
    "cda": "xml",
    "html": "html",
    "text": "txt",
    "other": "bin",
}
_CLAIMED: tuple[tuple[str, Kind], ...] = (
    ("pdf", "pdf"),
    ("image", "png"),
    ("rtf", "rtf"),
    ("html", "html"),
    ("xml", "cda"),
    ("text", "text"),
)


def what(kind: Kind) -> str:
    """What a file turned out to be, in a word; nothing for what we do not show."""
    return _(_KINDS[kind]) if kind in _KINDS else ""


def title(file: Attached, number: int, of: int) -> str:
    """Its own title; without one, which of the record's files it is, from 0."""
    if file.title or of == 1:
        return file.title or _("The document")
    return _("File %(number)d of %(of)d") % {"number": number + 1, "of": of}


def claimed(file: Attached) -> str:
    """What the source says it is, in a word; only the bytes themselves decide how it is opened."""
    kind = next((kind for part, kind in _CLAIMED if part in file.content_type.lower()), None)
    return what(kind) if kind else ""
