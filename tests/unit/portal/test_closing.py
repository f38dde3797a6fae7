"""Close my account: signed out at once, everything gone in the end, whenever a worker dies in between."""

import re
from collections import Counter
from datetime import timedelta
from types import SimpleNamespace
from unittest.mock import patch

import pytest
from django.db import connection, transaction
from django.utils import timezone

from connect import tokens
from connect.gateway import SignInAgain, TryLater
from connect.models import Account, Connection, ImportRun, Place
from connect.services import closing as places
from connect.services import parting
from ground import audit, jobs, outbox, scope
from ground.models import Job, Look, Mail
from ground.viewer import Viewer, job_viewer
from portal import checklist, closing
from portal.models import Closure, Holding, Patient, User
from records import bodies, reading, store, taking
from records import services as speaking
from records.models import Record, Said, Seen
from tests import factories as make
from tests.unit.portal import somebody as they
from tests.upstream import Upstream

pytestmark = pytest.mark.django_db

CANARY = "Quillwort"


class Home:
    """Rosa, whose tables all hold the canary; her child; and a mother whom a brother looks after too."""

    def __init__(self):
        self.user, self.browser = make.user("rosa@example.org"), they.browser()
        self.browser.force_login(self.user)
        self.patient = make.patient(self.user, given=CANARY, family=CANARY)
        self.child = make.patient(self.user, given=f"{CANARY} II", relation="child")
        self.brother = make.user("brother@example.org")
        self.mother = make.patient(self.user, given="Helen", relation="other")
        Holding.objects.create(user=self.brother, patient=self.mother, relation="other")
        self.viewer = make.looking(self.patient, self.user)
        self.place = Place.objects.create(key="4706", name="Lakeside Clinic", fhir_versions="r4")
        self.kept = [make.condition(f"c-{n}", text=f"{CANARY} {n}") for n in range(3)]
        for each in (self.patient, self.child, self.mother):
            self._connect(each)
        self._words(self.patient, "c-1")
        self._words(self.mother, "c-m")
        taking.ask(self.viewer, "zip")
        outbox.post(to="Rosa@example.org", subject=CANARY, body=CANARY)

    def _connect(self, patient):
        word = "Gout" if patient == self.mother else CANARY
        source = make.source(patient, name="Lakeside Clinic")
        viewer = make.looking(patient, self.user)
        with scope.open(viewer):
            account = Account.objects.create(patient=patient, external_id=str(patient.pk))
            account.access = account.refresh = word
            account.save()
            here = Connection.objects.create(
                patient=patient, account=account, place=self.place, fhir_version="r4", source_id=source.pk,
                state="connected", accepted=[word], confirmed_at=timezone.now(),
            )  # fmt: skip
            run = ImportRun.objects.create(
                patient=patient, connection=here, asked_by=self.user, phase="fetching", cursor=word
            )
            jobs.put("import", subject=run.pk, patient_id=patient.pk)
        if patient == self.mother:
            make.records(patient, make.condition("c-m", text="Gout"), source=source)
            return
        make.records(
            patient, *self.kept, make.person(CANARY), source=source, rejected=[("no-id", b'"Quillwort"')]
        )
        make.records(patient, make.condition("c-1", text=f"{CANARY} changed"), source=source)

    def _words(self, patient, fhir_id):
        viewer = make.looking(patient, self.user)
        with scope.open(viewer):
            line = reading.named(viewer, make.origin().pk, "Condition", fhir_id)
            speaker = speaking.Speaker(CANARY, own=patient == self.patient)
            told = {"viewer": viewer, "line": line, "speaker": speaker}
            speaking.say(**told, word="now", comment="yes")
            speaking.doubt(**told, wrong="Never", right="", to="Lakeside")
            speaking.ask(**told, text="Why?")
            audit.looked(viewer, patient.pk, "list", kind="conditions")

    def closes(self) -> Closure:
        answer = self.browser.post("/account/close/", {"sure": "on"})
        assert answer.status_code == 302, answer.content.decode()[:2000]
        return Closure.objects.get()


@pytest.fixture
def far(monkeypatch):
    return Upstream(monkeypatch, parting, places)


@pytest.fixture
def rosa(far):
    return Home()


def work(slices: int = 150, *, ahead: timedelta = timedelta(days=2)) -> int:
    """Work what is due of leaving in turns, as if so much time had passed; how many slices."""
    kinds, turns = (closing.JOB, "parting", "mail"), Counter[int]()
    for done in range(slices):
        due = Job.objects.filter(kind__in=kinds, state="waiting", due_at__lte=timezone.now() + ahead)
        jobs_due = sorted(due.values_list("pk", flat=True), key=lambda pk: (turns[pk], pk))
        if not jobs_due:
            return done
        turns[jobs_due[0]] += 1
        Job.objects.filter(pk=jobs_due[0]).update(due_at=timezone.now(), leased_until=None, attempts=0)
        jobs.work(jobs_due[0])
    return slices


def canaries() -> list[str]:
    """Tables of the whole database in which the canary stands, in whatever form; scope reaches everybody."""
    found = []
    with scope.open(Viewer("job", tuple(range(1, 5000)))), connection.cursor() as cursor:
        cursor.execute("select tablename from pg_tables where schemaname = 'public' order by 1")
        for (table,) in cursor.fetchall():
            cursor.execute(f'select * from "{table}"')
            columns = [each.name for each in cursor.description]
            if any(_holds(dict(zip(columns, row, strict=True))) for row in cursor.fetchall()):
                found.append(table)
    return found


def _holds(row: dict) -> bool:
    values = [bytes(each) if isinstance(each, memoryview) else each for each in row.values()]
    if row.get("dictionary") is not None and row.get("body") is not None:
        values.append(bodies.unpack(row["dictionary"], bytes(row["body"])))
    raw = b" ".join(each if isinstance(each, bytes) else str(each).encode() for each in values)
    return CANARY.lower().encode() in raw.lower() or b"rosa@example.org" in raw.lower()


def test_the_walk_finds_the_canary_where_it_was_planted(rosa):
    records = {"record", "version", "quarantined", "question", "said"}
    others = {"portal_patient", "connect_connection", "connect_importrun", "ground_mail", "portal_user"}
    expected = {f"records_{name}" for name in records} | others
    assert expected <= set(canaries())


def test_the_page_before_says_who_goes_and_who_stays(rosa):
    page = rosa.browser.get("/account/close/").content.decode()
    assert f"All pages of {CANARY} II" in page
    assert "The pages of Helen Delgado" in page
    assert "8 records" in page


def test_without_the_tick_nothing_happens(rosa):
    assert "Nothing was deleted" in rosa.browser.post("/account/close/").content.decode()
    assert Closure.objects.count() == 0


def test_who_signed_in_long_ago_is_asked_again(rosa):
    session = rosa.browser.session
    session["began_at"] = session["seen_at"] = int(timezone.now().timestamp()) - 400
    session["account_authentication_methods"] = []
    session.save()
    assert "/accounts/reauthenticate/" in rosa.browser.post("/account/close/", {"sure": "on"}).url
    assert Closure.objects.count() == 0


def test_one_is_signed_out_everywhere_at_once_and_cannot_sign_in(rosa):
    other = they.browser("10.0.0.9")
    they.sign_in(other, "rosa@example.org")
    assert they.is_in(other)
    rosa.closes()
    assert not they.is_in(rosa.browser)
    assert not they.is_in(other)
    they.sign_in(other, "rosa@example.org")
    assert not they.is_in(other)


def test_collecting_stops_at_once(rosa, far):
    rosa.closes()
    assert far.asked == []
    for patient in (rosa.patient, rosa.child):
        with scope.open(job_viewer(patient.pk)):
            assert ImportRun.objects.get(patient=patient).outcome == "stopped"
            assert Connection.objects.get(patient=patient).state == "ended"
    with scope.open(job_viewer(rosa.mother.pk)):
        assert ImportRun.objects.get(patient=rosa.mother).outcome == ""


def finished(rosa, far) -> Closure:
    """What must be true in the end, however it came about."""
    closure = Closure.objects.get()
    assert (closure.step, closure.user_id, closure.addresses, closure.going) == ("over", None, None, [])
    assert canaries() == []
    assert not User.objects.filter(pk=rosa.user.pk).exists()
    assert list(Patient.objects.all()) == [rosa.mother]
    assert Mail.objects.count() == 0
    assert Job.objects.exclude(kind__in=(closing.JOB, "mail", "import", "news")).count() == 0
    assert {asked[0] for asked in far.asked} == {"revoke", "purge", "close"}
    with scope.open(job_viewer(rosa.mother.pk)):
        assert Record.objects.filter(patient=rosa.mother).count() == 1
        assert Said.objects.get(patient=rosa.mother).speaker == "Somebody who looked after them"
        assert Seen.objects.filter(user_id=rosa.user.pk).count() == 0
    return closure


def test_in_the_end_nothing_of_it_is_found_in_any_table(rosa, far):
    sent = []
    with patch.object(outbox, "get_connection", lambda _: SimpleNamespace(send_messages=sent.extend)):
        closure = rosa.closes()
        work()
    finished(rosa, far)
    counted = Closure.objects.get().removed
    assert (counted["records"], counted["versions"], counted["unread"], counted["people"]) == (8, 2, 2, 2)
    assert (counted["words"], counted["takeouts"], counted["places"]) == (3, 1, 2)
    (mail,) = sent
    assert mail.to == ["rosa@example.org"]
    assert f"/account/closed/{closure.public_id}/" in mail.body
    assert CANARY not in mail.body + mail.subject


def test_looks_stay_and_lead_to_nobody(rosa):
    rosa.closes()
    work()
    with scope.open(job_viewer(rosa.patient.pk)):
        look = Look.objects.filter(patient_id=rosa.patient.pk).latest("pk")
    assert look.user_id == rosa.user.pk
    assert not User.objects.filter(pk=look.user_id).exists()
    assert not Patient.objects.filter(pk=look.patient_id).exists()


class Killed(BaseException):
    """The worker is gone: nothing of the transaction under way is kept, and nothing is settled."""


def test_workers_that_die_twice_at_every_step_are_followed_by_one_that_finishes(rosa, far, monkeypatch):
    died = []

    def dying(step, usual):
        def inside(job, closure):
            deaths = died.count(step)
            died.append(step)
            if deaths == 0:  # in the middle of it
                with transaction.atomic():
                    usual(job, closure)
                    raise Killed
            outcome = usual(job, closure)
            if deaths == 1:  # its work is kept; that it was done is not
                raise Killed
            return outcome

        return inside

    for step, usual in checklist._STEPS.items():
        monkeypatch.setitem(checklist._STEPS, step, dying(step, usual))
    rosa.closes()
    for _ in range(2 * len(checklist._STEPS)):
        with pytest.raises(Killed):
            work()
    work()
    assert {died.count(step) >= 3 for step in Closure.Step.values if step != "over"} == {True}
    finished(rosa, far)


def test_an_outage_is_waited_out_and_after_half_a_day_what_is_here_goes_first(rosa, far):
    far.says = [TryLater("revoke", 503)] * 40
    closure = rosa.closes()
    work(6)
    assert Closure.objects.get().step == "permissions"
    assert "records_record" in canaries()
    Closure.objects.update(begun_at=timezone.now() - timedelta(hours=13))
    work(45)
    assert "records_record" not in canaries()
    page = rosa.browser.get(f"/account/closed/{closure.public_id}/").content.decode()
    assert "Not confirmed yet" in page
    work()
    finished(rosa, far)


def test_a_purge_that_is_cut_off_is_called_again(rosa, far):
    far.says = [None, None, TryLater("purge", 504), TryLater("purge", 504)]
    rosa.closes()
    work()
    assert [asked[0] for asked in far.asked].count("purge") == 4
    finished(rosa, far)


def test_a_late_worker_opens_no_account_again(rosa, far, monkeypatch):
    monkeypatch.undo()
    rosa.closes()
    with scope.open(job_viewer(rosa.patient.pk)):
        Account.objects.of(rosa.patient).update(closed_at=timezone.now(), access_sealed=None)
    with pytest.raises(SignInAgain):
        tokens.key(rosa.patient.pk, person=False)


def test_the_receipt_needs_no_sign_in_names_nobody_and_ends_after_a_month(rosa, far):
    closure = rosa.closes()
    address = f"/account/closed/{closure.public_id}/"
    stranger = they.browser("10.0.0.7")
    assert "being closed" in stranger.get(address).content.decode()
    work()
    page = stranger.get(address).content.decode()
    for line in ("Your account is closed", "8 records", "Deleted, confirmed", "six years"):
        assert line in page
    assert not re.search("Quillwort|Rosa|Delgado|Lakeside|example.org|Helen", page.split("<main")[1])
    Closure.objects.update(ended_at=timezone.now() - timedelta(days=31))
    assert stranger.get(address).status_code == 404
    assert closing.forget_receipts() == 1


def test_the_same_address_begins_anew_at_once(rosa, far):
    with scope.open(job_viewer(rosa.patient.pk)):
        old = Account.objects.get(patient=rosa.patient).app_user_id
    rosa.closes()
    client = they.browser("10.0.0.8")
    they.sign_up(client, "rosa@example.org")
    they.confirm(client, "rosa@example.org")
    assert they.is_in(client)
    work()
    fresh = User.objects.get(email="rosa@example.org")
    again = make.patient(fresh)
    with scope.open(job_viewer(again.pk)):
        assert Account.objects.create(patient=again).app_user_id != old
        assert store.held(again.pk) == 0
