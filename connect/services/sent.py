"""What a place sent of each kind of record, and of what it has not sent, why: as `records` was told."""

from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse
from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from ground.viewer import Viewer
from records import reading


@dataclass(slots=True)
class Sent:
    """One place's answers. `came`: heading, count and address of each kind that is here; `not_here`: by
    state (`records.reading.STATES`) the headings of those that are not.
    """

    came: list[dict[str, Any]] = field(default_factory=list)
    not_here: dict[str, list[str]] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """How many records of this place are here."""
        return sum(each["count"] for each in self.came)

    def refused(self) -> str:
        """ "Did not send to us: vaccines."; empty where nothing was refused."""
        kinds = self.not_here.get("refused", [])
        return (
            _("Not sent to us: %(kinds)s. They may still have it.") % {"kinds": _list(kinds)} if kinds else ""
        )

    def lines(self) -> list[dict[str, str]]:
        """The kinds that are not here, a line for each reason: state, title, kinds, meaning."""
        meanings = _meanings()
        return [
            {"state": state, "title": title, "kinds": _list(self.not_here[state]), "text": text}
            for state, (title, text) in meanings.items()
            if self.not_here.get(state)
        ]


def by_place(viewer: Viewer) -> dict[int, Sent]:
    """Inside the viewer's scope: what each place sent, by `Connection.source_id`."""
    found = reading.completeness(viewer)
    told = {place.pk: Sent() for place in found.places}
    for kind, cells in found.rows:
        for cell in cells:
            here = told[cell.place.pk]
            if cell.state == "received":
                url = f"{reverse('records:kind', args=[kind.slug])}?place={cell.place.pk}"
                here.came.append({"name": _(kind.heading), "count": cell.count, "url": url})
            else:
                here.not_here.setdefault(cell.state, []).append(_(kind.heading))
    return told


def _meanings() -> dict[str, tuple[str, str]]:
    """The states in the order that matters to the reader: what each is called, and what it means."""
    return {
        "refused": (
            _("Refused"),
            _("They answered that they do not hand this over here. They may still have it."),
        ),
        "failed": (_("Could not be fetched"), _("Something went wrong on the way. We will try again.")),
        "question": (_("Waits for your answer"), ""),
        "waiting": (_("Not fetched yet"), _("We are not through with this place yet.")),
        "none": (
            _("None sent"),
            _("That does not mean there is nothing: a place may hold records it does not send."),
        ),
        "not offered": (_("Not offered by hospitals and clinics"), _("This comes from health plans.")),
    }


def _list(headings: list[str]) -> str:
    return str(get_text_list(headings, _("and")))
