"""The tally is always what a count would say, and a page never counts."""

import dataclasses
import random
from collections import Counter
from importlib import import_module

import pytest
from django.db import connection
from django.db.models import Count, F
from django.db.models.functions import ExtractYear
from django.test.utils import CaptureQueriesContext

from ground import scope
from ground.viewer import Viewer, job_viewer
from records import access, reading, store
from records.fhir.kinds import BY_SLUG
from records.models import Record, Source, Tally
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def rosa():
    return make.patient()


@pytest.fixture
def within(rosa):
    with scope.open(make.looking(rosa)):
        yield rosa


def counted(viewer: Viewer) -> Counter:
    """By counting every row."""
    rows = access.visible_to(viewer).annotate(year=ExtractYear("clinical_at"))
    rows = rows.values_list("kind", "source_id", "year").annotate(count=Count("*"))
    return Counter({row[:3]: row[3] for row in rows})


def tallied(viewer: Viewer) -> Counter:
    """By the tally."""
    found: Counter = Counter()
    for kind, source, year, count in access.counted_for(viewer).values_list(
        "kind", "source_id", "year", "count"
    ):
        found[kind, source, year] += count
    return found


def assert_true(patient) -> Counter:
    """For everybody who may look; says what the patient sees."""
    for kind in ("link", "staff", "job", "patient"):
        viewer = dataclasses.replace(make.looking(patient), kind=kind)
        assert tallied(viewer) == counted(viewer)
    assert not Tally.objects.filter(patient_id=patient.pk, count__lt=0)
    return tallied(make.looking(patient))


LABELLED = {"meta": {"security": [{"code": "PSY"}]}}
IN_ERROR = {"verificationStatus": {"coding": [{"code": "entered-in-error"}]}}


def test_what_comes_counts_and_what_was_entered_in_error_does_not(within):
    page = [make.condition("a"), make.condition("b", on="2020"), make.observation("c"), b"no json"]
    make.records(within, *page, make.condition("d", **LABELLED), make.condition("e", **IN_ERROR))
    assert assert_true(within).total() == 4
    make.records(within, *page)
    assert assert_true(within).total() == 4


def test_what_changes_moves_from_one_count_to_the_other(within):
    make.records(within, make.condition("a", on="2019"), make.condition("b"), make.condition("c"))
    make.records(within, make.condition("a", on="2021"), make.condition("b", **LABELLED))
    assert assert_true(within).total() == 3
    make.records(within, make.condition("a", **IN_ERROR))
    assert assert_true(within).total() == 2
    make.records(within, make.condition("a"))
    assert assert_true(within).total() == 3


def test_what_a_place_no_longer_has_does_not_count(within):
    make.records(within, make.condition("a"), make.condition("b"))
    Record.objects.filter(patient=within, fhir_id="a").update(removed_at=F("kept_at"))
    assert assert_true(within).total() == 1


def test_a_gate_closes_and_opens_a_count(within):
    place = make.source(within)
    make.records(within, make.condition("a"), source=place)
    for gate in ("question", "waiting", "refused"):
        store.set_gate(place, gate)
        assert assert_true(within).total() == 0
    store.set_gate(place, "open")
    assert assert_true(within).total() == 1


def test_a_record_that_comes_from_another_place_counts_there(within):
    clinic, lab = make.source(within), make.source(within, key="oneup:1", name="Lab")
    make.records(within, make.condition("a"), make.condition("b"), source=clinic)
    make.records(within, make.condition("a", text="Hay fever"), source=lab)
    assert {key[1] for key in assert_true(within)} == {clinic.pk, lab.pk}


def test_a_place_takes_its_count_with_it(within):
    gone, stays = make.source(within), make.source(within, key="oneup:1")
    make.records(within, make.condition("a"), source=gone)
    make.records(within, make.condition("b"), source=stays)
    Source.objects.filter(patient=within, pk=gone.pk).delete()
    assert assert_true(within).total() == 1
    assert not Tally.objects.filter(patient=within, source_id=gone.pk)
    Record.objects.filter(patient=within).delete()
    assert assert_true(within).total() == 0


def test_names_given_later_change_no_count(within):
    make.records(within, make.condition("a"))
    before = list(Tally.objects.filter(patient=within).values())
    Record.objects.filter(patient=within).update(title="Asthma, mild")
    assert list(Tally.objects.filter(patient=within).values()) == before


def test_any_life_of_a_chart_leaves_the_tally_true(within):
    dice = random.Random(8)
    places = [make.source(within, key=f"oneup:{number}") for number in range(3)]
    for _ in range(25):
        page = [
            make.condition(
                f"c{dice.randrange(30)}",
                on=dice.choice(("2019", "2020-05", "yesterday")),
                text=dice.choice(("Asthma", "Hay fever")),
                **dice.choice(({}, {}, LABELLED, IN_ERROR)),
            )
            for _ in range(dice.randrange(1, 12))
        ]
        make.records(within, *page, make.observation(), b"{}", source=dice.choice(places))
        store.set_gate(dice.choice(places), dice.choice(("open", "open", "question")))
        if dice.random() < 0.2:
            Record.objects.filter(patient=within, fhir_id=f"c{dice.randrange(30)}").delete()
        assert_true(within)


def test_the_tally_of_one_patient_cannot_be_reached_by_another(rosa):
    make.records(rosa, make.condition("a"))
    with scope.open(job_viewer(make.patient(given="Tom").pk)):
        assert not Tally.objects.filter(patient_id=rosa.pk)


def test_menu_list_and_overview_agree_with_the_rows(within):
    viewer = make.looking(within)
    dates = ("2019", "2020-05-01", "yesterday", "2020-12-31T23:30:00-05:00")
    make.records(within, *(make.condition(on=date) for date in dates), make.observation())
    found = reading.listing(viewer, BY_SLUG["conditions"])
    assert [one.count for one in found.menu if one.count] == [1, 4]
    assert [one.count for one in reading.overview(viewer).counts if one.count] == [1, 4]
    assert (found.total, [one.year for one in found.years]) == (4, [2021, 2020, 2019])


def test_a_migration_on_a_filled_table_counts_what_is_there(within):
    make.records(within, make.condition("a"), make.condition("b", **LABELLED), make.observation())
    migration = import_module("records.migrations.0002_tally")
    before = assert_true(within)
    Tally.objects.filter(patient=within).delete()
    with connection.cursor() as cursor:
        cursor.execute(migration._more(migration._counted("records_record")))
    assert assert_true(within) == before


@pytest.mark.parametrize("count", [1, 70])
def test_a_list_page_sends_nine_statements_however_long_the_list_is(client, count):
    owner = make.user()
    rosa = make.patient(owner)
    make.records(rosa, *(make.observation() for _ in range(count)))
    client.force_login(owner)
    client.get("/records/test-results/")
    with CaptureQueriesContext(connection) as seen:
        assert client.get("/records/test-results/").status_code == 200
    scopes = ("SAVEPOINT", "RELEASE", "select set_config")
    sent = [one["sql"] for one in seen if not one["sql"].startswith(scopes)]
    # session, user, patient; counts, places, rows, look; for the menu: a clinic, an announcement
    assert len(sent) == 9, "\n".join(sent)
