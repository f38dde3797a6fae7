"""Many records of a kind, each as its own page tells it: for papers."""

from dataclasses import dataclass, field

from ground import audit
from ground.viewer import Viewer
from records import access
from records.reading.parts import read
from records.reading.sifting import EVERYTHING, Sift, sifted
from records.reading.single import Found

_ORDER = ("-clinical_at", "resource_type", "fhir_id", "origin_id")


@dataclass(frozen=True, slots=True)
class Several:
    """Records newest first, and how many there are in all that fit."""

    found: tuple[Found, ...] = field(repr=False)
    total: int


def several(viewer: Viewer, slug: str, sift: Sift = EVERYTHING, *, skip: int = 0, most: int = 200) -> Several:
    """The records of a kind that fit, without the first `skip`, at most so many.

    Inside the viewer's scope. The number of queries does not grow with what there is. Where a walk begins,
    the look at all of it is written and what fits is counted; later the total is 0.
    """
    rows = sifted(access.visible_to(viewer).filter(kind=slug), sift)
    held = rows.select_related("origin", "source").defer("search").order_by(*_ORDER)
    found = read(viewer, held[skip : skip + most])
    total = 0 if skip else rows.count()
    for patient_id in () if skip else viewer.patients:
        audit.looked(viewer, patient_id, "paper", kind=slug, rows=total)
    return Several(found, total)
