"""The visit packet: what to take along to a visit, gathered from all places.

Only what was asked for is read. Every part is bounded and says how much more there is, and the number of
queries depends on the parts and never on what there is.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import reduce
from operator import or_
from typing import Literal, get_args

from django.db.models import F, Q, QuerySet
from django.utils import timezone

from ground import audit
from ground.viewer import Viewer
from records import access
from records.fhir.differing import Change
from records.fhir.kinds import BY_SLUG
from records.fhir.texts import fold
from records.models import UNDATED, Question, Record, Source, Version
from records.reading.beside import questions
from records.reading.completeness import Completeness, completeness
from records.reading.counts import places as places_of
from records.reading.gathered import newest_facts
from records.reading.lines import Line, named_lines
from records.reading.searching import Hits, newest
from records.reading.sifting import Sift
from records.reading.states import changes, named, state
from records.reading.together import Together
from records.reading.trends import Trend, trend_of
from records.reading.unread import NEVER

Topic = Literal[
    "questions", "changes", "medicines", "allergies", "conditions", "results", "vaccines", "missing"
]
TOPICS: tuple[Topic, ...] = get_args(Topic)

_FACTS: tuple[Topic, ...] = ("medicines", "allergies", "conditions", "vaccines")
_ENDED = {
    "medicines": frozenset({"completed", "stopped", "cancelled", "not-taken", "not-done", "not-to-be-done"}),
    "conditions": frozenset({"resolved", "inactive", "refuted"}),
}
"""Statuses that no place would call current. What states none counts as current: nobody said it ended."""
_HAPPENED = tuple(
    BY_SLUG[slug]
    for slug in (
        *("visits", "conditions", "medicines", "allergies", "procedures", "reports", "test-results"),
        *("vitals", "vaccines", "documents", "care-plans"),
    )
)
TO_COME = ("planned", "booked", "proposed", "pending", "arrived", "waitlist")
_NOT_HELD = (*TO_COME, "cancelled", "noshow", "entered-in-error", "triaged")
_FEW = 6
_MOST_FACTS = 60
_MOST_CHANGED = 20
_MOST_TESTS = 6
_MOST_FLAGGED = 200
_MOST_AHEAD = 5
_YEAR = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Plan:
    """What somebody asks for: the day of the visit, the place it is at (a source's pk), the day from which
    on changes count where they give one, and the parts.
    """

    on: date
    since: date | None = None
    place: int | None = None
    parts: tuple[Topic, ...] = TOPICS


@dataclass(frozen=True, slots=True)
class Changed:
    """A record that its place changed or withdrew, when, and what of it differs."""

    line: Line
    came: datetime
    changes: tuple[Change, ...] = ()
    is_withdrawn: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """The facts of a kind that a place does not call ended or of which the patient says something; how many
    others are ended, and how many there are in all: `rows` and `ended` are of the newest that were read.
    """

    rows: tuple[Together, ...]
    ended: int
    total: int
    read: int


@dataclass(frozen=True, slots=True)
class Packet:
    """What was asked for; a part that was not is empty.

    since     from which day on changes count · last: the visit that says so, None where none does
    happened  what is dated since, by kind · changed: older records that a place changed since
    facts     medicines, allergies, conditions and vaccines, by slug · trends: of each test that was marked
              out of range, newest first; `flagged_from` the day they are looked for from
    questions those the patient has not had answered
    map       what came from which place and what did not
    """

    plan: Plan
    places: tuple[Source, ...]
    since: date | None = None
    last: Line | None = None
    happened: tuple[Hits, ...] = ()
    changed: tuple[Changed, ...] = ()
    facts: Mapping[str, Facts] | None = None
    trends: tuple[Trend, ...] = ()
    flagged_from: date | None = None
    questions: tuple[Question, ...] = ()
    map: Completeness | None = None

    @property
    def place(self) -> Source | None:
        """Where the visit is, if it was said and is a place of theirs."""
        return next((one for one in self.places if one.pk == self.plan.place), None)


def ahead(viewer: Viewer, today: date) -> tuple[Line, ...]:
    """Visits that places have planned from today on, the next one first. For a form: no look is written."""
    start = datetime.combine(today, time.min, UTC) - timedelta(days=1)
    rows = access.visible_to(viewer).filter(kind="visits", status__in=TO_COME, clinical_at__gte=start)
    names = dict(access.places_of(viewer).values_list("pk", "name"))
    return named_lines(rows.order_by("clinical_at", "fhir_id")[:_MOST_AHEAD], names, NEVER)


def packet(viewer: Viewer, plan: Plan) -> Packet:
    """Everything that was asked for."""
    places = places_of(viewer)
    by_pk = {one.pk: one for one in places}
    names = {one.pk: one.name for one in places}
    last = None if plan.since else _last_visit(viewer, plan, names)
    since = plan.since or (_day_of(last.record) if last else None)
    found = Packet(plan, places, since, last)
    if "changes" in plan.parts and since:
        before = Sift(since=since, until=plan.on - timedelta(days=1))
        happened = newest(viewer, before, names, NEVER, _FEW, _HAPPENED)
        happened = tuple(one for hits in happened if (one := _without(hits, last)).total)
        found = replace(found, happened=happened, changed=_changed(viewer, since, plan.on, names))
    facts: dict[str, Facts] = {
        slug: current_facts(viewer, slug, names) for slug in _FACTS if slug in plan.parts
    }
    found = replace(found, facts=facts)
    if "results" in plan.parts:
        start = min(since or plan.on, plan.on - _YEAR)
        found = replace(found, flagged_from=start, trends=_trends(viewer, start, plan.on, by_pk))
    if "questions" in plan.parts:
        found = replace(found, questions=tuple(one for one in questions(viewer) if one.answered_at is None))
    if "missing" in plan.parts:
        found = replace(found, map=completeness(viewer))
    for patient_id in viewer.patients:
        audit.looked(viewer, patient_id, "packet", kind=",".join(plan.parts)[:40], rows=_count(found))
    return found


def _without(hits: Hits, line: Line | None) -> Hits:
    """What fits without the last visit itself, from which on it is looked for."""
    rows = tuple(one for one in hits.rows if line is None or one.url != line.url)
    return Hits(hits.kind, hits.total - (len(hits.rows) - len(rows)), rows)


def _count(found: Packet) -> int:
    facts = sum(len(one.rows) for one in (found.facts or {}).values())
    return facts + sum(len(one.rows) for one in found.happened) + len(found.changed) + len(found.trends)


def _last_visit(viewer: Viewer, plan: Plan, names: Mapping[int, str]) -> Line | None:
    """The last visit before the day of this one, at the same place where one was named."""
    before = datetime.combine(plan.on, time.min, UTC)
    rows = access.visible_to(viewer).filter(
        kind="visits", resource_type="Encounter", clinical_at__gt=UNDATED, clinical_at__lt=before
    )
    rows = rows.filter(source_id=plan.place) if plan.place else rows
    held = rows.exclude(status__in=_NOT_HELD).order_by("-clinical_at", "fhir_id")
    return next(iter(named_lines(held[:1], names, NEVER, "clinical_at")), None)


def _day_of(record: Record) -> date:
    return timezone.localtime(record.clinical_at).date() if ":" in record.when else record.clinical_at.date()


def _changed(viewer: Viewer, since: date, until: date, names: Mapping[int, str]) -> tuple[Changed, ...]:
    """The last change of each record that its place changed in these days, the newest first."""
    zone = timezone.get_current_timezone()
    first, end = (datetime.combine(day, time.min, zone) for day in (since, until + timedelta(days=1)))
    rows = access.ever_sent_to(viewer).filter(
        kind__in=[kind.slug for kind in _HAPPENED],
        changed__gt=F("arrived"),
        removed_at=None,
        kept_at__gte=first,
        kept_at__lt=end,
    )
    shown = rows.select_related("origin").defer("search").order_by("-kept_at", "-clinical_at", "fhir_id")
    records = list(shown[:_MOST_CHANGED])
    now = [state(one, one.origin.fhir_version) for one in records]
    versions = {_key(one): one for one in _before(viewer, records)}
    then = [
        state(versions[_key(one)], one.origin.fhir_version) if _key(one) in versions else None
        for one in records
    ]
    called = named(viewer, [*now, *(one for one in then if one)])
    return tuple(
        Changed(
            Line(record, names.get(record.source_id, "")),
            record.kept_at,
            changes(was, is_, called) if was and not record.withdrawn else (),
            record.withdrawn,
        )
        for record, is_, was in zip(records, now, then, strict=True)
    )


def _key(kept: Record | Version) -> tuple[int, str, str]:
    return kept.origin_id, kept.resource_type, kept.fhir_id


def _before(viewer: Viewer, records: Iterable[Record]) -> Iterable[Version]:
    """The state before the last change of each; a state ends with the number that the next one came with."""
    asked = [
        Q(origin_id=one.origin_id, resource_type=one.resource_type, fhir_id=one.fhir_id, until=one.changed)
        for one in records
    ]
    return access.versions_for(viewer).filter(reduce(or_, asked)) if asked else ()


def current_facts(viewer: Viewer, slug: str, names: Mapping[int, str]) -> Facts:
    """The newest facts of a kind without those that every place calls ended. Writes no look."""
    found, total = newest_facts(viewer, slug, names, _MOST_FACTS)
    ended = _ENDED.get(slug, frozenset())
    rows = tuple(one for one in found if one.said or any(_is_current(line, ended) for line in one.lines))
    return Facts(rows, len(found) - len(rows), total, len(found))


def _is_current(line: Line, ended: frozenset[str]) -> bool:
    return line.record.status not in ended


def _trends(viewer: Viewer, since: date, until: date, places: Mapping[int, Source]) -> tuple[Trend, ...]:
    """The tests with a result out of its range in these days, each once, with all that is like it."""
    days = (datetime.combine(day, time.min, UTC) for day in (since, until + timedelta(days=1)))
    rows = access.visible_to(viewer).filter(
        kind__in=("test-results", "vitals"), resource_type="Observation", clinical_at__range=tuple(days)
    )
    flagged = rows.exclude(flag__in=("", "N")).order_by("-clinical_at", "fhir_id")
    found = (trend_of(viewer, one, places) for one in _each_test(flagged))
    return tuple(one for one in found if one is not None)


def _each_test(flagged: QuerySet[Record]) -> Sequence[Record]:
    """The newest result of each test, of the first few tests."""
    tests: dict[str, Record] = {}
    for one in flagged.defer("body", "search")[:_MOST_FLAGGED]:
        tests.setdefault(one.code or fold(one.title), one)
    return list(tests.values())[:_MOST_TESTS]
