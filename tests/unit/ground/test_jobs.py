"""Jobs: claimed once, resumed after a lease, given up after their attempts, never lost to a silent bell."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone

from ground import jobs
from ground.jobs import Done, Later, LeaseLost, More
from ground.models import Job
from tests import broker
from tests import factories as make

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def kind(monkeypatch):
    """Registers one kind of job for the test, whose outcomes are given one by one."""
    seen, gave_up = [], []

    def register(*outcomes):
        script = iter(outcomes)

        def work(job):
            seen.append(job.pk)
            outcome = next(script)
            if isinstance(outcome, Exception):
                raise outcome
            return outcome

        monkeypatch.setitem(jobs._kinds, "errand", jobs._Kind(work, lambda job: gave_up.append(job.pk)))
        return seen, gave_up

    monkeypatch.setattr(jobs, "ring", lambda pk: None)
    return register


def test_the_same_open_job_is_put_only_once(kind):
    assert jobs.put("errand", subject=7).pk == jobs.put("errand", subject=7).pk


def test_a_finished_job_may_be_put_again(kind):
    kind(Done(), Done())
    first = jobs.put("errand", subject=7)
    jobs.work(first.pk)
    assert jobs.put("errand", subject=7).pk != first.pk


def test_a_claimed_job_is_nobody_elses(kind):
    job = jobs.put("errand", subject=7)
    assert jobs.claim(job.pk) is not None
    assert jobs.claim(job.pk) is None


def test_a_lease_that_ran_out_frees_the_job(kind):
    job = jobs.put("errand", subject=7)
    jobs.claim(job.pk)
    Job.objects.filter(pk=job.pk).update(leased_until=Now() - timedelta(seconds=1))
    assert jobs.claim(job.pk) is not None


def test_a_worker_whose_lease_was_taken_keeps_nothing(kind):
    job = jobs.put("errand", subject=7)
    slow = jobs.claim(job.pk)
    Job.objects.filter(pk=job.pk).update(leased_until=Now() - timedelta(seconds=1))
    jobs.claim(job.pk)
    with pytest.raises(LeaseLost), transaction.atomic():
        jobs.renew(slow)


def test_more_is_due_at_once_and_later_is_not(kind):
    seen, _ = kind(More(), Later(60))
    job = jobs.put("errand", subject=7)
    for _ in range(3):
        jobs.work(job.pk)
    assert seen == [job.pk, job.pk]


def test_trouble_is_tried_again_and_then_given_up(kind):
    seen, gave_up = kind(*[RuntimeError("Asthma")] * 9)
    job = jobs.put("errand", subject=7)
    for _ in range(9):
        Job.objects.filter(pk=job.pk, state="waiting").update(due_at=Now())
        jobs.work(job.pk)
    job.refresh_from_db()
    assert (len(seen), gave_up, job.state) == (jobs.ATTEMPTS, [job.pk], "stuck")


def test_what_went_wrong_is_logged_without_its_text(kind, caplog):
    kind(RuntimeError("Asthma"))
    job = jobs.put("errand", subject=7)
    jobs.work(job.pk)
    assert "job failed" in caplog.text
    assert "Asthma" not in caplog.text + str([record.__dict__ for record in caplog.records])


def test_progress_forgives_earlier_trouble(kind):
    kind(RuntimeError(), More(), Done())
    job = jobs.put("errand", subject=7)
    for _ in range(2):
        Job.objects.filter(pk=job.pk).update(due_at=Now())
        jobs.work(job.pk)
    job.refresh_from_db()
    assert job.attempts == 0


def test_a_job_whose_last_one_ends_at_this_moment_is_put_anew(kind, monkeypatch):
    first, real = jobs.put("errand", subject=7), jobs._brought_forward

    def ends_before(*given):
        Job.objects.filter(pk=first.pk).update(state="done")
        return real(*given)

    monkeypatch.setattr(jobs, "_brought_forward", ends_before)
    again = jobs.put("errand", subject=7)
    assert (again.pk != first.pk, again.state) == (True, "waiting")


def test_many_patients_get_one_job_each_and_those_that_wait_are_due_now(kind):
    patients = [make.patient().pk for _ in range(3)]
    later = jobs.put("errand", subject=patients[0], patient_id=patients[0], due=timezone.now() + timedelta(1))
    jobs.put_for_each("errand", [*patients, *patients])
    waiting = Job.objects.filter(kind="errand", state="waiting", due_at__lte=Now())
    assert sorted(waiting.values_list("subject", "patient_id")) == [(pk, pk) for pk in sorted(patients)]
    assert waiting.filter(pk=later.pk).exists()


def test_the_sweep_rings_for_due_jobs_once_in_a_while(kind, monkeypatch):
    rung = []
    job = jobs.put("errand", subject=7)
    monkeypatch.setattr(jobs, "ring", rung.append)
    jobs.ring_due()
    jobs.ring_due()
    assert rung == [job.pk]


def test_a_dead_bell_costs_nothing_and_the_next_one_rings():
    with broker.taken_away(), transaction.atomic():
        job = jobs.put("errand", subject=8)
    assert Job.objects.filter(pk=job.pk, state="waiting").exists()
    waiting = broker.bells()
    jobs.ring(job.pk)
    assert broker.bells() == waiting + 1
