"""The log of looks as a patient reads it: who, from which clinic, when, which kinds of records, why.

A look is a row for each thing that a page read. Here those of one person, for one reason, on one day are one
visit. One's own are put apart, so that those of others stand out.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import groupby

from django.conf import settings
from django.db.models import QuerySet
from django.db.models.functions import TruncDate
from django.utils import timezone
from django.utils.translation import gettext as _

from ground.models import Look, Reason
from ground.viewer import Viewer
from portal.models import Clinic, Holding, LookReport, Membership
from records.fhir.kinds import BY_SLUG
from records.models import Grant

DAYS = 7
"""So many days with looks stand on one page."""
_MOST = 4000  # looks that are read for one page; of days with more the rest is on their own page alone
_LISTS = ("worklist", "found")
_REASONS = {str(value): label for value, label in Reason.choices}


@dataclass(frozen=True, slots=True)
class Visit:
    """The looks of one person, for one reason, on one day. `look`: the number of the first."""

    look: int
    who: str
    at: str
    """Which clinic they looked for, in words; empty for none."""
    began: datetime
    ended: datetime
    pages: int
    kinds: tuple[str, ...]
    why: str
    words: str
    is_own: bool
    is_grave: bool
    """Whether it was an emergency, where nobody was asked first."""
    looker_id: int | None
    clinic_id: int | None
    report: LookReport | None = None
    is_list: bool = False
    """Whether they only stood on a list of patients, or were found by name, and no record was opened."""


@dataclass(frozen=True, slots=True)
class Day:
    """One day: visits of others, the last one first, and one's own."""

    day: date
    others: tuple[Visit, ...]
    own: tuple[Visit, ...]


@dataclass(frozen=True, slots=True)
class Log:
    """One page of the log; `previous` and `next` are pages, 0 for none."""

    days: tuple[Day, ...] = ()
    previous: int = 0
    next: int = 0


@dataclass(slots=True)
class _Names:
    """Who is who, asked once for a page."""

    me: int | None
    staff: Mapping[tuple[int, int | None], str] = field(default_factory=dict)
    clinics: Mapping[int, str] = field(default_factory=dict)
    people: Mapping[int, str] = field(default_factory=dict)
    named: Mapping[int, str] = field(default_factory=dict)


def log_of(viewer: Viewer, page: int = 1) -> Log:
    """One page of who looked, newest day first, days as the reader's own clock has them. Inside a scope."""
    mine = Look.objects.filter(patient_id__in=viewer.patients)
    days = mine.annotate(day=TruncDate("at")).order_by("-day").values_list("day", flat=True).distinct()
    start = (max(page, 1) - 1) * DAYS
    found = list(days[start : start + DAYS + 1])
    shown = found[:DAYS]
    if not shown:
        return Log(previous=page - 1 if page > 1 else 0)
    begin, end = _midnight(shown[-1]), _midnight(shown[0] + timedelta(days=1))
    visits = _visits(viewer, mine.filter(at__gte=begin, at__lt=end).order_by("-at")[:_MOST])
    by_day = [(day, tuple(some)) for day, some in groupby(visits, lambda one: _day(one.began))]
    return Log(tuple(_split(day, some) for day, some in by_day), page - 1, page + 1 if found[DAYS:] else 0)


def visit_of(viewer: Viewer, look_id: int) -> Visit | None:
    """One look at the viewer's records, as a visit of its own; None for anybody else's. Inside a scope."""
    found = _visits(viewer, Look.objects.filter(patient_id__in=viewer.patients, pk=look_id))
    return found[0] if found else None


def _visits(viewer: Viewer, rows: QuerySet[Look]) -> list[Visit]:
    looks = list(rows)
    names, reports = _names(viewer, looks), _reports(viewer)
    parts: dict[tuple[object, ...], list[Look]] = {}
    for one in looks:
        who = (_day(one.at), one.viewer_kind, one.user_id, one.clinic_id, one.grant_id)
        parts.setdefault((*who, one.reason, one.words), []).append(one)
    return [_visit(some, names, reports) for some in parts.values()]


def _visit(looks: list[Look], names: _Names, reports: Mapping[int, LookReport]) -> Visit:
    """Of looks that belong together, the newest first."""
    first, last = looks[-1], looks[0]
    slugs = {slug for one in looks for slug in [*one.kinds, one.record_kind]}
    kinds = sorted({str(_(BY_SLUG[slug].heading)) for slug in slugs if slug in BY_SLUG})
    return Visit(
        look=first.pk,
        who=_who(first, names),
        at=names.clinics.get(first.clinic_id or 0, ""),
        began=first.at,
        ended=last.at,
        pages=len({one.request_id or one.pk for one in looks}),
        kinds=tuple(kinds),
        why=str(_REASONS.get(first.reason, "")),
        words=first.words,
        is_own=first.user_id == names.me and first.viewer_kind in ("patient", "preview"),
        is_grave=first.reason == Reason.EMERGENCY,
        looker_id=first.user_id,
        clinic_id=first.clinic_id,
        is_list=all(one.what in _LISTS for one in looks),
        report=next((reports[one.pk] for one in looks if one.pk in reports), None),
    )


def _who(look: Look, names: _Names) -> str:
    user = look.user_id or 0
    if look.viewer_kind == "job":
        return _("We ourselves, by a program")
    if look.viewer_kind == "admin":
        return _("The people who run %(site)s; no records") % {"site": settings.SITE_NAME}
    if look.viewer_kind == "link":
        return _("Somebody with a link you made")
    if look.viewer_kind == "staff":
        return names.staff.get((user, look.clinic_id)) or _("Somebody of the clinic")
    if user == names.me:
        return _("You")
    if look.viewer_kind == "carer" and (named := names.named.get(look.grant_id or 0)):
        return named
    return names.people.get(user) or _("Somebody who looks after these records")


def _names(viewer: Viewer, looks: Iterable[Look]) -> _Names:
    """Names of who looked: four queries at most, whatever the page holds."""
    users = {one.user_id for one in looks if one.user_id is not None}
    clinics = {one.clinic_id for one in looks if one.clinic_id is not None}
    grants = {one.grant_id for one in looks if one.grant_id is not None}
    worked = Membership.objects.filter(user_id__in=users, clinic_id__in=clinics).order_by("pk")
    selves = Holding.objects.filter(user_id__in=users, relation=Holding.Relation.SELF)
    given = Grant.objects.filter(patient_id__in=viewer.patients, pk__in=grants)
    return _Names(
        viewer.user_id,
        {(one.user_id, one.clinic_id): one.name for one in worked},
        dict(Clinic.objects.filter(pk__in=clinics).values_list("pk", "name")),
        {one.user_id: one.patient.full_name for one in selves.select_related("patient")},
        dict(given.values_list("pk", "named")),
    )


def _reports(viewer: Viewer) -> dict[int, LookReport]:
    return {one.look_id: one for one in LookReport.objects.filter(patient_id__in=viewer.patients)}


def _split(day: date, visits: tuple[Visit, ...]) -> Day:
    others = tuple(one for one in visits if not one.is_own)
    return Day(day, others, tuple(one for one in visits if one.is_own))


def _day(at: datetime) -> date:
    return timezone.localtime(at).date()


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime(day.year, day.month, day.day))
