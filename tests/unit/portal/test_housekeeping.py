"""What is kept no longer than its table says."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone

from connect.models import Account, Connection, ImportRun, LinkAttempt, Place
from ground import jobs, outbox, scope
from ground.jobs import Later, More
from ground.models import Job, Mail
from ground.viewer import job_viewer
from portal import housekeeping
from tests import factories as make

pytestmark = pytest.mark.django_db(transaction=True)


def days_ago(days: int):
    return timezone.now() - timedelta(days=days)


def tidy_up() -> jobs.Outcome:
    """Chores, over and over, until none finds anything."""
    for _ in range(10):
        outcome = housekeeping.tidy(Job(kind=housekeeping.JOB))
        if not isinstance(outcome, More):
            return outcome
    raise AssertionError("never done")


def test_a_tidy_house_waits_for_tomorrow():
    assert tidy_up() == Later(24 * 3600.0)


def test_sign_ins_that_are_over_go_and_others_stay():
    for key, ends in (("over", days_ago(1)), ("going", timezone.now() + timedelta(hours=1))):
        Session.objects.create(session_key=key, session_data="", expire_date=ends)
    tidy_up()
    assert list(Session.objects.values_list("session_key", flat=True)) == ["going"]


def test_mails_and_jobs_go_after_thirty_days():
    for to, days in (("old@example.org", 31), ("young@example.org", 29)):
        letter = outbox.post(to=to, subject="News", body="There is news.")
        Mail.objects.filter(pk=letter.pk).update(created_at=days_ago(days))
        Job.objects.filter(subject=letter.pk).update(state=Job.State.DONE, ended_at=days_ago(days))
    tidy_up()
    assert list(Mail.objects.values_list("to", flat=True)) == ["young@example.org"]
    assert Job.objects.count() == 1


def test_a_job_that_waits_is_never_too_old():
    job = jobs.put("mail", subject=1)
    Job.objects.filter(pk=job.pk).update(created_at=days_ago(400))
    tidy_up()
    assert Job.objects.filter(pk=job.pk).exists()


@pytest.fixture
def patient():
    return make.patient(make.user())


def an_import(patient, *, days: int, over: bool = True) -> ImportRun:
    """A departure and the import it led to, so many days ago."""
    place = Place.objects.create(key=str(days), name="Quillwort Clinic")
    attempt = LinkAttempt.objects.create(
        patient=patient, user=patient.holdings.get().user, place=place, session_hash="x", nonce_hash="y"
    )
    LinkAttempt.objects.filter(pk=attempt.pk).update(created_at=days_ago(days))
    with scope.open(job_viewer(patient.pk)):
        account = Account.objects.get_or_create(patient=patient)[0]
        connection = Connection.objects.create(
            patient=patient, account=account, place=place, fhir_version="r4"
        )
        run = ImportRun.objects.create(
            patient=patient, connection=connection, attempt=attempt, ended_at=days_ago(days) if over else None
        )
    job = jobs.put("import", subject=run.pk, patient_id=patient.pk)
    if over:
        Job.objects.filter(pk=job.pk).update(state=Job.State.DONE, ended_at=days_ago(days))
    return run


def runs(patient) -> list[int]:
    with scope.open(job_viewer(patient.pk)):
        return list(ImportRun.objects.of(patient).values_list("pk", flat=True))


def test_imports_and_departures_go_after_ninety_days(patient):
    an_import(patient, days=91)
    young = an_import(patient, days=89)
    tidy_up()
    assert runs(patient) == [young.pk]
    assert LinkAttempt.objects.count() == 1
    assert Job.objects.filter(kind="import").count() == 1


def test_an_import_under_way_outlives_its_departure(patient):
    run = an_import(patient, days=91, over=False)
    tidy_up()
    assert runs(patient) == [run.pk]
    assert LinkAttempt.objects.count() == 0


def test_the_daily_job_is_there_once():
    housekeeping.ensure()
    housekeeping.ensure()
    assert Job.objects.filter(kind=housekeeping.JOB).count() == 1
