"""What a grant shows: every mix of kinds, places, dates and labels against every shape of record, told by a
reading of the rule that shares no line with it; and that lists, counts and all other doors agree.
"""

import itertools
from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db.models import Count
from django.db.models.functions import ExtractYear, Now

from ground import scope
from ground.viewer import Viewer, job_viewer
from records import access, reading, store
from records.fhir import kinds as catalogue
from records.models import ChartNumber, Grant, GrantChange, Record, Source
from records.reading.tallied import tallied
from tests import factories as make

pytestmark = pytest.mark.django_db

LABELLED = {"meta": {"security": [{"code": "PSY"}]}}
IN_ERROR = {"verificationStatus": {"coding": [{"code": "entered-in-error"}]}}
DATES = ("", "2018-12-31", "2019", "2019-06", "2019-07", "2019-06-30", "2019-07-01", "2020-02-03", "nonsense")
EARLY, LATE = "2018-12-31T20:00:00-05:00", "2019-06-30T23:30:00-05:00"


@dataclass(frozen=True)
class Sent:
    """One record as the tests know it: its span in whole days of UTC, None without a date."""

    key: str
    kind: str
    place: str
    first: date | None
    last: date | None
    labelled: bool = False
    hidden: bool = False


SPANS = {
    "2018-12-31": ("2018-12-31", "2018-12-31"),
    "2019": ("2019-01-01", "2019-12-31"),
    "2019-06": ("2019-06-01", "2019-06-30"),
    "2019-07": ("2019-07-01", "2019-07-31"),
    "2019-06-30": ("2019-06-30", "2019-06-30"),
    "2019-07-01": ("2019-07-01", "2019-07-01"),
    "2020-02-03": ("2020-02-03", "2020-02-03"),
    EARLY: ("2019-01-01", "2019-01-01"),
    LATE: ("2019-07-01", "2019-07-01"),
}


def span(on: str) -> tuple[date | None, date | None]:
    first, last = SPANS.get(on, (None, None))
    return (date.fromisoformat(first), date.fromisoformat(last)) if first and last else (None, None)


def shapes() -> list[tuple[Sent, dict[str, Any]]]:
    """Every date for two kinds at two places, some of them labelled, withdrawn or removed."""
    found = []
    for (at, on), place, kind in itertools.product(
        enumerate((*DATES, EARLY, LATE)), ("open", "other"), ("conditions", "test-results")
    ):
        maker: Any = make.condition if kind == "conditions" else make.observation
        key = f"zq-{place}-{kind[:4]}-{at}"
        labelled, wrong = at % 3 == 1, kind == "conditions" and at == 4
        more = {**(LABELLED if labelled else {}), **(IN_ERROR if wrong else {})}
        sent = Sent(key, kind, place, *span(on), labelled=labelled, hidden=wrong)
        found.append((sent, maker(key, on=on, **more)))
    waiting = Sent("zq-closed", "conditions", "closed", *span("2020-02-03"), hidden=True)
    gone = Sent("zq-gone", "conditions", "open", *span("2020-02-03"), hidden=True)
    return [*found, *((one, make.condition(one.key, on="2020-02-03")) for one in (waiting, gone))]


@pytest.fixture
def rosa():
    return make.patient()


@pytest.fixture
def places(rosa):
    return {
        "open": make.source(rosa),
        "other": make.source(rosa, key="oneup:2", name="Other Clinic"),
        "closed": make.source(rosa, key="oneup:3", name="Closed Clinic", gate="question"),
    }


@pytest.fixture
def world(rosa, places):
    """All shapes, kept."""
    sent = shapes()
    for name, place in places.items():
        make.records(rosa, *(one for about, one in sent if about.place == name), source=place)
    with scope.open(job_viewer(rosa.pk)):
        Record.objects.filter(patient=rosa, fhir_id="zq-gone").update(removed_at=Now())
    return [about for about, _one in sent]


def terms() -> list[dict[str, Any]]:
    """Every mix of kinds, places and labels, every mix of dates and labels, and a few of all together."""
    kinds: list[Any] = [{}, {"kinds": ["conditions"]}, {"kinds": ["medicines"]}, {"kinds": []}]
    where: list[Any] = [{}, {"places": ("open",)}, {"places": ("closed",)}]
    dates: list[Any] = [
        {"since": since, "until": until, "undated": undated}
        for since, until, undated in (
            ("2019-01-01", None, False),
            (None, "2019-06-30", False),
            ("2019-01-01", "2019-12-31", True),
            ("2019-06-15", "2019-07-01", False),
            ("2018-06-01", "2019-07-20", True),
            ("2018-12-31", "2018-12-31", False),
        )
    ]
    labels: list[Any] = [{}, {"sensitive": True}]
    undated = [{**a, **b, **c} for a, b, c in itertools.product(kinds, where, labels)]
    dated = [{**a, **b} for a, b in itertools.product(dates, labels)]
    return [*undated, *dated, *({**a, **kinds[1], **where[1]} for a in dated)]


def midnight(day: str | None, after: int = 0) -> datetime | None:
    return datetime.fromisoformat(f"{day}T00:00:00+00:00") + timedelta(days=after) if day else None


def columns(said: dict[str, Any], places: dict[str, Source]) -> dict[str, Any]:
    """The same as a grant holds it."""
    return {
        "every_kind": "kinds" not in said,
        "kinds": said.get("kinds", []),
        "every_place": "places" not in said,
        "places": [places[name].pk for name in said.get("places", ())],
        "since": midnight(said.get("since")),
        "until": midnight(said.get("until"), 1),
        "undated": said.get("undated", False),
        "sensitive": said.get("sensitive", False),
    }


def fits(one: Sent, said: dict[str, Any]) -> bool:
    """The rule once more, in days."""
    if one.hidden or one.kind not in said.get("kinds", [one.kind]):
        return False
    if one.place not in said.get("places", [one.place]) or (one.labelled and not said.get("sensitive")):
        return False
    since, until = said.get("since"), said.get("until")
    if not since and not until:
        return True
    if one.first is None or one.last is None:
        return bool(said["undated"])
    return (not since or one.first >= date.fromisoformat(since)) and (
        not until or one.last <= date.fromisoformat(until)
    )


def shown(viewer: Viewer) -> set[str]:
    return set(access.visible_to(viewer).values_list("fhir_id", flat=True))


def counted(viewer: Viewer) -> Counter[tuple[str, int, int]]:
    rows = access.visible_to(viewer).order_by().values_list("kind", "source_id")
    rows = rows.annotate(year=ExtractYear("clinical_at", tzinfo=UTC), count=Count("*"))
    return Counter({row[:3]: row[3] for row in rows.values_list("kind", "source_id", "year", "count")})


def test_each_grant_shows_what_it_says_and_counts_what_it_shows(rosa, places, world):
    grant, looking = make.grant(rosa), make.staff(rosa)
    for said in terms():
        with scope.open(job_viewer(rosa.pk)):
            Grant.objects.of(rosa.pk).update(**columns(said, places))
        expected = {one.key for one in world if fits(one, said)}
        with scope.open(looking):
            assert shown(looking) == expected, said
            found = Counter({row[:3]: row[3] for row in tallied(looking).counts})
            assert found == counted(looking), said
            names = set(access.places_of(looking).values_list("name", flat=True))
        reached = set(said.get("places", places)) - {"closed"}
        assert names == {places[name].name for name in reached}, said
    preview = Viewer("preview", (rosa.pk,), 1, grant_id=grant.pk)
    with scope.open(preview):
        assert shown(preview) == expected


@pytest.mark.parametrize(
    ("terms", "to_clinic", "to_person"),
    [
        ({}, True, True),
        ({"offered_at": None}, False, False),
        ({"accepted_at": None}, False, False),
        ({"stopped_at": datetime(2026, 1, 1, tzinfo=UTC)}, False, False),
        ({"ends_at": datetime(2026, 1, 1, tzinfo=UTC)}, False, False),
        ({"accepted_at": datetime(2999, 1, 1, tzinfo=UTC)}, False, False),
        ({"confirmed_at": datetime(2021, 1, 1, tzinfo=UTC)}, True, False),
    ],
)
def test_what_is_over_or_was_never_agreed_shows_nothing(rosa, terms, to_clinic, to_person):
    make.records(rosa, make.condition("c"))
    make.grant(rosa, **terms)
    make.grant(rosa, person_id=70, **terms)
    carer = Viewer("carer", (rosa.pk,), 70)
    for viewer, sees in ((make.staff(rosa), to_clinic), (carer, to_person)):
        with scope.open(viewer):
            assert shown(viewer) == ({"c"} if sees else set())
            assert bool(tallied(viewer).counts) == sees
            assert bool(reading.places(viewer)) == sees
        with scope.open(replace(viewer, patients=())):
            assert access.patients_of(viewer) == ((rosa.pk,) if sees else ())


def test_a_grant_is_asked_in_every_query_and_not_before(rosa):
    make.records(rosa, make.condition("c"))
    make.grant(rosa)
    viewer = make.staff(rosa)
    with scope.open(viewer):
        rows = access.visible_to(viewer)
        assert rows.count() == 1
        with scope.open(job_viewer(rosa.pk)):
            Grant.objects.of(rosa.pk).update(stopped_at=Now())
        assert rows.count() == 0


@pytest.mark.parametrize(
    "viewer",
    [
        Viewer("staff", (), 70, clinic_id=8),
        Viewer("staff", (), 70),
        Viewer("carer", (), 71),
        Viewer("carer", ()),
        Viewer("link", (), grant_id=1),
        Viewer("preview", (), 1),
    ],
)
def test_a_grant_is_for_whom_it_names(rosa, viewer):
    make.records(rosa, make.condition("c"))
    make.grant(rosa)
    make.grant(rosa, person_id=70)
    viewer = replace(viewer, patients=(rosa.pk,))
    with scope.open(viewer):
        assert shown(viewer) == set()
        assert access.patients_of(viewer) == ()


def test_a_grant_of_one_patient_opens_no_other(rosa):
    tom = make.patient(given="Tom")
    make.records(tom, make.condition("t"))
    make.grant(rosa)
    viewer = make.staff(rosa, tom)
    with scope.open(viewer):
        assert shown(viewer) == set()


def test_in_the_scope_of_a_clinic_stand_its_own_grants_alone(rosa):
    ours, theirs = make.grant(rosa), make.grant(rosa, clinic_id=8)
    carers = make.grant(rosa, person_id=70)
    draft = make.grant(rosa, clinic_id=7, offered_at=None, accepted_at=None)
    reach = {
        make.staff(): {ours.pk},
        make.staff(rosa, clinic=8): {theirs.pk},
        make.staff(rosa, clinic=9): set(),
        Viewer("carer", (rosa.pk,), 70): {carers.pk},
        job_viewer(rosa.pk): {ours.pk, theirs.pk, carers.pk, draft.pk},
        job_viewer(make.patient().pk): set(),
    }
    for viewer, expected in reach.items():
        with scope.open(viewer):
            assert set(Grant.objects.values_list("pk", flat=True)) == expected
            assert set(GrantChange.objects.values_list("grant_id", flat=True)) == expected - {draft.pk}


def test_a_chart_number_is_for_the_clinic_that_gave_it(rosa):
    grant = make.grant(rosa)
    with scope.open(make.staff(rosa)):
        ChartNumber.objects.create(patient=rosa, grant=grant, clinic_id=7, number="H-1")
        assert ChartNumber.objects.exists()
    for viewer in (make.staff(rosa, clinic=8), make.staff()):
        with scope.open(viewer):
            assert not ChartNumber.objects.exists()


def test_older_states_are_shown_where_nothing_of_a_place_is_held_back(rosa):
    place = make.source(rosa)
    for text in ("Asthma", "Hay fever"):
        make.records(rosa, make.condition("c", text=text), source=place)
    make.grant(rosa, sensitive=True, places=[place.pk])
    viewer = make.staff(rosa)
    with scope.open(viewer):
        assert access.versions_for(viewer).count() == 1
    less = (
        {"sensitive": False},
        {"every_kind": False, "kinds": ["conditions"]},
        {"since": midnight("2001-01-01")},
    )
    for change in less:
        with scope.open(job_viewer(rosa.pk)):
            before = Grant.objects.of(rosa.pk).values(*change).get()
            Grant.objects.of(rosa.pk).update(**change)
        with scope.open(viewer):
            assert not access.versions_for(viewer).exists()
        with scope.open(job_viewer(rosa.pk)):
            Grant.objects.of(rosa.pk).update(**before)


def test_what_a_place_answered_for_a_kind_that_is_not_shared_is_not_told(rosa):
    place = make.source(rosa)
    make.records(rosa, make.condition(), make.observation(), source=place)
    with scope.open(job_viewer(rosa.pk)):
        store.settle_deliveries(place)
    grant = make.grant(rosa, kinds=["vaccines"])
    viewer = make.staff(rosa)
    with scope.open(viewer):
        assert set(access.answers_for(viewer).values_list("kind", flat=True)) <= {"", "vaccines"}
        told = reading.nothing(viewer, "conditions", "vaccines")
        assert [one.reason for one in told["conditions"]] == ["unshared"]
        assert [one.reason for one in told["vaccines"]] == ["unshown"]
        cells = {kind.slug: cells[0].state for kind, cells in reading.completeness(viewer).rows}
    assert (cells["conditions"], cells["vaccines"]) == ("unshared", "unshown")
    with scope.open(job_viewer(rosa.pk)):
        Grant.objects.filter(pk=grant.pk).update(sensitive=True)
    with scope.open(viewer):  # now nothing of the kind is held back
        told = reading.nothing(viewer, "vaccines")
        assert [one.reason for one in told["vaccines"]] == ["none"]
    assert set(cells) == {kind.slug for kind in catalogue.KINDS}
