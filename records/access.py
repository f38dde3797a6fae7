"""The one rule of who sees which records, over patients, kinds, places, dates and labels. Every read goes
through it.

A patient sees all of their own record, and a job acts for the patient. Staff of a clinic, a carer and the
preview of a grant see what the grant says, and so does who holds a link; it stands inside each query and is
never asked beforehand: a grant that was stopped a moment ago shows nothing (decision 0030). Nobody else sees
anything.

Row-level security is the second wall, not this one: it knows whose rows they are and nothing else.
"""

from datetime import UTC
from typing import TypeVar

from django.db.models import BooleanField, Exists, ExpressionWrapper, Model, OuterRef, Q, QuerySet, TextField
from django.db.models.functions import ExtractYear

from ground.viewer import Viewer
from records.models import Correction, Delivery, Grant, Record, Source, Tally, Version
from records.models.sharing import GrantQuerySet

AnySpoken = TypeVar("AnySpoken", bound=Model)
_SEES_ALL = ("patient", "job")
_HERE = {name: OuterRef(name) for name in ("patient_id", "origin_id", "resource_type", "fhir_id")}
"""The same record as in the query around."""


class NotTheirs(Exception):
    """The viewer may not speak for this patient."""


def visible_to(viewer: Viewer) -> QuerySet[Record]:
    """What lists, counts, search and exports may show this viewer: never what was entered in error."""
    return within_reach_of(viewer).filter(withdrawn=False)


def within_reach_of(viewer: Viewer) -> QuerySet[Record]:
    """What is taken along for this viewer: also what the source has withdrawn, and says so.

    Only from places whose gate is open, only what the place still has.
    """
    return ever_sent_to(viewer).filter(removed_at=None)


def ever_sent_to(viewer: Viewer) -> QuerySet[Record]:
    """What has a page of its own for this viewer: also what its place no longer has; the page says so.

    The rows that a grant shows know whether the patient doubts them (`doubted`), where the grant says that
    too; of the others lists ask it themselves.
    """
    rows = _reached(viewer)
    return rows if sees_all(viewer) else rows.annotate(doubted=Exists(_doubts(viewer)))


def sees_all(viewer: Viewer) -> bool:
    """Whether no grant limits what this viewer sees of the patients in reach."""
    return viewer.kind in _SEES_ALL


def counted_for(viewer: Viewer) -> QuerySet[Tally]:
    """How many records `visible_to` holds, by place, kind and year, without looking at one of them. Where the
    dates of a grant cut through a year, that year is left out: see `uncounted_for`.
    """
    rows = Tally.objects.filter(
        patient_id__in=viewer.patients, source_id__in=_open_places(viewer), count__gt=0
    )
    return rows if sees_all(viewer) else rows.filter(Exists(_whole_years(viewer)))


def uncounted_for(viewer: Viewer) -> QuerySet[Record]:
    """Those of `visible_to` that stand in no count of `counted_for`, each with its `year` in UTC."""
    if sees_all(viewer):
        return Record.objects.none()
    dated = _grants(viewer).filter(patient_id__in=viewer.patients).exclude(since=None, until=None)
    rows = visible_to(viewer).annotate(
        year=ExtractYear("clinical_at", tzinfo=UTC),
        labelled=ExpressionWrapper(~Q(sensitivity=""), output_field=BooleanField()),
    )
    return rows.filter(Exists(dated), ~Exists(_whole_years(viewer)))


def versions_for(viewer: Viewer) -> QuerySet[Version]:
    """What records were before. Of an older state no column says its kind, its date and its label, so who
    looks by a grant is shown those of a place that they may see all of, labelled or not.
    """
    rows = Version.objects.filter(patient_id__in=viewer.patients, source_id__in=_open_places(viewer))
    if sees_all(viewer):
        return rows
    whole = _grants(viewer).here().covering_place().filter(every_kind=True, sensitive=True)
    whole = whole.filter(since=None, until=None)
    return rows.filter(Exists(whole), Exists(_reached(viewer).filter(**_HERE)))


def files_for(viewer: Viewer, record: Record) -> QuerySet[Record]:
    """The Binaries of a record's origin, to be picked by the id that the record names. Such a file is part of
    the record: it needs no date and no kind of its own, but may be labelled itself.
    """
    rows = Record.objects.filter(
        patient_id=record.patient_id,
        origin_id=record.origin_id,
        resource_type="Binary",
        source_id__in=_open_places(viewer),
        removed_at=None,
    ).filter(patient_id__in=viewer.patients)
    if sees_all(viewer):
        return rows
    named = _reached(viewer).filter(resource_type=record.resource_type, fhir_id=record.fhir_id)
    named = named.filter(patient_id=OuterRef("patient_id"), origin_id=OuterRef("origin_id"))
    return rows.filter(Exists(_unlabelled(_grants(viewer).here().covering_place())), Exists(named))


def places_of(viewer: Viewer) -> QuerySet[Source]:
    """The places whose name this viewer may be told, whatever their gate: not those that were refused. Who
    looks by a grant is told of those it covers, and of none of which it is not sure that it is the patient's.
    """
    rows = Source.objects.filter(patient_id__in=viewer.patients)
    if sees_all(viewer):
        return rows.exclude(gate=Source.Gate.REFUSED)
    return rows.filter(Exists(_grants(viewer).here().covering_place("pk")), gate=Source.Gate.OPEN)


def answers_for(viewer: Viewer) -> QuerySet[Delivery]:
    """What places answered for the kinds this viewer may see, and as a whole (empty kind)."""
    rows = Delivery.objects.filter(patient_id__in=viewer.patients)
    if sees_all(viewer):
        return rows
    here = _grants(viewer).here().covering_place()
    return rows.filter(Q(Exists(here), kind="") | Q(Exists(here.covering_kind())))


def kinds_of(viewer: Viewer) -> frozenset[str] | None:
    """The kinds (slugs) that are shared with this viewer; None where all are."""
    if sees_all(viewer):
        return None
    found: set[str] = set()
    for every, some in (
        _grants(viewer).filter(patient_id__in=viewer.patients).values_list("every_kind", "kinds")
    ):
        if every:
            return None
        found.update(some)
    return frozenset(found)


def holds_back(viewer: Viewer) -> bool:
    """Whether a record of a shared kind may be kept from this viewer: by its place, its date or its label.
    Then nothing that is missing here is said not to have been sent.
    """
    if sees_all(viewer):
        return False
    whole = {"every_place": True, "since": None, "until": None, "sensitive": True}
    return not _grants(viewer).filter(patient_id__in=viewer.patients, **whole).exists()


def patients_of(viewer: Viewer) -> tuple[int, ...]:
    """The patients whose grants let this viewer look now: whom a clinic or a carer has in reach at all. Asked
    in a scope without patients, at each request anew.
    """
    return tuple(sorted(reach_of(viewer)))


def reach_of(viewer: Viewer) -> dict[int, int]:
    """The same, with the grant by which each is in reach (the newest, of several), which looks name."""
    return dict(_grants(viewer).order_by("pk").values_list("patient_id", "pk"))


def speaks_for(viewer: Viewer) -> int:
    """The patient for whom this viewer may speak: themselves, or who looks after them. Raises NotTheirs.

    A clinic, a carer, a link and a job read at most; what a patient says is said by nobody else.
    """
    if viewer.kind != "patient" or viewer.user_id is None or len(viewer.patients) != 1:
        raise NotTheirs
    return viewer.patients[0]


def words_of(viewer: Viewer, rows: "QuerySet[AnySpoken]") -> "QuerySet[AnySpoken]":
    """What of a patient's own words this viewer may read: their own, and a job that acts for them. Who looks
    by a grant that says so reads those about records they are shown.
    """
    rows = rows.filter(patient_id__in=viewer.patients)
    if sees_all(viewer):
        return rows
    return rows.filter(
        Exists(_grants(viewer).here().filter(words=True)), Exists(_reached(viewer).filter(**_HERE))
    )


def _reached(viewer: Viewer) -> QuerySet[Record]:
    """The rule itself."""
    rows = Record.objects.filter(patient_id__in=viewer.patients, source_id__in=_open_places(viewer))
    if sees_all(viewer):
        return rows
    covering = _grants(viewer).here().covering_kind().covering_place().covering_date()
    return rows.filter(Exists(_unlabelled(covering)))


def _whole_years(viewer: Viewer) -> GrantQuerySet:
    """The same rule for a count of a whole year."""
    labelled = ExpressionWrapper(OuterRef("labelled"), output_field=BooleanField())
    covering = _grants(viewer).here().covering_kind().covering_place().covering_year()
    return covering.alias(labelled=labelled).filter(Q(sensitive=True) | Q(labelled=False))


def _unlabelled(grants: GrantQuerySet) -> GrantQuerySet:
    """Those of these that cover what is marked as sensitive, where the row is."""
    label = ExpressionWrapper(OuterRef("sensitivity"), output_field=TextField())
    return grants.alias(label=label).filter(Q(sensitive=True) | Q(label=""))


def _doubts(viewer: Viewer) -> QuerySet[Correction]:
    """What the patient says looks wrong about the row, where a grant shows the patient's words."""
    grant = _grants(viewer).filter(patient_id=OuterRef("patient_id"), words=True)
    return Correction.objects.filter(Exists(grant), **_HERE).exclude(status__in=Correction.SETTLED)


def _grants(viewer: Viewer) -> GrantQuerySet:
    """By which grants this viewer looks. Part of a query, never a list that was read before it."""
    return Grant.objects.behind(viewer)


def _open_places(viewer: Viewer) -> QuerySet[Source, int]:
    mine = Source.objects.filter(patient_id__in=viewer.patients, gate=Source.Gate.OPEN)
    return mine.values_list("pk", flat=True)
