"""How many records there are, and up to where the viewer has looked: one query for a page, some more
for who looks by a grant."""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db.models import Count, Exists, QuerySet, Subquery

from ground.viewer import Viewer
from records import access
from records.models import Feed, Looked, Seen
from records.reading.fresh import upto
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
    if not access.sees_all(viewer):
        return _by_grant(viewer)
    seen = _of(viewer, Seen.objects.filter(user_id=viewer.user_id or 0).order_by("pk"))
    number = _of(viewer, Feed.objects.order_by("pk"))
    opened = Exists(Looked.objects.filter(patient_id__in=viewer.patients, user_id=viewer.user_id or 0))
    rows = access.counted_for(viewer).annotate(seen=seen, number=number, opened=opened)
    found = list(rows.values_list("kind", "source_id", "year", "count", "seen", "number", "opened"))
    if not found:
        return Tallied()
    upto = Upto(found[0][4], found[0][5] or 0, viewer.user_id or 0, found[0][6], viewer.patients)
    return Tallied(tuple(row[:4] for row in found), upto)


def _by_grant(viewer: Viewer) -> Tallied:
    """The same for who looks by a grant: where its dates cut through a year, the records themselves count."""
    whole = access.counted_for(viewer).values_list("kind", "source_id", "year", "count")
    cut = access.uncounted_for(viewer).order_by().values_list("kind", "source_id", "year")  # type: ignore[misc]
    found: Counter[tuple[str, int, int]] = Counter()
    of_cut: Iterable[tuple[str, int, int, int]] = cut.annotate(count=Count("*"))
    for kind, source, year, count in (*whole, *of_cut):
        found[kind, source, year] += count
    return Tallied(tuple((*key, count) for key, count in found.items()), upto(viewer))


def _of(viewer: Viewer, rows: "QuerySet[Seen] | QuerySet[Feed]") -> Subquery:
    """The number in the first row of the viewer's patient."""
    return Subquery(rows.filter(patient_id__in=viewer.patients).values("number")[:1])
