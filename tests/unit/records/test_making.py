"""A take-out that a job makes: whole after a kill, sealed where it lies, one person's, gone after a day."""

import json
import re
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from ground import jobs, scope
from ground.crypto import CannotOpen
from ground.models import Job, Look, Mail
from ground.viewer import job_viewer
from records import taking
from records import tasks as _registered
from records.models import Takeout, TakeoutPart
from records.taking import booklet, making, zipped
from tests import factories as make
from tests.unit.records.test_taking import held, kept, opened

pytestmark = pytest.mark.django_db
assert _registered


@pytest.fixture
def user():
    return make.user("rosa@example.org", news_by_mail=False)


@pytest.fixture
def rosa(user):
    patient = make.patient(user)
    make.records(patient, *(make.condition(text="Sarcoidosis") for _ in range(5)), make.observation())
    return patient


@pytest.fixture
def viewer(rosa, user):
    return make.looking(rosa, user)


@pytest.fixture
def browser(client, user, settings):
    settings.TAKEOUT_AT_ONCE = 3
    client.force_login(user)
    return client


def job_of(takeout, kind=making.JOB):
    return Job.objects.get(kind=kind, subject=takeout.pk)


def work(takeout, times=50):
    """The worker, as often as there is more to do."""
    for _ in range(times):
        job = job_of(takeout)
        if job.state != Job.State.WAITING:
            break
        jobs.work(job.pk)
    with scope.open(job_viewer(takeout.patient_id)):
        takeout.refresh_from_db()
    return takeout


def undated(page):
    """Without the minute in which it was made."""
    return re.sub(rb"<p>Made [^<]*</p>", b"", page)


def test_what_a_job_makes_is_what_is_sent_at_once(rosa, viewer, monkeypatch):
    monkeypatch.setattr(making, "_SLICE", 0.0001)
    monkeypatch.setattr(zipped, "ON_A_PAGE", 2)
    takeout = work(taking.ask(viewer, "zip")[0])
    assert takeout.state == Takeout.State.READY
    assert job_of(takeout).slices > 5
    whole = b"".join(taking.pieces(viewer, takeout))
    assert len(whole) == takeout.size
    parcel = opened(whole)
    assert held(parcel) == kept(rosa)
    whose = taking.Whose(rosa.full_name, rosa.birth_date, zone="America/New_York")
    other = opened(b"".join(taking.whole(viewer, whose)))
    assert parcel.namelist() == other.namelist()
    drawn = [name for name in parcel.namelist() if name.startswith("pages/")]
    assert [undated(parcel.read(name)) for name in drawn] == [undated(other.read(name)) for name in drawn]


def test_a_killed_worker_costs_one_step_and_doubles_nothing(rosa, viewer, monkeypatch):
    """It dies after a step was made and before it is written, and again after one was written."""
    takeout, _is_new = taking.ask(viewer, "zip")
    keep, steps = making._keep, iter(range(100))

    class Killed(BaseException):
        pass

    def dying(*args):
        step = next(steps)
        if step == 1:
            raise Killed
        keep(*args)
        if step == 4:
            raise Killed

    monkeypatch.setattr(making, "_keep", dying)
    for _ in range(2):
        with pytest.raises(Killed):
            jobs.work(job_of(takeout).pk)
        Job.objects.update(leased_until=timezone.now() - timedelta(seconds=1))  # the lease ran out
    assert work(takeout).state == Takeout.State.READY
    assert held(opened(b"".join(taking.pieces(viewer, takeout)))) == kept(rosa)


def test_a_worker_that_lost_its_lease_writes_nothing(viewer, monkeypatch):
    takeout, _is_new = taking.ask(viewer, "zip")
    monkeypatch.setattr(making.jobs, "renew", lambda job, lease: (_ for _ in ()).throw(jobs.LeaseLost))
    jobs.work(job_of(takeout).pk)
    with scope.open(viewer):
        assert not TakeoutPart.objects.filter(patient_id=takeout.patient_id).exists()


def test_while_one_is_made_there_is_no_second_and_the_page_says_so(browser, rosa):
    asked = browser.post("/records/take/make/zip/", follow=True).content.decode()
    assert "It begins in a moment" in asked
    assert "being made already" in browser.post("/records/take/make/zip/", follow=True).content.decode()
    assert Job.objects.filter(kind=making.JOB).count() == 1


def test_the_page_says_how_far_it_is(browser, rosa, viewer, monkeypatch):
    monkeypatch.setattr(making, "_SLICE", 0.0001)
    takeout, _is_new = taking.ask(viewer, "zip")
    jobs.work(job_of(takeout).pk)
    where = f"/records/take/made/{takeout.public_id}/"
    state = json.loads(browser.get(where, headers={"X-Quiet": "yes", "Accept": "application/json"}).content)
    assert state["text"].startswith("Step 1 of 3: 6 of 6 records.")
    assert (state["value"], state["max"], state["over"]) == (6, 6, False)
    assert browser.get(where).url == "/records/take/"
    page = browser.get("/records/take/").content.decode()
    assert "Step 1 of 3: 6 of 6 records." in page
    assert f'data-url="{where}"' in page


def test_it_is_downloaded_with_the_password_by_who_asked_and_by_nobody_else(browser, rosa, viewer, client):
    takeout = work(taking.ask(viewer, "zip")[0])
    page = browser.get("/records/take/").content.decode()
    where = f"/records/take/made/{takeout.public_id}/download/"
    assert where in page
    asked = browser.get(where)
    assert asked.url.startswith("/accounts/reauthenticate/")
    assert browser.post(asked.url, {"password": make.PASSWORD}).url == "/records/take/?confirmed=yes"
    answer = browser.get(where)
    assert int(answer["Content-Length"]) == len(b"".join(answer.streaming_content)) == takeout.size
    with scope.open(job_viewer(rosa.pk)):
        assert Look.objects.filter(what="export", record_kind="zip").count() == 1
    other = make.user("other@example.org")
    make.patient(other, given="Ana")
    client.logout()
    client.force_login(other)
    assert client.get(where.removesuffix("download/")).status_code == 404
    assert taking.find(make.looking(rosa, other), takeout.public_id) is None


def test_it_lies_sealed_and_each_piece_opens_in_its_own_place_alone(viewer):
    takeout = work(taking.ask(viewer, "zip")[0])
    with scope.open(viewer), connection.cursor() as cursor:
        cursor.execute("select data_sealed, listed_sealed from records_takeoutpart")
        kept = b"".join(bytes(each) for row in cursor.fetchall() for each in row)
        parts = list(TakeoutPart.objects.filter(patient_id=takeout.patient_id))
    hidden = (b"fhir/lakeside", b"PK\x03\x04", b"Condition")
    opened_up = b"".join(part.listed + part.data for part in parts)
    assert all(word in opened_up for word in hidden)
    assert not any(word in kept for word in hidden)
    parts[0].number = 1
    with pytest.raises(CannotOpen):
        _ = parts[0].data


def test_a_mail_says_that_it_is_ready_and_nothing_of_what_is_in_it(viewer):
    work(taking.ask(viewer, "zip")[0])
    (mail,) = Mail.objects.all()
    assert (mail.to, mail.subject) == ("rosa@example.org", "What you asked for is ready")
    assert "/records/take/" in mail.body
    assert not any(word in mail.body for word in ("Rosa", "Lakeside", "record of", "Sarcoidosis", "zip"))


def test_after_a_day_it_is_gone_from_the_page_at_once_and_from_the_tables_by_a_job(browser, viewer):
    takeout = work(taking.ask(viewer, "zip")[0])
    with scope.open(viewer):
        Takeout.objects.update(ends_at=timezone.now() - timedelta(seconds=1))
    assert taking.mine(viewer) == {}
    assert "Put everything together" in browser.get("/records/take/").content.decode()
    job = job_of(takeout, making.END_JOB)
    assert timedelta(hours=23) < job.due_at - timezone.now() < timedelta(hours=25)
    Job.objects.filter(pk=job.pk).update(due_at=timezone.now())
    jobs.work(job.pk)
    with scope.open(viewer):
        assert not Takeout.objects.filter(patient_id=takeout.patient_id).exists()
        assert not TakeoutPart.objects.filter(patient_id=takeout.patient_id).exists()


def test_a_new_one_takes_the_place_of_the_last(viewer):
    first = work(taking.ask(viewer, "zip")[0])
    second, is_new = taking.ask(viewer, "zip")
    assert is_new
    with scope.open(viewer):
        assert list(Takeout.objects.values_list("pk", flat=True)) == [second.pk] != [first.pk]
        assert not TakeoutPart.objects.filter(patient_id=first.patient_id).exists()


def test_it_goes_with_the_patient(rosa, viewer):
    work(taking.ask(viewer, "zip")[0])
    patient_id = rosa.pk
    with scope.open(viewer):
        assert TakeoutPart.objects.filter(patient_id=patient_id).exists()
        rosa.delete()
        assert not TakeoutPart.objects.filter(patient_id=patient_id).exists()
    assert not Job.objects.filter(kind__startswith="takeout").exists()


def test_what_grows_too_large_is_not_kept_and_can_be_had_while_it_is_made(browser, viewer, settings):
    settings.TAKEOUT_MEGABYTES = 0
    takeout = work(taking.ask(viewer, "zip")[0])
    assert takeout.state == Takeout.State.LARGE
    page = browser.get("/records/take/").content.decode()
    assert "larger than we can keep here" in page
    assert "/records/take/everything.zip" in page


def test_what_cannot_be_made_says_so(browser, viewer):
    takeout, _is_new = taking.ask(viewer, "zip")
    Job.objects.update(attempts=jobs.ATTEMPTS)
    assert work(takeout).state == Takeout.State.FAILED
    page = browser.get("/records/take/").content.decode()
    assert "We could not make it." in page
    assert "Put everything together" in page


def test_a_large_record_on_paper_is_made_by_a_job_in_parts(browser, rosa, viewer, monkeypatch):
    monkeypatch.setattr(booklet, "AT_ONCE", 3)
    monkeypatch.setattr(booklet.typesetting, "pdf", lambda document: document.title.encode())
    monkeypatch.setattr(booklet.typesetting, "MOST", 6)
    monkeypatch.setattr(making, "_SLICE", 0.0001)
    assert "Put the PDFs together" in browser.get("/records/take/").content.decode()
    browser.post("/records/take/make/pdf/")
    takeout = work(taking.mine(viewer)["pdf"])
    assert "Download the PDFs" in browser.get("/records/take/").content.decode()
    parcel = opened(b"".join(taking.pieces(viewer, takeout)))
    papers = {name: parcel.read(name).decode() for name in parcel.namelist()}
    assert len(papers) > 1
    assert papers == {
        f"records-{number}.pdf": f"All my records, part {number}" for number in range(1, len(papers) + 1)
    }
