"""The whole way against the real sandbox: leave, sign in, come back, each record is here exactly once."""

import json
from datetime import date, timedelta

import pytest
from django.db import connection as database
from django.test import Client
from django.utils import timezone

from connect import importing
from connect.models import Account, Happening, ImportRun, LinkAttempt, Pacing, Sighting
from ground import jobs, scope
from ground.models import Job, Mail
from records import reading
from records.models import Delivery, Record, Source
from tests import factories as make
from tests.sandbox_process import Sandbox
from tests.unit.connect.linked.people import ROSA, Person, scoped, slice_once, work

HELEN = ("Helen", "Brandt", date(1974, 12, 30))


def app_user(person: Person) -> str:
    with scoped(person.patient):
        return Account.objects.of(person.patient).get().app_user_id


def truth(sandbox: Sandbox, person: Person) -> list[tuple[str, str]]:
    return sorted((each["type"], each["id"]) for each in sandbox.truth(app_user(person)))


def row_versions(person: Person) -> list[tuple[str, str]]:
    """Which transaction wrote each record row."""
    with scope.open(person.viewer), database.cursor() as cursor:
        cursor.execute("select fhir_id, xmin::text from records_record order by 1")
        return list(cursor.fetchall())


def until(person: Person, phase: str) -> ImportRun:
    for _ in range(40):
        if person.run().phase == phase:
            return person.run()
        slice_once()
    raise AssertionError(f"never came to {phase}: {person.run().phase}")


def what_happened(person: Person) -> list[str]:
    """What the connections' pages have to tell, the sign-in first."""
    with scope.open(person.viewer):
        told = Happening.objects.of(person.patient).order_by("at", "pk").values_list("what", flat=True)
        return [each for each in told if each != "selected"]


def progress(person: Person) -> dict:
    run = person.run()
    answer = person.browser.get(f"/connect/progress/{run.public_id}/", headers={"accept": "application/json"})
    return json.loads(answer.content)


def test_everything_the_place_holds_is_here_exactly_once(sandbox, rosa):
    page = rosa.links(sandbox)
    sandbox.tick()
    work()
    assert rosa.records() == truth(sandbox, rosa)
    assert len(rosa.records()) > 100
    assert (rosa.run().outcome, rosa.connection().state) == ("done", "connected")
    told = rosa.browser.get(page).content.decode()
    with scope.open(rosa.viewer):
        listed = sum(kind.count for kind in reading.menu(rosa.viewer))
    assert f"{listed} new records from Harbor" in told
    assert f"{len(rosa.records()) - listed} more came that stand in no list" in told
    assert "Once you say that you have looked at them" in rosa.browser.get("/").content.decode()
    assert what_happened(rosa) == ["returned", "started", "finished", "came"]


def test_an_unchanged_second_import_writes_no_record_row(sandbox, rosa):
    rosa.links(sandbox)
    sandbox.tick()
    work()
    before = row_versions(rosa)
    rosa.checks(sandbox)
    work()
    assert (rosa.run().outcome, rosa.run().new, rosa.run().changed) == ("done", 0, 0)
    assert row_versions(rosa) == before
    assert "Nothing new" in progress(rosa)["text"]


def test_a_second_import_brings_what_is_new(sandbox, rosa):
    rosa.links(sandbox)
    sandbox.tick()
    work()
    added = {"resourceType": "Condition", "id": "new-one", "code": {"text": "Hay fever"}}
    sandbox.change_chart(app_user(rosa), 4706, add=[added])
    sandbox.tick()
    rosa.checks(sandbox)
    work()
    assert rosa.run().new == 1
    assert Job.objects.filter(kind="news", subject=rosa.patient.pk).count() == 1
    assert rosa.records() == truth(sandbox, rosa)
    assert "1 record came" in rosa.browser.get("/connect/places/").content.decode()


def conditions(person: Person) -> set[str]:
    with scope.open(person.viewer):
        rows = Record.objects.filter(patient=person.patient, resource_type="Condition", removed_at=None)
        return set(rows.values_list("fhir_id", flat=True))


def test_what_a_complete_pass_no_longer_brings_is_taken_out_of_the_lists(sandbox, rosa):
    rosa.links(sandbox)
    sandbox.tick()
    work()
    added = {"resourceType": "Condition", "id": "a-while", "code": {"text": "Hay fever"}}
    before = conditions(rosa)
    for change in ({"add": [added]}, {"drop": [added]}):
        sandbox.change_chart(app_user(rosa), 4706, **change)
        sandbox.tick()
        rosa.checks(sandbox)
        work()
        if "add" in change:
            assert len(conditions(rosa)) == len(before) + 1
    assert conditions(rosa) == before
    with scope.open(rosa.viewer):
        gone = Record.objects.filter(patient=rosa.patient, removed_at__isnull=False)
        assert [one.title for one in gone] == ["Hay fever"]
        assert not Sighting.objects.of(rosa.patient).exists()


def test_the_first_page_is_shown_before_the_last_is_fetched(sandbox, rosa):
    rosa.links(sandbox)
    sandbox.tick()
    until(rosa, "fetching")
    slice_once()
    with scope.open(rosa.viewer):
        assert Source.objects.get().gate == "open"
    assert 0 < len(rosa.records()) < len(truth(sandbox, rosa))
    state = progress(rosa)
    assert (state["value"], state["over"]) == (len(rosa.records()), False)
    assert state["max"] == len(truth(sandbox, rosa))
    assert "You can leave; we will email you." in state["text"]


def test_one_mail_says_that_the_records_are_here_and_nothing_else(sandbox, rosa):
    rosa.links(sandbox)
    sandbox.tick()
    work()
    rosa.checks(sandbox)
    work()
    subjects = list(Mail.objects.values_list("to", "subject"))
    assert subjects == [("rosa@example.org", "Your records from Harbor Teaching Hospital (demo) are here")]


def test_a_slice_that_ran_out_of_its_lease_keeps_nothing(sandbox, rosa):
    rosa.links(sandbox)
    sandbox.tick()
    run = until(rosa, "fetching")
    job = jobs.claim(Job.objects.get(state="waiting", kind="import").pk)
    Job.objects.filter(pk=job.pk).update(leased_until=timezone.now() - timedelta(seconds=1))
    assert jobs.claim(job.pk) is not None
    with pytest.raises(jobs.LeaseLost):
        importing.one_slice(job)
    assert rosa.records() == []
    assert rosa.run().cursor == run.cursor


@pytest.mark.parametrize("kept", [True, False], ids=["after its commit", "before its commit"])
def test_a_worker_killed_in_every_slice_loses_nothing_and_doubles_nothing(sandbox, rosa, kept):
    rosa.links(sandbox)
    sandbox.tick()
    for _ in range(60):
        job = Job.objects.filter(kind="import", state="waiting").first()
        if job is None or rosa.run().is_over:
            break
        Job.objects.filter(pk=job.pk).update(due_at=timezone.now() - timedelta(seconds=1), leased_until=None)
        doomed = jobs.claim(job.pk)
        if kept:
            importing.one_slice(doomed)  # and the worker dies before it can say so
        Job.objects.filter(pk=job.pk).update(leased_until=None, attempts=0)
        jobs.work(job.pk)
    work()
    assert rosa.records() == truth(sandbox, rosa)


def test_a_job_that_crashes_for_good_says_so(sandbox, rosa):
    rosa.links(sandbox)
    job = Job.objects.get(kind="import")
    Job.objects.filter(pk=job.pk).update(attempts=jobs.ATTEMPTS)
    jobs.work(job.pk)
    assert (rosa.run().outcome, rosa.run().error) == ("failed", "internal")
    assert "on our side" in progress(rosa)["text"]


def test_who_declines_shares_nothing_and_reads_so(sandbox, rosa):
    page = rosa.links(sandbox, allow=False)
    work()
    assert rosa.run().outcome == "declined"
    assert rosa.records() == []
    assert "you did not agree, so nothing was shared" in rosa.browser.get(page).content.decode()
    assert rosa.browser.get("/connect/places/").content.decode().count("<article") == 0


def test_a_callback_that_claims_success_is_not_believed(sandbox, rosa):
    rosa.leaves_for("4706")
    answer = rosa.browser.get("/connect/return/", {"success": "true", "iss": "https://anything.example"})
    work()
    assert rosa.run().outcome == "nothing"
    assert rosa.records() == []
    page = rosa.browser.get(answer.url).content.decode()
    assert "We have not heard from" in page
    assert "Start again with" in page


def test_records_of_somebody_who_finished_in_another_browser_are_never_collected(sandbox, rosa):
    address = sandbox.agree(rosa.leaves_for("4706"), "Helen")
    sandbox.tick()
    stranger = Client()
    page = stranger.get(address[address.index("/connect") :]).content.decode()
    assert "Nothing is waiting here" in page
    work()
    assert rosa.records() == []
    with scope.open(rosa.viewer):
        assert ImportRun.objects.of(rosa.patient).count() == 0
    assert "Not confirmed" in rosa.browser.get("/connect/places/").content.decode()


def test_a_link_finished_elsewhere_and_claimed_afterwards_brings_nothing_of_anybody_else(sandbox, rosa):
    sandbox.agree(rosa.leaves_for("4706"), "Helen")
    sandbox.tick()
    rosa.browser.post("/accounts/login/", {"login": rosa.user.email, "password": "a-long-enough-password"})
    attempt = rosa.attempts()[0]
    from connect import services

    services.confirm_link(attempt=attempt)
    work()
    assert (rosa.run().outcome, rosa.run().error) == ("not_mine", "differs")
    assert rosa.records() == []
    with scope.open(rosa.viewer):
        assert not Source.objects.filter(gate="open").exists()


def test_a_link_finished_elsewhere_and_claimed_by_its_owner_is_collected(sandbox, rosa):
    sandbox.agree(rosa.leaves_for("4706"), "Rosa")
    sandbox.tick()
    from connect import services

    services.confirm_link(attempt=rosa.attempts()[0])
    work()
    assert rosa.records() == truth(sandbox, rosa)


def test_a_stranger_who_signs_in_at_a_connected_place_is_not_collected_by_the_next_look(sandbox, rosa):
    rosa.links(sandbox)
    sandbox.tick()
    work()
    mine = rosa.records()
    sandbox.agree(rosa.leaves_for("4706"), "Helen")
    sandbox.tick()
    rosa.checks(sandbox)
    work()
    assert rosa.run().outcome == "done"
    assert rosa.records() == mine
    assert len(truth(sandbox, rosa)) > len(mine)
    assert (
        "also sent records of somebody with another name"
        in rosa.browser.get("/connect/places/").content.decode()
    )


@pytest.fixture
def married():
    """Rosa, who told us another last name than the hospital has."""
    return Person(("Rosa", "Marin", ROSA[2]))


def test_another_name_waits_for_an_answer_and_nothing_is_fetched(sandbox, married):
    page = married.links(sandbox)
    sandbox.tick()
    until(married, "question")
    assert married.records() == []
    assert progress(married)["over"] is True
    assert "/connect/question/" in married.browser.get(page).content.decode()


def test_the_question_shows_where_it_differs_and_nothing_of_a_stranger(sandbox, married):
    married.links(sandbox)
    sandbox.tick()
    until(married, "question")
    asked = married.browser.get(f"/connect/question/{married.connection().public_id}/").content.decode()
    assert "Another name" in asked
    assert "The same" in asked
    assert "Rosa Marin" in asked
    assert "Delgado" not in asked + (married.connection().said or "")


def test_only_who_has_just_signed_in_may_answer(sandbox, married):
    married.links(sandbox)
    sandbox.tick()
    until(married, "question")
    married.signed_in_long_ago()
    where = f"/connect/question/{married.connection().public_id}/"
    assert married.browser.post(where, {"answer": "mine"}).url.startswith("/accounts/reauthenticate/")
    assert married.run().phase == "question"


def test_yes_they_are_mine_collects_them(sandbox, married):
    married.links(sandbox)
    sandbox.tick()
    until(married, "question")
    married.browser.post(f"/connect/question/{married.connection().public_id}/", {"answer": "mine"})
    work()
    assert married.run().outcome == "done"
    assert married.records() == truth(sandbox, married)
    assert married.connection().said is None
    assert [each for each in what_happened(married) if each in ("doubted", "mine", "came")] == [
        "doubted", "mine", "came",
    ]  # fmt: skip


def test_no_it_is_someone_else_keeps_nothing(sandbox, married):
    married.links(sandbox)
    sandbox.tick()
    until(married, "question")
    where = f"/connect/question/{married.connection().public_id}/"
    married.browser.post(where, {"answer": "not_mine"})
    work()
    assert (married.run().outcome, married.connection().state) == ("not_mine", "refused")
    assert married.connection().said is None
    assert married.records() == []
    with scope.open(married.viewer):
        assert Source.objects.get().gate == "refused"
    assert married.browser.post(where, {"answer": "mine"}).url == "/connect/places/"
    assert married.checks(sandbox).url == "/connect/places/"


def test_somebody_i_look_after_keeps_nothing_and_leads_to_their_own_pages(sandbox, married):
    married.links(sandbox)
    sandbox.tick()
    until(married, "question")
    child = make.patient(married.user, given="Mateo", relation="child")
    where = f"/connect/question/{married.connection().public_id}/"
    page = married.browser.post(where, {"answer": "looked_after"}, follow=True).content.decode()
    assert (married.run().outcome, married.run().error) == ("not_mine", "looked_after")
    assert married.records() == []
    assert "of somebody you look after" in page
    assert "Add another person you look after" in page
    assert "Collect for Mateo" in page
    going = married.browser.post(f"/account/people/{child.public_id}/look/", {"place": "4706"})
    assert going.url == "/connect/place/4706/"
    assert "For Mateo Delgado" in married.browser.get(going.url).content.decode()


def test_where_name_and_birth_date_both_differ_nobody_is_asked(sandbox, rosa, caplog):
    page = rosa.links(sandbox, person="Helen")
    sandbox.tick()
    work()
    assert (rosa.run().outcome, rosa.run().error) == ("not_mine", "differs")
    assert rosa.records() == []
    assert rosa.connection().said is None
    assert "connect.unmatched" in caplog.text
    shown = rosa.browser.get(page).content.decode()
    assert "are not yours" in shown
    assert "Brandt" not in shown
    where = f"/connect/question/{rosa.connection().public_id}/"
    assert rosa.browser.post(where, {"answer": "mine"}).url == "/connect/places/"


def test_a_question_lapses_after_a_week(sandbox, married):
    married.links(sandbox)
    sandbox.tick()
    until(married, "question")
    slice_once()
    assert married.run().phase == "question"
    with scope.open(married.viewer):
        ImportRun.objects.of(married.patient).update(heartbeat_at=timezone.now() - timedelta(days=8))
    slice_once()
    assert (married.run().outcome, married.connection().said) == ("not_mine", None)


def test_a_place_that_is_still_sending_is_asked_again_until_it_has_sent_everything(sandbox, rosa):
    rosa.links(sandbox, "4793")
    sandbox.tick()
    work(12)
    run = rosa.run()
    assert not run.is_over
    assert "still be sending" in progress(rosa)["text"] or "first time" in progress(rosa)["text"]
    job = Job.objects.get(kind="import")
    assert job.due_at > job.created_at
    sandbox.clock(3600)
    sandbox.tick()
    work()
    assert rosa.run().outcome == "done"
    assert rosa.records() == truth(sandbox, rosa)


@pytest.mark.parametrize(
    ("minutes", "words"),
    [(1, "You can leave; we will email you."), (11, "takes longer than most"), (61, "need a day")],
)
def test_what_is_said_of_the_wait_grows_old_with_it(sandbox, rosa, minutes, words):
    rosa.links(sandbox, "4793")
    sandbox.tick()
    work(6)
    with scope.open(rosa.viewer):
        began = timezone.now() - timedelta(minutes=minutes)
        ImportRun.objects.of(rosa.patient).update(started_at=began, phase="waiting")
    assert words in progress(rosa)["text"]


def test_a_place_that_never_finishes_sending_is_shown_as_not_complete(sandbox, rosa):
    rosa.links(sandbox, "4794")
    sandbox.tick()
    work()
    assert (rosa.run().outcome, rosa.run().error) == ("done", "timed_out")
    assert rosa.records()
    assert "did not finish sending" in rosa.browser.get("/connect/places/").content.decode()


def test_too_many_requests_postpones_and_shrinks_the_budget(sandbox, rosa):
    rosa.links(sandbox)
    sandbox.tick()
    until(rosa, "fetching")
    sandbox.fault(route="*everything*", status=429, headers={"Retry-After": "7"})
    job = slice_once()
    assert job.state == "waiting"
    assert 5 < (job.due_at - timezone.now()).total_seconds() <= 7
    assert Pacing.objects.get(credential="oneup:all").percent == 50
    assert "We will try again at" in progress(rosa)["text"]
    Pacing.objects.update(closed_until=None)
    work()
    assert rosa.records() == truth(sandbox, rosa)


def test_a_long_outage_stops_the_import_honestly(sandbox, rosa):
    rosa.links(sandbox)
    sandbox.tick()
    until(rosa, "fetching")
    sandbox.fault(route="*everything*", status=503, times=None)
    work(60)
    assert (rosa.run().outcome, rosa.run().error) == ("failed", "no_answer")
    assert "could not reach" in rosa.browser.get("/connect/places/").content.decode()
    sandbox.heal()
    rosa.checks(sandbox)
    work()
    assert rosa.records() == truth(sandbox, rosa)


def test_garbage_once_is_read_again(sandbox, rosa):
    rosa.links(sandbox)
    sandbox.tick()
    until(rosa, "fetching")
    sandbox.fault(route="*everything*", garbage="noise")
    work()
    assert rosa.records() == truth(sandbox, rosa)


def test_garbage_for_ever_is_noted_and_nothing_is_called_none(sandbox, rosa):
    rosa.links(sandbox)
    sandbox.tick()
    until(rosa, "fetching")
    slice_once()
    first_page = rosa.records()
    sandbox.fault(route="*everything*", garbage="list", times=None)
    work()
    assert (rosa.run().outcome, rosa.run().error) == ("done", "unreadable")
    assert rosa.records() == first_page
    assert "could not read all" in rosa.browser.get("/connect/places/").content.decode()
    with scope.open(rosa.viewer):
        assert Delivery.objects.get(kind="").state == "failed"
        assert not Delivery.objects.filter(state="none").exists()


def test_a_refused_chart_is_said_to_be_refused(sandbox, rosa):
    rosa.links(sandbox)
    sandbox.tick()
    until(rosa, "fetching")
    sandbox.fault(route="*everything*", status=403, body='{"message":"Forbidden"}', times=None)
    work()
    assert rosa.run().error == "refused"
    assert "did not hand over all" in rosa.browser.get("/connect/places/").content.decode()


def test_a_token_that_died_early_is_replaced_without_bothering_the_patient(sandbox, rosa):
    rosa.links(sandbox)
    sandbox.tick()
    until(rosa, "fetching")
    sandbox.end_tokens(app_user(rosa), "both")
    work()
    assert rosa.records() == truth(sandbox, rosa)


def test_tokens_that_are_always_refused_stop_the_import(sandbox, rosa):
    rosa.links(sandbox)
    sandbox.tick()
    until(rosa, "fetching")
    sandbox.fault(route="*everything*", status=401, times=None)
    assert work() < 8
    assert (rosa.run().outcome, rosa.run().error) == ("failed", "sign_in")


def test_stopping_ends_the_import_and_keeps_what_came(sandbox, rosa):
    rosa.links(sandbox)
    sandbox.tick()
    until(rosa, "fetching")
    slice_once()
    here = rosa.records()
    where = f"/connect/places/{rosa.connection().public_id}/stop/"
    assert "Stop updates from" in rosa.browser.get(where).content.decode()
    rosa.browser.post(where)
    work()
    assert (rosa.run().outcome, rosa.connection().state) == ("stopped", "ended")
    assert rosa.records() == here
    assert "Stopped" in rosa.browser.get("/connect/places/").content.decode()


def test_a_stop_while_a_page_is_under_way_keeps_nothing_of_that_page(sandbox, rosa):
    from connect.importing.slices import Over, Slice, load

    rosa.links(sandbox)
    sandbox.tick()
    until(rosa, "fetching")
    job = jobs.claim(Job.objects.get(state="waiting", kind="import").pk)
    with scoped(rosa.patient):
        under_way = Slice(job, load(rosa.patient.pk, job.subject))
    rosa.browser.post(f"/connect/places/{rosa.connection().public_id}/stop/")
    with pytest.raises(Over):
        importing.phases.fetching(under_way)
    assert rosa.records() == []


def test_coming_back_again_after_stopping_connects_again(sandbox, rosa):
    rosa.links(sandbox)
    sandbox.tick()
    work()
    rosa.browser.post(f"/connect/places/{rosa.connection().public_id}/stop/")
    rosa.links(sandbox)
    sandbox.tick()
    work()
    assert (rosa.run().outcome, rosa.connection().state) == ("done", "connected")
    assert rosa.records() == truth(sandbox, rosa)


def test_a_failed_second_sign_in_leaves_the_connection_as_it_was(sandbox, rosa):
    rosa.links(sandbox)
    sandbox.tick()
    work()
    rosa.links(sandbox, allow=False)
    work()
    assert (rosa.run().outcome, rosa.connection().state) == ("declined", "connected")


def test_two_places_of_one_person_are_kept_apart(sandbox, rosa):
    rosa.links(sandbox)
    rosa.links(sandbox, "4707")
    sandbox.tick()
    work()
    with scope.open(rosa.viewer):
        assert set(Source.objects.values_list("key", "gate")) == {
            ("oneup:4706", "open"),
            ("oneup:4707", "open"),
        }
        assert Record.objects.values("source").distinct().count() == 2
    assert rosa.records() == truth(sandbox, rosa)


def test_nothing_secret_or_clinical_is_logged(sandbox, rosa, caplog):
    caplog.set_level("DEBUG")
    rosa.links(sandbox)
    sandbox.tick()
    sandbox.fault(route="*everything*", status=503)
    work()
    with scoped(rosa.patient):
        account = Account.objects.of(rosa.patient).get()
    attempt = LinkAttempt.objects.of(rosa.patient).get()
    for secret in (account.access, account.refresh, "Delgado", "Hypertension", str(attempt.public_id)):
        assert secret not in caplog.text.replace(str(rosa.run().public_id), "")
    assert "gateway trouble" in caplog.text


def test_a_refusal_stands_until_the_place_is_asked_anew_and_says_otherwise(sandbox, rosa):
    def answer():
        with scope.open(rosa.viewer):
            return Delivery.objects.get(kind="claims").state

    sandbox.switch(refused_types={"4706": ["ExplanationOfBenefit"]})
    rosa.links(sandbox)
    sandbox.tick()
    work()
    assert answer() == "refused"
    sandbox.switch(refused_types={})
    rosa.checks(sandbox)
    work()
    assert answer() == "none"
