"""What happened at a connection: written once, kept a year, shown to its patient alone."""

from datetime import timedelta

import pytest
from django.utils import timezone

from connect.gateway import Event
from connect.importing import history
from connect.models import Happening
from ground import jobs, scope
from ground.models import Job
from tests.unit.connect.linked.people import Person, a_connection

pytestmark = pytest.mark.django_db

What = Happening.What


@pytest.fixture
def here():
    rosa = Person()
    connection = a_connection(rosa)
    with scope.open(rosa.viewer):
        yield connection


def event(what="started", *, key="e1", place="4706", version="r4", kinds=(), ago=0):
    at = timezone.now() - timedelta(days=ago)
    return Event(place, "Harbor", what, version, at, kinds, key)


def kept(connection):
    mine = Happening.objects.of(connection.patient_id).order_by("at", "pk")
    return [(each.what, each.key, each.kinds, each.count) for each in mine]


def test_events_followed_twice_are_written_once(here):
    events = [event("failed", key="e2", kinds=("Goal", "Condition")), event(), event(key="")]
    history.note(here, events)
    before = kept(here)
    history.note(here, [*events, event("finished", key="e3")])
    assert [each[:2] for each in before[:2]] == [("failed", "e2"), ("started", "e1")]
    assert before[0][2] == ["Condition", "Goal"]
    assert [each for each in kept(here) if each not in before] == [("finished", "e3", [], 0)]
    assert len(kept(here)) == 4


def test_what_happened_elsewhere_is_not_noted(here):
    history.note(here, [event(place="4707"), event(version="dstu2", key="e2"), event(place="", key="e3")])
    assert kept(here) == []
    history.note(here, [event(version="")])
    assert len(kept(here)) == 1


def test_what_we_do_is_noted_once_for_each_thing(here):
    for run in (1, 1, 2):
        history.act(here, What.MINE, about=f"run:{run}", count=3)
    assert kept(here) == [("mine", "mine:run:1", [], 3), ("mine", "mine:run:2", [], 3)]


def test_what_is_over_a_year_old_is_forgotten_when_its_time_comes(here):
    history.note(here, [event(ago=400), event("finished", key="e2", ago=200)])
    job = Job.objects.get(kind=history.JOB, subject=here.pk)
    assert timedelta(days=364) < job.due_at - timezone.now() < timedelta(days=366)
    outcome = history.forget(job)
    assert [each[0] for each in kept(here)] == ["finished"]
    assert isinstance(outcome, jobs.Later)
    assert timedelta(days=164).total_seconds() < outcome.seconds < timedelta(days=166).total_seconds()
    Happening.objects.of(here.patient_id).delete()
    assert isinstance(history.forget(job), jobs.Done)
