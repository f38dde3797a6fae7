"""How many records there are, and up to where the viewer has looked: one query for a page."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Exists, QuerySet, Subquery

from ground.viewer import Viewer
from records import access
from records.models import Feed, Looked, Seen
from records.reading.unread import NEVER, Upto


@dataclass(frozen=True, slots=True)
class Tallied:
    """`counts`: (kind, source, year) and how many · `upto`: up to where the viewer has looked."""

    counts: tuple[tuple[str, int, int, int], ...] = ()
    upto: Upto = NEVER

    def per_kind(self) -> Counter[str]:
        """How many of each kind."""
        found: Counter[str] = Counter()
        for kind, _, _, count in self.counts:
            found[kind] += count
        return found

    def per_year(self, kinds: Collection[str], place: int | None) -> list[tuple[int, int]]:
        """(year, how many) of some kinds (slugs), of one place where asked, newest first."""
        found: Counter[int] = Counter()
        for one, source, year, count in self.counts:
            if one in kinds and place in (None, source):
                found[year] += count
        return sorted(found.items(), reverse=True)


def tallied(viewer: Viewer) -> Tallied:
    """What the viewer's patient has. Numbers only: no look is written."""
    seen = _of(viewer, Seen.objects.filter(user_id=viewer.user_id or 0).order_by("pk"))
    number = _of(viewer, Feed.objects.order_by("pk"))
    opened = Exists(Looked.objects.filter(patient_id__in=viewer.patients, user_id=viewer.user_id or 0))
    rows = access.counted_for(viewer).annotate(seen=seen, number=number, opened=opened)
    found = list(rows.values_list("kind", "source_id", "year", "count", "seen", "number", "opened"))
    if not found:
        return Tallied()
    upto = Upto(found[0][4], found[0][5] or 0, viewer.user_id or 0, found[0][6], viewer.patients)
    return Tallied(tuple(row[:4] for row in found), upto)


def _of(viewer: Viewer, rows: "QuerySet[Seen] | QuerySet[Feed]") -> Subquery:
    """The number in the first row of the viewer's patient."""
    return Subquery(rows.filter(patient_id__in=viewer.patients).values("number")[:1])
