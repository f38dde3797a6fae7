"""Since you last looked: what came, what changed, what its place corrected, and what it took back.

Whatever moved since the number a viewer has looked up to has a number of its own in the feed, which only
content moves (`records.store`): a second import of the same, or a newer reader, makes nothing new. One query
says of each record which of the four it is; counts and pages rest on the same one.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from django.db.models import Case, CharField, Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, When

from ground import audit
from ground.viewer import Viewer
from records import access
from records.fhir.kinds import KINDS
from records.models import Feed, Looked, Seen
from records.reading.lines import Line, named_lines
from records.reading.unread import Upto

What = Literal["new", "changed", "corrected", "withdrawn"]
WHATS: tuple[What, ...] = get_args(What)

_SHOWN = 8
_SLUGS = tuple(kind.slug for kind in KINDS)
_CORRECTED = ("corrected", "amended", "appended")
_GONE = Q(withdrawn=True) | Q(removed_at__isnull=False)
_NO_NEWS = "none"
Group = tuple[What, int, str]
"""What became of records, of which source (its pk), of which kind (its slug)."""


@dataclass(frozen=True, slots=True)
class Since:
    """What is new, changed, corrected or withdrawn since a viewer last said that they looked.

    `number` is the feed's end, which `records.services.mark_seen` takes · `groups` how many of what, from
    where, of which kind; `places` the names of the places · `rows` the newest few that are still there ·
    `first`: they have never said so, and then nothing counts as new.
    """

    number: int
    groups: Counter[Group]
    places: Mapping[int, str] = field(default_factory=dict)
    rows: tuple[Line, ...] = ()
    first: bool = False

    @property
    def total(self) -> int:
        """Records of all four."""
        return sum(self.groups.values())

    def of(self, what: What) -> int:
        """How many there are of one of the four."""
        return sum(count for (one, _source, _kind), count in self.groups.items() if one == what)


def upto(viewer: Viewer) -> Upto:
    """Up to where this viewer has looked. Numbers only: no look is written. One query."""
    user_id = viewer.user_id or 0
    mine = {"patient_id": OuterRef("patient_id"), "user_id": user_id}
    feed = Feed.objects.filter(patient_id__in=viewer.patients).annotate(
        seen=Subquery(Seen.objects.filter(**mine).values("number")[:1]),
        opened=Exists(Looked.objects.filter(**mine)),
    )
    found = feed.values_list("seen", "number", "opened").first()
    return Upto(found[0], found[1], user_id, found[2], viewer.patients) if found else Upto(user_id=user_id)


def since(viewer: Viewer) -> Since:
    """What moved since the viewer last looked: the numbers, and the newest few."""
    looked = upto(viewer)
    if not looked.is_behind:
        return Since(looked.number, Counter(), first=looked.seen is None)
    groups = grouped(moved(viewer, looked))
    newest = looked.unread(access.visible_to(viewer).filter(kind__in=_SLUGS))
    newest = newest.order_by("-changed", "-clinical_at", "resource_type", "fhir_id")[:_SHOWN]
    names = dict(access.places_of(viewer).values_list("pk", "name"))
    rows = named_lines(newest, names, looked)
    for patient_id in viewer.patients:
        audit.looked(viewer, patient_id, "since", rows=len(rows))
    return Since(looked.number, groups, names, rows)


def has_news(viewer: Viewer) -> bool:
    """Whether anything moved since the viewer looked; of somebody who never said so, that there is anything.
    For a mail that says no more than that: no look is written.
    """
    looked = upto(viewer)
    if looked.seen is None:
        return access.visible_to(viewer).exists()
    return looked.is_behind and moved(viewer, looked).exists()


def grouped(rows: QuerySet[Any]) -> Counter[Group]:
    """How many of what `moved` gave. One query."""
    found = rows.order_by().values_list("what", "source_id", "kind").annotate(count=Count("*"))
    return Counter({(what, source, kind): count for what, source, kind, count in found})


def moved(viewer: Viewer, looked: Upto) -> QuerySet[Any]:
    """The records that moved (as Record), each with `what` became of it and the number it was `looked` at.

    What came and went between two looks was never seen, and what stayed withdrawn is no news: both are left
    out.
    """
    reached = access.ever_sent_to(viewer).filter(kind__in=_SLUGS)
    came = Q(arrived__gt=F("looked"))
    was_withdrawn = _was_withdrawn(viewer, looked)
    what = Case(
        When(_GONE & came, then=Value(_NO_NEWS)),
        When(came, then=Value("new")),
        When(Q(withdrawn=True) & was_withdrawn, then=Value(_NO_NEWS)),
        When(_GONE, then=Value("withdrawn")),
        When(status__in=_CORRECTED, then=Value("corrected")),
        When(was_withdrawn, then=Value("corrected")),
        default=Value("changed"),
        output_field=CharField(),
    )
    return looked.noted(looked.unread(reached)).annotate(what=what).exclude(what=_NO_NEWS)


def _was_withdrawn(viewer: Viewer, looked: Upto) -> Q:
    """Whether a record counted as entered in error when the viewer looked. That any did is asked first and
    once for all records, because hardly ever one did.
    """
    then = access.versions_for(viewer).filter(withdrawn=True, until__gt=looked.seen)
    of_this = then.filter(
        patient_id=OuterRef("patient_id"),
        origin_id=OuterRef("origin_id"),
        resource_type=OuterRef("resource_type"),
        fhir_id=OuterRef("fhir_id"),
        changed__lte=OuterRef("looked"),
        until__gt=OuterRef("looked"),
    )
    return Q(Exists(then)) & Q(Exists(of_this))
