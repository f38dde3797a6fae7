"""A connected place is asked anew, followed to the end, and read: only what is new, or whole charts twice."""

from datetime import timedelta

import pytest
from django.db import connection as database
from django.utils import timezone

from connect.importing import asking, checks, schedule
from connect.models import Connection, ImportRun
from ground import jobs, scope
from ground.models import Job, Mail
from records.models import Record
from tests.sandbox_process import Sandbox
from tests.unit.connect.linked.people import Person, scoped, slice_once, work
from tests.unit.connect.linked.test_importing import app_user, conditions, truth

HAY_FEVER = {"resourceType": "Condition", "id": "hay", "code": {"text": "Hay fever"}}
WORSE = {"resourceType": "Condition", "id": "hay", "code": {"text": "Hay fever, severe"}}


@pytest.fixture
def rosa(sandbox: Sandbox) -> Person:
    """Rosa, whose records of Harbor are here."""
    person = Person()
    person.links(sandbox)
    sandbox.tick()
    work()
    return person


def rows(person: Person, table: str) -> set[tuple[str, str]]:
    """Each row of a table with the transaction that wrote it."""
    with scope.open(person.viewer), database.cursor() as cursor:
        cursor.execute(f"select ctid::text, xmin::text from {table}")
        return set(cursor.fetchall())


def looks(sandbox: Sandbox, person: Person) -> ImportRun:
    """The scheduled look, worked to its end; the run."""
    sandbox.clock(3700)
    job = Job.objects.get(kind=schedule.JOB, state="waiting")
    Job.objects.filter(pk=job.pk).update(due_at=timezone.now())
    jobs.work(job.pk)
    slice_once()
    sandbox.tick()
    work()
    return person.run()


def change(person: Person, **fields: object) -> None:
    with scoped(person.patient):
        Connection.objects.of(person.patient).update(**fields)


def calls(sandbox: Sandbox, path: str, after: int = 0) -> list[dict]:
    return [each for each in sandbox.ledger(after) if path in each["path"]]


def test_an_unchanged_look_writes_no_record_row_and_a_changed_one_exactly_the_changed(sandbox, rosa):
    tables = ("records_record", "records_version", "records_feed")
    before = [rows(rosa, table) for table in tables]
    assert len(before[0]) > 100
    for _ in range(2):  # the first reads again what came within the last hour, the second next to nothing
        looks(sandbox, rosa)
        assert (rosa.run().outcome, rosa.run().new, rosa.run().changed) == ("done", 0, 0)
        assert [rows(rosa, table) for table in tables] == before
    sandbox.change_chart(app_user(rosa), 4706, add=[HAY_FEVER])
    run = looks(sandbox, rosa)
    now = [rows(rosa, table) for table in tables]
    assert (run.new, run.changed, run.is_complete, run.pass_number) == (1, 0, False, 1)
    assert [len(a - b) for a, b in zip(now, before, strict=True)] == [1, 0, 1]
    sandbox.change_chart(app_user(rosa), 4706, drop=[HAY_FEVER], add=[WORSE])
    run = looks(sandbox, rosa)
    then = [rows(rosa, table) for table in tables]
    assert (run.new, run.changed, run.is_complete) == (0, 1, False)
    assert [len(a - b) for a, b in zip(then, now, strict=True)] == [1, 1, 1]
    assert rosa.records() == truth(sandbox, rosa)


def test_a_look_asks_for_what_is_new_by_the_gateways_own_clock(sandbox, rosa):
    looks(sandbox, rosa)
    since = rosa.connection().collected_since
    begun = len(sandbox.ledger())
    run = looks(sandbox, rosa)
    assert run.since == since
    pages = [each for each in calls(sandbox, "everything", begun) if "_since" in str(each["query"])]
    assert len(pages) == 1
    ahead = rosa.connection().collected_since - since
    assert timedelta(seconds=3700) <= ahead < timedelta(seconds=4300)  # as the sandbox's clock, not ours


def test_what_was_withdrawn_is_noticed_by_the_count_and_decided_by_two_whole_passes(sandbox, rosa):
    sandbox.change_chart(app_user(rosa), 4706, add=[HAY_FEVER])
    looks(sandbox, rosa)
    held = conditions(rosa)
    sandbox.change_chart(app_user(rosa), 4706, drop=[HAY_FEVER])
    run = looks(sandbox, rosa)
    assert (run.is_complete, run.pass_number, run.since) == (True, 3, None)
    assert len(held - conditions(rosa)) == 1
    with scope.open(rosa.viewer):
        [gone] = Record.objects.filter(patient=rosa.patient, removed_at__isnull=False)
    assert gone.title == "Hay fever"
    assert looks(sandbox, rosa).pass_number == 1


def test_what_only_one_of_two_passes_misses_stays(sandbox, rosa):
    sandbox.change_chart(app_user(rosa), 4706, add=[HAY_FEVER])
    looks(sandbox, rosa)
    held = conditions(rosa)
    sandbox.change_chart(app_user(rosa), 4706, drop=[HAY_FEVER])
    change(rosa, complete_at=timezone.now() - timedelta(days=31))
    sandbox.clock(3700)
    with scope.open(rosa.viewer):
        checks.begin(rosa.connection())
    slice_once()
    sandbox.tick()
    for _ in range(60):
        if rosa.run().pass_number == 2:
            break
        slice_once()
    assert rosa.run().pass_number == 2
    sandbox.change_chart(app_user(rosa), 4706, add=[HAY_FEVER])
    sandbox.tick()
    work()
    assert rosa.run().outcome == "done"
    assert conditions(rosa) == held


def test_whole_charts_are_read_again_after_thirty_days(sandbox, rosa):
    first = rosa.connection().complete_at
    assert first is not None
    assert not looks(sandbox, rosa).is_complete
    assert rosa.connection().complete_at == first
    change(rosa, complete_at=timezone.now() - timedelta(days=30))
    assert looks(sandbox, rosa).is_complete
    assert rosa.connection().complete_at > first


ANSWERS = {
    "user": {"status": 400, "body": '{"success":false,"error":"missing or bad user"}'},
    "not_connected": {
        "status": 400,
        "body": '{"success":false,"error":"system not connected for this user"}',
    },
    "no_sign_in": {"status": 400, "body": '{"success":false,"error":"no valid source refresh token"}'},
    "place": {"status": 400, "body": '{"success":false,"error":"missing or bad system"}'},
    "version": {"status": 400, "body": '{"success":false,"error":"missing or bad version"}'},
    "forbidden": {"status": 403, "body": '{"success":false,"error":"this user belongs to another app"}'},
    "too_soon": {"status": 429, "headers": {"Retry-After": "1"}},
    "trouble": {"status": 500, "times": None},
}


def test_each_answer_has_a_state_of_its_own_and_what_the_gateway_has_is_read_anyway(sandbox, rosa, caplog):
    for answer, fault in ANSWERS.items():
        sandbox.change_chart(app_user(rosa), 4706, add=[{**HAY_FEVER, "id": answer.replace("_", "-")}])
        sandbox.tick()
        sandbox.fault(route="*/on-demand-ingest", method="POST", **fault)
        begun = len(sandbox.ledger())
        run = looks(sandbox, rosa)
        found = rosa.connection()
        assert (run.outcome, run.new, run.ask_answer, found.ask_answer) == ("done", 1, answer, answer)
        lapsed = answer in ("user", "not_connected", "no_sign_in")
        assert found.state == ("lapsed" if lapsed else "connected"), answer
        assert ("ingest refused" in caplog.text) == (answer in ("place", "version", "forbidden")), answer
        assert len(calls(sandbox, "/on-demand-ingest", begun)) == (4 if answer == "trouble" else 2), answer
        assert rosa.records() == truth(sandbox, rosa)
        change(rosa, state="connected", lapsed_at=None, ask_answer="")
        sandbox.heal()
        caplog.clear()


def test_a_lapsed_sign_in_is_told_once_and_healed_by_signing_in_again(sandbox, rosa):
    sandbox.end_source(app_user(rosa), 4706, gone=True)
    here, was = rosa.records(), rosa.connection()
    looks(sandbox, rosa)
    work(kind="lapsed")
    looks(sandbox, rosa)
    work(kind="lapsed")
    found = rosa.connection()
    assert (found.state, found.access_state) == ("lapsed", "revoked")
    assert rosa.records() == here
    [mail] = Mail.objects.filter(subject__contains="sign in again")
    assert "Harbor" not in mail.subject + (mail.body or "")
    rosa.links(sandbox)
    sandbox.tick()
    work()
    healed = rosa.connection()
    assert (healed.pk, healed.source_id, healed.accepted) == (was.pk, was.source_id, was.accepted)
    assert (healed.state, healed.lapsed_at, healed.access_state) == ("connected", None, "active")
    assert rosa.records() == truth(sandbox, rosa) == here
    with scope.open(rosa.viewer):
        assert Record.objects.values("source").distinct().count() == 1
        assert rosa.connection().happenings.filter(what="lapsed").count() == 1


def test_a_declined_sign_in_leaves_lapsed_what_lapsed_and_stopped_what_was_stopped(sandbox, rosa):
    sandbox.end_source(app_user(rosa), 4706, gone=True)
    looks(sandbox, rosa)
    rosa.links(sandbox, allow=False)
    work()
    assert rosa.connection().state == "lapsed"
    rosa.browser.post(f"/connect/places/{rosa.connection().public_id}/stop/")
    rosa.links(sandbox, allow=False)
    work()
    assert rosa.connection().state == "ended"
    assert not Job.objects.filter(kind=schedule.JOB, state="waiting").exists()


def test_a_place_that_never_begins_or_never_ends_is_given_up_and_said_so(sandbox, rosa, caplog):
    sandbox.fault(route="*/AuditEvent", times=None, body='{"resourceType":"Bundle","entry":[]}', status=200)
    with scope.open(rosa.viewer):
        checks.begin(rosa.connection())
    work()
    assert (rosa.run().outcome, rosa.run().ask_answer, rosa.run().error) == ("done", "trouble", "")
    sandbox.heal()
    rosa.checks(sandbox, tick=False)
    work()
    assert (rosa.run().outcome, rosa.run().error) == ("done", "timed_out")
    assert caplog.text.count("not followed to its end") == 2


def test_a_place_is_checked_by_hand_once_in_five_minutes(sandbox, rosa):
    where = f"/connect/places/{rosa.connection().public_id}/check/"
    assert "/connect/progress/" in rosa.browser.post(where).url
    first = rosa.run().pk
    assert str(rosa.run().public_id) in rosa.browser.post(where).url  # the one on its way
    slice_once()
    sandbox.tick()
    work()
    assert rosa.browser.post(where, follow=True).content.decode().count("You can check again at") == 1
    assert rosa.run().pk == first
    assert "/connect/progress/" in rosa.checks(sandbox).url
    assert rosa.run().pk > first


def test_exactly_one_look_waits_for_each_connection_and_a_lost_one_comes_back(sandbox, rosa):
    waiting = Job.objects.filter(kind=schedule.JOB, state="waiting")
    assert [job.subject for job in waiting] == [rosa.connection().pk]
    hours = (waiting.get().due_at - timezone.now()) / timedelta(hours=1)
    assert 21 < hours < 27
    waiting.delete()
    assert (checks.heal_all(), checks.heal_all(), waiting.count()) == (1, 0, 1)
    waiting.update(state="stuck")
    assert (checks.heal_all(), waiting.count()) == (1, 1)


def test_a_sign_in_that_ends_soon_is_reminded_of_once_with_a_day_for_the_calendar(sandbox, rosa):
    def mails() -> list[Mail]:
        return list(Mail.objects.filter(subject__contains="ends soon"))

    assert rosa.connection().access_state == "active"
    waiting = Job.objects.get(kind="remind", state="waiting")
    until = rosa.connection().access_until
    assert waiting.due_at == until - timedelta(days=14)
    work(5, kind="remind")
    assert mails() == []  # three months ahead
    soon = timezone.now() + timedelta(days=10)
    change(rosa, access_until=soon)
    work(5, kind="remind")
    [mail] = mails()
    assert "Harbor" not in mail.subject + mail.body
    where = f"/connect/places/{rosa.connection().public_id}/sign-in.ics"
    assert where in mail.body
    assert mail.unsubscribe_url
    answer = rosa.browser.get(where)
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert "SUMMARY:Sign in again" in answer.content.decode()
    change(rosa, access_until=timezone.now() + timedelta(days=2))
    type(rosa.user).objects.filter(pk=rosa.user.pk).update(news_by_mail=False)
    work(5, kind="remind")
    assert len(mails()) == 1  # they ended these mails


def test_a_look_that_runs_twice_begins_one_run(sandbox, rosa):
    job = Job.objects.get(kind=schedule.JOB, state="waiting")
    Job.objects.filter(pk=job.pk).update(due_at=timezone.now())
    doomed = jobs.claim(job.pk)
    checks.one_check(doomed)  # and the worker dies before it can say so
    Job.objects.filter(pk=job.pk).update(leased_until=None)
    jobs.work(job.pk)
    with scope.open(rosa.viewer):
        assert ImportRun.objects.of(rosa.patient).filter(ended_at=None).count() == 1
    job.refresh_from_db()
    assert job.state == "waiting"
    assert job.due_at > timezone.now() + timedelta(hours=20)


def test_the_margin_is_longer_than_a_second_look(sandbox):
    assert timedelta(seconds=sum(asking.BETWEEN_LOOKS)) < asking.MARGIN
