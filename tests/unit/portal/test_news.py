"""The quiet mail that something new is here."""

from datetime import timedelta

import pytest
from django.utils import timezone

from connect import notices
from ground import jobs, scope
from ground.models import Job, Mail
from portal import news, services
from portal.models import Holding
from records.reading import upto
from records.services import mark_seen
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner():
    return make.user("rosa@example.org")


@pytest.fixture
def rosa(owner):
    rosa = make.patient(owner)
    make.records(rosa, make.condition("old"))
    looked(rosa, owner)
    return rosa


def looked(patient, user) -> None:
    viewer = make.looking(patient, user)
    with scope.open(viewer):
        mark_seen(viewer=viewer, number=upto(viewer).number)


def comes(patient, key: str) -> None:
    """An import brings something."""
    make.records(patient, make.condition(key, text="Sarcoidosis"))
    notices.news_came(patient.pk)
    work()


def work() -> None:
    for job in Job.objects.filter(kind=notices.NEWS, state="waiting", due_at__lte=timezone.now()):
        jobs.work(job.pk)


def told() -> list[str]:
    return sorted(Mail.objects.values_list("to", flat=True))


def a_day_later() -> None:
    Job.objects.filter(kind=notices.NEWS).update(
        ended_at=timezone.now() - timedelta(hours=25), due_at=timezone.now() - timedelta(hours=1)
    )
    work()


def test_it_says_that_something_is_new_and_nothing_else(rosa):
    comes(rosa, "a")
    letter = Mail.objects.get()
    assert letter.subject == "Something new is in your records"
    assert "/records/new/" in letter.body
    assert not [word for word in ("Sarcoidosis", "Lakeside", "Rosa", "condition") if word in letter.body]
    assert letter.unsubscribe_url in letter.body


def test_each_who_looks_after_somebody_is_told_and_nobody_who_did_once(rosa):
    carer, former = make.user("ana@example.org"), make.user("bo@example.org")
    for each in (carer, former):
        Holding.objects.create(user=each, patient=rosa, relation="child")
    services.end_care(holding=Holding.objects.get(user=former))
    comes(rosa, "a")
    assert told() == ["ana@example.org", "rosa@example.org"]


def test_one_a_day_and_the_rest_the_next_day(rosa):
    comes(rosa, "a")
    comes(rosa, "b")
    comes(rosa, "c")
    assert len(told()) == 1
    a_day_later()
    assert len(told()) == 2
    a_day_later()
    assert len(told()) == 2


def test_who_has_looked_meanwhile_is_told_nothing(rosa, owner):
    comes(rosa, "a")
    comes(rosa, "b")
    looked(rosa, owner)
    a_day_later()
    assert len(told()) == 1


def test_who_ended_these_mails_is_told_nothing(rosa, owner):
    services.end_news(owner)
    comes(rosa, "a")
    assert told() == []


def test_a_slice_that_runs_twice_writes_once(rosa):
    make.records(rosa, make.condition("a"))
    notices.news_came(rosa.pk)
    job = jobs.claim(Job.objects.get(kind=notices.NEWS).pk)
    assert news.tell(job) == jobs.Done()  # and the worker dies before it can say so
    Job.objects.filter(pk=job.pk).update(leased_until=None)
    jobs.work(job.pk)
    assert len(told()) == 1
