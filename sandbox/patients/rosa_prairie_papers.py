"""Rosa Delgado at Prairie Clinics: her papers, one in each form a place sends, and each way of sending one.

A paper stands in the resource itself, or in a Binary that its attachment names from where it stands
(`Binary/…`) or by a full address of the server (`~/Binary/…`, see sandbox/fhir_holding.py).
"""

from typing import NamedTuple

from sandbox.patients.documents import (
    care_summary,
    heart_strip,
    html_note,
    pdf_note,
    phone_note,
    referral_letter,
)
from sandbox.patients.notebook import Notebook
from sandbox.patients.parts import Part, concept, given, loinc, reference

_INLINE, _NEAR, _FULL = "inline", "", "~/"
_NOTE, _SUMMARY = loinc("11506-3", "Progress note"), loinc("34133-9", "Summary of episode note")
_TO_DO, _LETTER = loinc("69730-0", "Instructions"), loinc("57133-1", "Referral note")
_CALL, _STRIP = loinc("34748-4", "Telephone encounter Note"), loinc("11524-6", "EKG study")


class _Paper(NamedTuple):
    key: str
    title: str
    kind: Part
    day: str
    content_type: str
    data: str
    sent: str


def write(book: Notebook) -> None:
    """Add this part of her chart."""
    for paper in _papers():
        _write(book, paper)


def _papers() -> tuple[_Paper, ...]:
    pdf, rtf = "application/pdf", "application/rtf"
    return (
        _Paper("d1", "Visit note", _NOTE, "2026-10-02", "text/html", html_note(), _NEAR),
        _Paper("d2", "Knee exercises", _TO_DO, "2022-06-14", pdf, pdf_note(), _NEAR),
        _Paper("d3", "Referral letter", _LETTER, "2022-07-12", rtf, referral_letter(), _INLINE),
        _Paper("d4", "Summary of care", _SUMMARY, "2026-01-15", "text/xml", care_summary(), _FULL),
        _Paper("d5", "Heart tracing", _STRIP, "2022-06-14", "image/png", heart_strip(), _FULL),
        _Paper("d6", "Phone note", _CALL, "2026-01-20", "text/plain", phone_note(), _INLINE),
    )


def _write(book: Notebook, paper: _Paper) -> None:
    attachment = given(contentType=paper.content_type, title=paper.title)
    if paper.sent == _INLINE:
        attachment["data"] = paper.data
    else:
        binary = book.add("Binary", f"{paper.key}-file", contentType=paper.content_type, data=paper.data)
        attachment["url"] = f"{paper.sent}{binary}"
    book.add(
        "DocumentReference",
        paper.key,
        status="current",
        docStatus="final",
        type=concept(paper.title, paper.kind),
        date=f"{paper.day}T17:00:00Z",
        author=[reference("Practitioner/labara", "Luke Abara, FNP")],
        content=[{"attachment": attachment}],
    )
