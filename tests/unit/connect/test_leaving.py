"""Stop updates, delete these records: here at once, there until it is confirmed, and nothing comes back."""

import re
from datetime import timedelta
from time import time

import pytest
from django.test import Client
from django.utils import timezone

from connect import services
from connect.gateway import CannotIngest, NotFound, Refused, TryLater
from connect.importing import files, slices
from connect.models import Account, Connection, ImportRun, LinkAttempt, Parting, Place
from connect.services import leaving, linking, parting
from ground import jobs, scope
from ground.models import Job
from records import reading, store, taking
from records import services as speaking
from records.models import Question, Record, Source, Takeout, Version
from tests import factories as make
from tests.upstream import Upstream

pytestmark = pytest.mark.django_db


class Home:
    """Rosa with two places, records of both, words about both, a file to take away, and a browser."""

    def __init__(self):
        self.user = make.user("rosa@example.org")
        self.patient = make.patient(self.user)
        self.viewer = make.looking(self.patient, self.user)
        self.lakeside, self.here = self._place("4706", "Lakeside Clinic", "rosa-1")
        self.summit, self.other = self._place("4707", "Summit Hospital", "rosa-2")
        make.records(self.patient, make.observation("o-1"), make.condition("c-1"), source=self.lakeside)
        make.records(self.patient, make.observation("o-1", value=6.4), source=self.lakeside)
        make.records(self.patient, make.condition("c-2", text="Migraine"), source=self.summit)
        self._asks("conditions", "Condition", "c-1")
        self._asks("conditions", "Condition", "c-2")
        self.browser = Client()
        self.browser.force_login(self.user)

    def _place(self, key, name, upstream):
        place = Place.objects.create(key=key, name=name, fhir_versions="r4")
        source = make.source(self.patient, key=f"oneup:{key}", name=name)
        with scope.open(self.viewer):
            account = Account.objects.get_or_create(patient=self.patient, defaults={"external_id": "77"})[0]
            connection = Connection.objects.create(
                patient=self.patient, account=account, place=place, fhir_version="r4",
                source_id=source.pk, state="connected", accepted=[upstream],
                confirmed_at=timezone.now(), collected_at=timezone.now(),
            )  # fmt: skip
        return source, connection

    def _asks(self, kind, resource_type, fhir_id):
        with scope.open(self.viewer):
            line = reading.named(self.viewer, make.origin().pk, resource_type, fhir_id)
            speaker = speaking.Speaker("Rosa Delgado", own=True)
            speaking.ask(viewer=self.viewer, line=line, speaker=speaker, text="Is this right?")

    def runs(self) -> ImportRun:
        with scope.open(self.viewer):
            run = ImportRun.objects.create(patient=self.patient, connection=self.here, phase="fetching")
            jobs.put("import", subject=run.pk, patient_id=self.patient.pk)
            return run

    def stops(self) -> Parting:
        return services.stop(viewer=self.viewer, connection=self.here)

    def deletes(self) -> Parting:
        return services.delete(viewer=self.viewer, connection=self.here)

    def now(self, each):
        with scope.open(self.viewer):
            each.refresh_from_db()
        return each

    def held(self, table):
        with scope.open(self.viewer):
            return list(table.objects.filter(patient=self.patient).values_list("pk", flat=True))

    def page(self, each: Parting) -> str:
        return self.browser.get(f"/connect/receipts/{each.public_id}/").content.decode()


@pytest.fixture
def far(monkeypatch):
    return Upstream(monkeypatch, parting)


@pytest.fixture
def rosa(far):
    return Home()


def work(slices: int = 60, *, ahead: timedelta = timedelta()) -> int:
    """Work what is due of partings, as if so much time had passed; how many slices."""
    for done in range(slices):
        due = Job.objects.filter(kind=leaving.JOB, state="waiting", due_at__lte=timezone.now() + ahead)
        job = due.order_by("pk").first()
        if job is None:
            return done
        Job.objects.filter(pk=job.pk).update(due_at=timezone.now())
        jobs.work(job.pk)
    return slices


def test_stopping_ends_what_goes_on_here_before_anybody_is_asked(rosa, far):
    run = rosa.runs()
    rosa.stops()
    assert far.asked == []
    assert rosa.now(rosa.here).state == "ended"
    assert rosa.now(run).outcome == "stopped"
    assert len(rosa.held(Record)) == 3
    with pytest.raises(services.NotConnected):
        services.start_import(viewer=rosa.viewer, connection=rosa.now(rosa.here))


def test_a_page_that_was_on_its_way_when_updates_stopped_is_not_kept(rosa):
    run = rosa.runs()
    job = Job.objects.get(kind="import")
    Job.objects.filter(pk=job.pk).update(lease=rosa.patient.public_id, leased_until=timezone.now())
    job.refresh_from_db()
    rosa.stops()
    with pytest.raises(slices.Over), slices.Slice(job, run).keeping():
        pass


def test_the_gateway_is_asked_once_and_the_receipt_says_when(rosa, far):
    made = rosa.stops()
    assert "Not confirmed yet" in rosa.page(made)
    work()
    assert far.asked == [("revoke", "77", "4706", "r4")]
    page = rosa.page(made)
    assert re.search(r"Stopped on \w+\.? \d+, 20\d\d, [^<]+ E[SD]T\. .*Confirmed on \w+", page, re.DOTALL)
    assert "Rosa Delgado</b>, born May 14, 1968" in page
    assert "Not confirmed yet" not in page
    assert rosa.now(made).ended == "confirmed"
    assert rosa.now(rosa.here).access_state == "revoked"


@pytest.mark.parametrize("reason", ["no_sign_in", "not_connected"])
def test_that_nothing_is_left_to_take_back_is_a_confirmation(rosa, far, reason):
    far.says = [CannotIngest("revoke", 400, reason)]
    made = rosa.stops()
    work()
    assert rosa.now(made).ended == "confirmed"


@pytest.mark.parametrize(
    "no",
    [CannotIngest("revoke", 403, "forbidden"), CannotIngest("revoke", 400, "user"), Refused("revoke", 418)],
)
def test_any_other_no_confirms_nothing_and_is_asked_again_every_hour(rosa, far, no):
    far.says = [no] * 9
    made = rosa.stops()
    assert work(6, ahead=timedelta(hours=2)) == 6
    assert rosa.now(made).ended == ""
    assert "Not confirmed yet" in rosa.page(made)
    assert Job.objects.get(kind=leaving.JOB).state == "waiting"


def test_an_outage_of_hours_is_waited_out_and_a_retry_after_is_kept_to(rosa, far):
    far.says = [TryLater("revoke", 503, 600.0), *[TryLater("revoke", None)] * 9]
    made = rosa.stops()
    work(1)
    job = Job.objects.get(kind=leaving.JOB)
    assert 590 < (job.due_at - timezone.now()).total_seconds() < 601
    assert work(ahead=timedelta(seconds=580)) == 0
    assert work(9, ahead=timedelta(hours=3)) == 9
    assert (Job.objects.get(kind=leaving.JOB).due_at - timezone.now()).total_seconds() < 901
    work(ahead=timedelta(hours=3))
    assert rosa.now(made).ended == "confirmed"


def test_a_job_that_crashes_for_good_begins_anew(rosa, far):
    made = rosa.stops()
    Job.objects.filter(kind=leaving.JOB).update(attempts=jobs.ATTEMPTS)
    work(ahead=timedelta(hours=3))
    states = sorted(Job.objects.filter(kind=leaving.JOB).values_list("state", flat=True))
    assert states == ["done", "stuck"]
    assert rosa.now(made).ended == "confirmed"


def leaves(rosa, key="4706") -> LinkAttempt:
    place = Place.objects.get(key=key)
    told = {"patient": rosa.patient, "user": rosa.user, "place": place, "fhir_version": "r4"}
    return linking.keep_departure(LinkAttempt(**told, session_hash="s", nonce_hash="n"))


def test_signing_in_again_calls_off_what_is_not_confirmed(rosa, far):
    made = rosa.stops()
    attempt = leaves(rosa)
    work()
    assert far.asked == []
    assert services.confirm_link(attempt=attempt) is not None
    work(ahead=timedelta(days=1))
    assert far.asked == []
    assert rosa.now(made).ended == "connected"
    assert rosa.now(rosa.here).state == "confirming"
    assert "connected Lakeside Clinic again" in rosa.page(made)


def test_a_departure_nobody_comes_back_from_postpones_for_half_an_hour_at_most(rosa, far):
    made = rosa.stops()
    attempt = leaves(rosa)
    work()
    wait = Job.objects.get(kind=leaving.JOB).due_at - timezone.now()
    assert timedelta(minutes=29) < wait < timedelta(minutes=31)
    LinkAttempt.objects.filter(pk=attempt.pk).update(expires_at=timezone.now())
    work(ahead=timedelta(hours=1))
    assert rosa.now(made).ended == "confirmed"


def test_nobody_leaves_for_a_place_while_it_is_being_asked_to_forget(rosa):
    rosa.stops()
    assert jobs.claim(Job.objects.get(kind=leaving.JOB).pk) is not None
    with pytest.raises(linking.StillLeaving):
        leaves(rosa)
    leaves(rosa, "4707")


def test_stopping_twice_is_one_receipt(rosa):
    assert rosa.stops() == rosa.stops()


def test_the_page_before_deleting_counts_what_goes_and_says_what_stays(rosa):
    taking.ask(rosa.viewer, "zip")
    page = rosa.browser.get(f"/connect/places/{rosa.here.public_id}/delete/").content.decode()
    for line in ("2 records", "1 earlier version", "1 note of your own", "1 file made for you", "six years"):
        assert line in page


def test_without_the_tick_nothing_is_deleted(rosa):
    address = f"/connect/places/{rosa.here.public_id}/delete/"
    assert "Nothing was deleted" in rosa.browser.post(address).content.decode()
    assert rosa.held(Parting) == []
    answer = rosa.browser.post(address, {"sure": "on"})
    assert answer.url.startswith("/connect/receipts/")


@pytest.mark.parametrize("what", ["stop", "delete"])
def test_who_signed_in_long_ago_is_asked_again_who_they_are(rosa, what):
    session = rosa.browser.session
    session["began_at"] = int(time()) - 3600
    session["account_authentication_methods"] = []
    session.save()
    answer = rosa.browser.post(f"/connect/places/{rosa.here.public_id}/{what}/", {"sure": "on"})
    assert "/accounts/reauthenticate/" in answer.url
    assert rosa.held(Parting) == []


def test_nothing_of_the_place_is_shown_from_the_moment_it_is_to_be_deleted(rosa):
    rosa.deletes()
    page = rosa.browser.get("/records/conditions/").content.decode()
    assert "Asthma" not in page
    assert "Migraine" in page


def test_deleting_takes_all_of_a_place_and_nothing_of_another(rosa, far):
    taking.ask(rosa.viewer, "zip")
    made = rosa.deletes()
    work()
    assert rosa.held(Record) == [(rosa.patient.pk, make.origin().pk, "Condition", "c-2")]
    assert rosa.held(Version) == []
    assert rosa.held(Takeout) == []
    assert rosa.held(Source) == [rosa.summit.pk]
    assert rosa.held(Connection) == [rosa.other.pk]
    assert len(rosa.held(Question)) == 1
    assert rosa.now(made).removed == {"records": 2, "versions": 1, "words": 1, "unread": 0, "takeouts": 1}
    assert far.asked == [("revoke", "77", "4706", "r4"), ("erase", "rosa-1", "r4")]
    page = rosa.page(made)
    assert "2 records" in page
    assert "Deleted, confirmed on " in page


def test_each_batch_is_kept_before_the_next(rosa, monkeypatch):
    from records.store import erasing

    monkeypatch.setattr(erasing, "_AT_ONCE", 1)
    make.records(rosa.patient, *(make.observation(f"more-{n}") for n in range(4)), source=rosa.lakeside)
    made = rosa.deletes()
    work(3)
    assert rosa.now(made).removed["records"] == 3
    work()
    assert rosa.now(made).removed["records"] == 6


def test_what_is_not_there_any_more_is_as_good_as_erased(rosa, far):
    far.says = [None, NotFound("erase_patient", 404)]
    made = rosa.deletes()
    work()
    assert rosa.now(made).ended == "confirmed"


def test_a_late_page_cannot_bring_anything_back(rosa):
    rosa.deletes()

    def late():
        make.records(rosa.patient, make.condition("late"), source=rosa.lakeside)

    with pytest.raises(ValueError, match="does not belong"):
        late()
    work()
    with pytest.raises(ValueError, match="does not belong"):
        late()


def test_a_late_file_is_not_kept(rosa, monkeypatch):
    content = [{"attachment": {"url": "Binary/b-1", "contentType": "text/plain"}}]
    document = {"resourceType": "DocumentReference", "id": "d-1", "status": "current", "content": content}
    make.records(rosa.patient, document, source=rosa.lakeside)
    with scope.open(rosa.viewer):
        store.want_files(rosa.lakeside)
        jobs.put(files.JOB, subject=rosa.here.pk, patient_id=rosa.patient.pk)

    def fetched(*_):
        rosa.stops()
        return b'{"resourceType":"Binary","id":"b-1","contentType":"text/plain","data":"aGk="}'

    monkeypatch.setattr(files, "_fetched", fetched)
    jobs.work(Job.objects.get(kind=files.JOB).pk)
    assert ("Binary", "b-1") not in {pk[2:] for pk in rosa.held(Record)}
    assert Job.objects.get(kind=files.JOB).state == "done"


def test_a_place_cannot_be_connected_while_it_is_being_deleted_and_begins_anew_after(rosa):
    rosa.deletes()
    with pytest.raises(linking.StillLeaving):
        leaves(rosa)
    answer = rosa.browser.post("/connect/place/4706/")
    work()
    attempt = leaves(rosa)
    run = services.confirm_link(attempt=attempt)
    fresh = run.connection
    assert run.is_first
    assert (fresh.accepted, fresh.collected_at, fresh.source_id) == ([], None, None)
    assert fresh.pk != rosa.here.pk
    assert answer.status_code in (409, 503)


def test_who_comes_back_into_a_deletion_is_sent_to_begin_again_and_the_new_key_is_taken_back(rosa, far):
    attempt = leaves(rosa)
    rosa.deletes()
    work(ahead=timedelta(minutes=1))
    assert far.asked == []
    assert "o-1" not in {pk[3] for pk in rosa.held(Record)}
    with pytest.raises(linking.StillLeaving):
        services.confirm_link(attempt=attempt)
    attempt.refresh_from_db()
    assert (attempt.state, attempt.departure_sealed) == ("replaced", None)
    work(ahead=timedelta(hours=1))
    assert [asked[0] for asked in far.asked] == ["revoke", "erase"]


def test_deleting_takes_over_a_stop_that_is_not_confirmed(rosa, far):
    stopped = rosa.stops()
    deleted = rosa.deletes()
    work()
    assert (rosa.now(stopped).ended, rosa.now(deleted).ended) == ("joined", "confirmed")
    assert [asked[0] for asked in far.asked] == ["revoke", "erase"]


def test_a_place_in_two_versions_goes_whole(rosa, far):
    with scope.open(rosa.viewer):
        Connection.objects.create(
            patient=rosa.patient, account=rosa.here.account, place=rosa.here.place, fhir_version="dstu2",
            source_id=rosa.lakeside.pk, state="connected", accepted=["old-1"],
        )  # fmt: skip
    rosa.deletes()
    work()
    assert rosa.held(Connection) == [rosa.other.pk]
    assert {("erase", "rosa-1", "r4"), ("erase", "old-1", "dstu2")} < set(far.asked)


def test_my_places_leads_to_the_receipts(rosa):
    rosa.stops()
    assert "/connect/receipts/" in rosa.browser.get("/connect/places/").content.decode()
    assert "Lakeside Clinic" in rosa.browser.get("/connect/receipts/").content.decode()
    assert "Receipt of stopping" in rosa.browser.get("/connect/place/4706/").content.decode()
