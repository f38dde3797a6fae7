"""Operating it: alarms fire when they are caused and clear, numbers for machines, the page, being ready."""

import logging
import re
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from allauth.mfa.models import Authenticator
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.contrib.admin.models import LogEntry
from django.db import connection, connections
from django.test import Client
from django.utils import timezone

from connect.models import Breaker
from ground import counting, jobs
from ground.models import Alarm, Count, Heartbeat, Job
from portal import housekeeping, keys, operating, readiness
from portal.watching import alarms, measures, metrics, rounds
from portal.watching.measures import Measured, measure
from portal.watching.rules import RULES
from tests import factories as make
from tests.conftest import owner_address

pytestmark = pytest.mark.django_db
#: For what a commit, another connection or another role has to see.
committed = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def fine(monkeypatch, settings) -> None:
    """A house in which all is well: heartbeats now, a broker without a queue."""
    monkeypatch.setattr(jobs, "ring", lambda _pk: None)
    monkeypatch.setattr(measures, "_broker", lambda: 0)
    for name in (measures.SWEEP, measures.CANARY, measures.HOUSEKEEPING):
        counting.beat(name)


def late(name: str, seconds: float = 200) -> None:
    Heartbeat.objects.update_or_create(
        name=name, defaults={"at": timezone.now() - timedelta(seconds=seconds)}
    )


def count(name: str, what: str, how: str, many: int) -> Callable[..., None]:
    """A cause: something was counted so often just now; over when those ten minutes are long gone."""

    def cause(**_: object) -> None:
        counting.add(name, what, how, by=many)

    return cause


def forget_counts(**_: object) -> None:
    Count.objects.update(at=timezone.now() - timedelta(hours=2))


# --- Each alarm: its cause, and what ends it ---------------------------------------------------------------
def hung_worker(monkeypatch, **_: object) -> None:
    late(measures.SWEEP)
    late(measures.CANARY)
    monkeypatch.setattr(measures, "_broker", lambda: 12)


def worker_back(monkeypatch, **_: object) -> None:
    monkeypatch.setattr(measures, "_broker", lambda: 0)
    counting.beat(measures.SWEEP)
    counting.beat(measures.CANARY)


def no_beat(**_: object) -> None:
    late(measures.SWEEP)
    late(measures.CANARY)


def old_job(**_: object) -> None:
    Job.objects.create(kind="import", subject=1, due_at=timezone.now() - timedelta(minutes=6))


def done_job(**_: object) -> None:
    Job.objects.filter(kind="import").update(state=Job.State.DONE)


def may_change_looks(**_: object) -> None:
    _as_owner("grant delete on ground_look to tributary_app")


def may_not_change_looks(**_: object) -> None:
    _as_owner("revoke delete on ground_look from tributary_app")


def _as_owner(statement: str) -> None:
    role = connection.settings_dict["USER"]
    with psycopg.connect(owner_address(), autocommit=True) as owner:
        owner.execute(statement.replace("tributary_app", f'"{role}"'))


def small_room(settings, **_: object) -> None:
    settings.DATABASE_GIGABYTES = 0.001


def large_room(settings, **_: object) -> None:
    settings.DATABASE_GIGABYTES = 1000


def ending_certificate(settings, tmp_path: Path, **_: object) -> None:
    settings.SITE_CERTIFICATE = str(tmp_path / "site.pem")
    _certificate(tmp_path / "site.pem", days=3)


def new_certificate(tmp_path: Path, **_: object) -> None:
    _certificate(tmp_path / "site.pem", days=80)


def _certificate(path: Path, days: int) -> None:
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    made = x509.CertificateBuilder(name, name, key.public_key(), 1, now, now + timedelta(days=days))
    path.write_bytes(made.sign(key, hashes.SHA256()).public_bytes(hashes_encoding()))


def hashes_encoding():
    from cryptography.hazmat.primitives.serialization import Encoding

    return Encoding.PEM


def old_key(**_: object) -> None:
    keys.keep_words()
    Heartbeat.objects.filter(name__startswith="key ").update(at=timezone.now() - timedelta(days=500))


def young_key(**_: object) -> None:
    Heartbeat.objects.filter(name__startswith="key ").update(at=timezone.now())


def key_gone(**_: object) -> None:
    counting.beat(keys.SURVEY, {"connect_account.access_sealed gone": 7})


def key_back(**_: object) -> None:
    counting.beat(keys.SURVEY, {"connect_account.access_sealed t": 7})


def seal_broken(**_: object) -> None:
    counting.beat(measures.SEALED, {"bad": ["seal 1: changed, looks 7"]})


def seal_whole(**_: object) -> None:
    counting.beat(measures.SEALED, {"bad": []})


CAUSES = [
    ("stuck_worker", hung_worker, worker_back),
    ("stuck_worker", lambda **_: late(measures.CANARY), lambda **_: counting.beat(measures.CANARY)),
    ("no_beat", no_beat, worker_back),
    ("queue_age", old_job, done_job),
    ("too_many", count("upstream", "everything", "429", 10), forget_counts),
    ("refresh_failures", count("tokens", "failed", "", 3), forget_counts),
    ("mismatch", count("mismatch", "return", "", 3), forget_counts),
    ("brute_force", count("sign in", "password", "failed", 100), forget_counts),
    pytest.param("audit_gap", may_change_looks, may_not_change_looks, marks=committed),
    ("seal", seal_broken, seal_whole),
    ("disk", small_room, large_room),
    ("expiry", ending_certificate, new_certificate),
    ("expiry", old_key, young_key),
    ("expiry", key_gone, key_back),
    ("quarantine", count("quarantine", "", "", 50), forget_counts),
]


def test_nothing_fires_in_a_house_where_all_is_well():
    assert alarms.evaluate() == []


def test_every_alarm_has_a_cause():
    assert {name for name, *_ in (getattr(each, "values", each) for each in CAUSES)} == {
        rule.name for rule in RULES
    }
    assert len(RULES) == 12  # as G27 has them


@pytest.mark.parametrize(("name", "cause", "end"), CAUSES)
def test_it_fires_with_its_cause_and_clears_without(
    name, cause, end, caplog, monkeypatch, settings, tmp_path
):
    parts = {"monkeypatch": monkeypatch, "settings": settings, "tmp_path": tmp_path}
    cause(**parts)
    with caplog.at_level(logging.INFO, "portal.watching.alarms"):
        assert alarms.evaluate() == [name]
        assert alarms.evaluate() == [name]
        assert Alarm.objects.get(fires=True).said
        assert f'tributary_alarm{{alarm="{name}"}} 1' in metrics.text(Measured())
        end(**parts)
        assert alarms.evaluate() == []
    assert not alarms.firing()
    assert f'tributary_alarm{{alarm="{name}"}} 0' in metrics.text(Measured())
    assert [record.getMessage() for record in caplog.records] == ["alarm fires", "alarm clears"]
    assert {record.alarm for record in caplog.records} == {name}


def test_looks_that_were_changed_are_noticed():
    assert next(rule for rule in RULES if rule.name == "audit_gap").look(Measured(looks_changed=1))


@pytest.mark.parametrize(("name", "broker"), [("no_beat", 0), ("stuck_worker", 5)])
def test_what_never_happened_is_late_when_there_was_time_for_it(name, broker):
    look = next(rule.look for rule in RULES if rule.name == name)
    assert not look(Measured(installed=30, broker=broker))
    assert look(Measured(installed=300, broker=broker))


# --- The rounds --------------------------------------------------------------------------------------------
def go(kind: str) -> Job:
    job = Job.objects.get(kind=kind, state="waiting")
    jobs.work(job.pk)
    job.refresh_from_db()
    return job


def test_the_sweep_beats_and_puts_each_round_once():
    Heartbeat.objects.all().delete()
    rounds.ensure()
    rounds.ensure()
    assert measure().sweep is not None
    assert sorted(Job.objects.values_list("kind", flat=True)) == ["alarms", "canary", "keys", "seal"]
    canary, looked, surveyed = go("canary"), go("alarms"), go("keys")
    now = timezone.now()
    assert now + timedelta(seconds=50) < min(canary.due_at, looked.due_at)
    assert surveyed.due_at > now + timedelta(hours=23)
    assert measure().canary is not None
    assert Heartbeat.objects.filter(name__in=["canary", "alarms", "keys", "key t"]).count() == 4


def test_keys_are_surveyed_a_few_patients_at_a_time(monkeypatch):
    for _ in range(3):
        make.patient(make.user())
    real = rounds.rotating.survey
    monkeypatch.setattr(rounds.rotating, "survey", lambda after: real(after, most=2))
    rounds.ensure()
    job = go("keys")
    assert (job.slices, job.state) == (1, "waiting")
    go("keys")
    assert Heartbeat.objects.filter(name=keys.SURVEY).exists()


def test_who_asks_for_numbers_notices_that_nobody_evaluates():
    late(measures.SWEEP)
    operating.numbers()
    assert "no_beat" in alarms.firing()


# --- Counts ------------------------------------------------------------------------------------------------
def test_old_counts_are_folded_and_the_sum_never_shrinks():
    counting.add("upstream", "everything", "ok", by=5)
    Count.objects.update(at=timezone.now() - timedelta(days=15))
    counting.add("upstream", "everything", "ok", by=2)
    assert housekeeping.tidy(Job(kind=housekeeping.JOB)) == jobs.More()
    assert counting.ever("upstream") == {("everything", "ok"): 7}
    assert counting.lately("upstream") == {("everything", "ok"): 2}
    assert housekeeping.tidy(Job(kind=housekeeping.JOB)) == jobs.Later(24 * 3600.0)


# --- /metrics ----------------------------------------------------------------------------------------------
NAME, LABEL = r"[a-zA-Z_:][a-zA-Z0-9_:]*", r'[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\["\\n])*"'
SAMPLE = re.compile(rf"({NAME})(?:\{{({LABEL}(?:,{LABEL})*)\}})? (-?[0-9.]+(?:e[+-]?[0-9]+)?|NaN|[+-]Inf)")


def parsed(text: str) -> dict[str, dict[str, float]]:
    """The exposition format, read strictly: help and type once each, before the samples; each sample once."""
    assert text.endswith("\n")
    found: dict[str, dict[str, float]] = {}
    helped, family = "", ""
    for line in text.splitlines():
        if line.startswith("# HELP "):
            helped = line.split(" ")[2]
            assert helped not in found
        elif line.startswith("# TYPE "):
            _hash, _type, family, sort = line.split(" ")
            assert family == helped
            assert sort in ("counter", "gauge")
            assert (sort == "counter") == family.endswith("_total")
            found[family] = {}
        else:
            match = SAMPLE.fullmatch(line)
            assert match, line
            assert match[1] == family
            assert (match[2] or "") not in found[family]
            found[family][match[2] or ""] = float(match[3])
    assert all(found.values())
    return found


@pytest.mark.parametrize(
    "wrong", ["x 1", "# HELP x y\n# TYPE x gauge\nx one\n", "# HELP x y\n# TYPE x gauge\nx 1\nx 2\n"]
)
def test_the_strict_reader_refuses_what_is_no_metrics(wrong):
    with pytest.raises((AssertionError, KeyError)):
        parsed(wrong)


def test_the_numbers_are_well_formed_and_name_nobody():
    user = make.user("rosa@example.org")
    patient = make.patient(user, given="Rosalind")
    Job.objects.create(kind='odd"\\\nkind', subject=1, patient=patient)
    counting.add("upstream", "everything", "ok", by=3)
    keys.survey()
    found = parsed(operating.numbers())
    assert found["tributary_upstream_calls_total"] == {'call="everything",outcome="ok"': 3}
    assert found["tributary_jobs_due"] == {'kind="odd\\"\\\\\\nkind"': 1}
    assert len(found["tributary_alarm"]) == len(RULES)
    assert len(found) > 12
    assert "Rosalind" not in operating.numbers()
    labels = {
        name for family in found.values() for labels in family for name in re.findall(r"(\w+)=", labels)
    }
    assert labels <= {"alarm", "call", "column", "how", "key", "kind", "of", "outcome", "step"}


def test_the_numbers_are_for_who_shows_the_token(client, settings):
    assert client.get("/metrics").status_code == 404
    settings.METRICS_TOKEN = "a-token-for-numbers"
    for shown in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": "a-token-for-numbers"}):
        assert client.get("/metrics", headers=shown).status_code == 401
    answer = client.get("/metrics", headers={"Authorization": "Bearer a-token-for-numbers"})
    assert (answer.status_code, answer["Content-Type"]) == (200, metrics.TYPE)
    assert parsed(answer.content.decode())


# --- The page ----------------------------------------------------------------------------------------------
@pytest.fixture
def operator(client: Client) -> Client:
    user = make.user("operator@example.org", is_staff=True)
    Authenticator.objects.create(user=user, type="totp", data={})
    client.force_login(user)
    return client


def stuck(**more: object) -> Job:
    now = timezone.now()
    return Job.objects.create(**{"kind": "errand", "subject": 4, "state": "stuck", "ended_at": now, **more})


def test_the_page_says_how_everything_stands_first_in_words(operator):
    text = operator.get("/ops/").content.decode()
    assert "Everything is fine" in text
    assert "No alarm fires." in text
    assert text.count(">fine<") >= 11
    late(measures.SWEEP)
    text = operator.get("/ops/").content.decode()
    assert "Something is broken" in text
    assert "Nobody looks for due work" in text
    assert ">broken<" in text


def test_what_rests_after_failures_is_named_with_its_end(operator):
    until = timezone.now() + timedelta(minutes=1)
    Breaker.objects.create(name="oneup/api.example", failures=5, open_until=until)
    Breaker.objects.create(name="oneup/auth.example", failures=2)
    text = operator.get("/ops/").content.decode()
    assert "oneup/api.example" in text
    assert "5 calls in a row came to nothing." in text
    assert "oneup/auth.example" not in text


@committed
def test_the_page_names_no_patient(operator):
    patient = make.patient(make.user("rosa@example.org"), given="Rosalind", family="Quillfeather")
    make.records(patient, make.condition(text="Sarcoidosis"), rejected=[("no-id", b"{}")])
    stuck(kind="import", patient=patient)
    text = operator.get("/ops/").content.decode()
    assert "1 new in quarantine" in text
    assert not re.search("Rosalind|Quillfeather|Sarcoidosis|rosa@|Lakeside", text)


def test_what_is_stuck_says_why_and_is_tried_again_and_that_is_written_down(operator):
    job = stuck(note="ValueError")
    stuck(subject=5)
    text = operator.get("/ops/").content.decode()
    assert "the last time with ValueError" in text
    assert "Its worker ended five times" in text
    again = operator.post(f"/ops/jobs/{job.pk}/again/", follow=True).content.decode()
    assert f"Trying again: errand {job.pk}." in again
    put = Job.objects.get(kind="errand", state="waiting")
    assert (put.subject, put.attempts) == (4, 0)
    entry = LogEntry.objects.get()
    assert (entry.user.email, entry.object_repr) == ("operator@example.org", f"job {job.pk} (errand)")
    assert operator.post(f"/ops/jobs/{job.pk}/again/").status_code == 404


def test_a_stuck_job_whose_like_waits_already_is_just_over(operator):
    job = stuck()
    waiting = jobs.put("errand", subject=4)
    assert jobs.try_again(job.pk)
    assert Job.objects.get(state="waiting").pk == waiting.pk


def test_only_staff_with_a_second_factor_see_it(client):
    client.force_login(make.user("rosa@example.org"))
    assert client.get("/ops/").status_code == 404
    assert client.post(f"/ops/jobs/{stuck().pk}/again/").status_code == 404
    client.force_login(make.user("half@example.org", is_staff=True))
    assert client.get("/ops/").url == "/accounts/2fa/"
    assert Job.objects.filter(state="stuck").count() == 1


# --- Alive and ready ---------------------------------------------------------------------------------------
@pytest.fixture
def used_up() -> Iterator[None]:
    """No connection is left in Postgres, and ours is closed."""
    held = []
    connections.close_all()
    try:
        with pytest.raises(psycopg.OperationalError):
            while True:
                held.append(psycopg.connect(**connection.get_connection_params() | {"connect_timeout": 3}))
        yield
    finally:
        for each in held:
            each.close()


def test_alive_asks_nothing_and_ready_asks_the_database(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert client.get("/livez").content == b"ok"
    assert (client.get("/readyz").status_code, client.get("/readyz").content) == (200, b"ok")


@committed
def test_without_a_free_connection_it_is_alive_and_says_within_seconds_that_it_is_not_ready(client, used_up):
    began = time.monotonic()
    answer = client.get("/readyz")
    assert (answer.status_code, answer.content) == (503, b"database")
    assert client.get("/livez").status_code == 200
    assert time.monotonic() - began < 5


def test_with_a_migration_missing_it_is_not_ready(client, monkeypatch):
    monkeypatch.setattr(readiness, "_known", lambda: {("ground", "9999_of_tomorrow")})
    assert (client.get("/readyz").status_code, client.get("/readyz").content) == (503, b"migrations")


def test_a_job_carries_the_id_of_the_request_that_asked_for_it(client, monkeypatch):
    from ground.correlation import request_id

    seen = []
    monkeypatch.setitem(
        jobs._kinds, "errand", jobs._Kind(lambda _job: seen.append(request_id.get()) or jobs.Done(), None)
    )
    token = request_id.set("abc123abc123")
    asked = jobs.put("errand", subject=1)
    request_id.reset(token)
    jobs.work(asked.pk)
    own = jobs.put("errand", subject=2)
    jobs.work(own.pk)
    assert seen == ["abc123abc123", f"job-{own.pk}"]
