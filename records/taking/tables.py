"""Test results and vital signs as a table that any spreadsheet opens."""

import csv
from collections.abc import Iterator

from django.utils.translation import gettext as _

from ground.viewer import Viewer
from records import reading
from records.fhir.kinds import KINDS
from records.fhir.wording import flag_words, status_words
from records.reading import Kept

KINDS_IN_IT = ("test-results", "vitals")
_MARK = "\ufeff"  # without it a well-known spreadsheet reads accents wrongly
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""The wide ones too: some spreadsheets read them as the narrow ones."""


class _Line:
    """What `csv` writes to: keeps the one line it was given."""

    text = ""

    def write(self, text: str) -> None:
        """Keep it."""
        self.text = text


def results(viewer: Viewer) -> Iterator[str]:
    """The lines of the table, its heading first (RFC 4180). What was entered in error is left out."""
    out = _Line()
    writer = csv.writer(out)
    heading = (_("Date"), _("Kind"), _("Name"), _("Result"), _("Number"), _("Unit"), _("How it compares"))
    writer.writerow((*heading, _("Status"), _("Place"), _("Code")))
    yield _MARK + out.text
    for kept in reading.everything(viewer, *KINDS_IN_IT):
        if not kept.record.withdrawn:
            writer.writerow(_row(kept))
            yield out.text


def _row(kept: Kept) -> tuple[object, ...]:
    record = kept.record
    headings = {kind.slug: _(kind.singular) for kind in KINDS}
    number = "" if record.number is None else record.number
    words = (record.when, headings.get(record.kind, ""), record.title, record.value)
    flag, status = flag_words(record.flag), status_words(record.kind, record.status)
    said = (_(flag) if flag else "", _(status) if status else record.status, kept.place, record.code)
    return (*map(_inert, words), number, _inert(record.unit), *map(_inert, said))


def _inert(text: str) -> str:
    """A text that no spreadsheet takes for a formula: what a hospital wrote must not compute."""
    return f"'{text}" if text.startswith(_FORMULA) else text
