"""Every way a token can die: healed without a word to the patient, or told where it cannot be."""

import os
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from connect import gateways, services, tokens
from connect.gateway import SignInAgain
from connect.models import Account, Connection, LinkAttempt
from connect.tasks import _WANT_TOKENS
from ground import counting, jobs
from ground.crypto import key_id
from ground.jobs import Done, Later
from ground.models import Job
from tests.sandbox_process import Sandbox
from tests.unit.connect.linked.people import Person, scoped, work


def key(person: Person) -> tokens.Key:
    return tokens.key(person.patient.pk, person=True)


def account(person: Person) -> Account:
    with scoped(person.patient):
        return Account.objects.of(person.patient).get()


def expire(person: Person, left: timedelta = timedelta(seconds=30)) -> None:
    with scoped(person.patient):
        Account.objects.of(person.patient).update(access_expires_at=timezone.now() + left)


def calls(sandbox: Sandbox, path: str) -> int:
    return sum(each["path"].endswith(path) for each in sandbox.ledger())


def opens(sandbox: Sandbox, access: str) -> bool:
    """Whether the gateway takes the token."""
    headers = {"Authorization": f"Bearer {access}"}
    return sandbox.http.get(f"{sandbox.api}/r4/Patient", headers=headers).status_code == 200


# --- The causes --------------------------------------------------------------------------------------------
def access_expired(sandbox: Sandbox, rosa: Person) -> None:
    sandbox.end_tokens(account(rosa).app_user_id, "access")
    expire(rosa)


def both_expired(sandbox: Sandbox, rosa: Person) -> None:
    sandbox.end_tokens(account(rosa).app_user_id, "both")
    expire(rosa)


def family_revoked(sandbox: Sandbox, rosa: Person) -> None:
    sandbox.end_tokens(account(rosa).app_user_id, "family")
    expire(rosa)


def refreshed_by_somebody_else(sandbox: Sandbox, rosa: Person) -> None:
    gateways.plain().refresh(account(rosa).refresh or "")
    expire(rosa)


def killed_between_rotation_and_commit(sandbox: Sandbox, rosa: Person) -> None:
    """The gateway answered and nobody kept it: the old refresh token stands in the row."""
    refreshed_by_somebody_else(sandbox, rosa)
    with pytest.raises(SignInAgain):
        gateways.plain().refresh(account(rosa).refresh or "")


def sealed_with_a_key_that_is_gone(sandbox: Sandbox, rosa: Person) -> None:
    sealed = b"\x01\x01z" + os.urandom(60)
    with scoped(rosa.patient):
        Account.objects.of(rosa.patient).update(access_sealed=sealed, refresh_sealed=sealed)


def moved_to_another_row(sandbox: Sandbox, rosa: Person) -> None:
    other = Person(("Ada", "Stranger", rosa.patient.birth_date), "ada@example.org")
    key(other)
    theirs = account(other)
    with scoped(rosa.patient):
        Account.objects.of(rosa.patient).update(
            access_sealed=theirs.access_sealed, refresh_sealed=theirs.refresh_sealed
        )


def account_gone_upstream(sandbox: Sandbox, rosa: Person) -> None:
    sandbox.reset()
    expire(rosa)


def code_unknown_for_good(sandbox: Sandbox, rosa: Person) -> None:
    """The first code is used up or too old: both tries with it are refused."""
    both_expired(sandbox, rosa)
    sandbox.fault(route="*oauth2/token", status=400, body='{"error":"invalid_grant"}', times=3)


Cause = Callable[[Sandbox, Person], None]


@pytest.mark.parametrize(
    ("cause", "codes"),
    [
        (access_expired, 0),
        (both_expired, 1),
        (family_revoked, 1),
        (refreshed_by_somebody_else, 1),
        (killed_between_rotation_and_commit, 1),
        (sealed_with_a_key_that_is_gone, 1),
        (moved_to_another_row, 1),
        (account_gone_upstream, 0),
        (code_unknown_for_good, 2),
    ],
    ids=lambda each: getattr(each, "__name__", ""),
)
def test_it_is_healed_and_the_patient_is_not_bothered(sandbox, rosa, monkeypatch, cause: Cause, codes: int):
    monkeypatch.setattr(tokens.time, "sleep", lambda _seconds: None)
    key(rosa)
    cause(sandbox, rosa)
    before = calls(sandbox, "/auth-code") if cause is not account_gone_upstream else 0
    found = key(rosa)
    assert opens(sandbox, found.access)
    assert calls(sandbox, "/auth-code") - before == codes + (cause is account_gone_upstream)
    kept = account(rosa)
    assert (kept.access, bool(kept.refresh)) == (found.access, True)


def test_codes_that_are_never_taken_end_in_a_word_and_not_in_a_loop(sandbox, rosa, monkeypatch):
    monkeypatch.setattr(tokens.time, "sleep", lambda _seconds: None)
    key(rosa)
    both_expired(sandbox, rosa)
    sandbox.fault(route="*oauth2/token", status=400, body='{"error":"invalid_grant"}', times=50)
    with pytest.raises(SignInAgain):
        key(rosa)
    assert calls(sandbox, "/auth-code") == 2
    assert counting.lately("tokens")["failed", ""] == 1


def test_an_account_deactivated_upstream_is_told_and_not_asked_for_ever(sandbox, linked):
    run = linked.run()
    linked.checks(sandbox)
    with scoped(linked.patient):
        held = Account.objects.of(linked.patient).get()
    form = {"oneup_user_id": held.external_id, "app_user_id": held.app_user_id, "active": "false"}
    users = f"{sandbox.api}/user-management/v1/user"
    assert sandbox.http.put(users, data=form, headers=sandbox.credentials).status_code == 200
    sandbox.end_tokens(held.app_user_id, "family")
    expire(linked)
    work()
    assert linked.run().pk != run.pk
    assert linked.run().is_over
    assert linked.connection().state == Connection.State.CONNECTED


def test_a_clock_that_is_five_minutes_ahead_costs_a_refresh(sandbox, rosa):
    key(rosa)
    expire(rosa, timedelta(minutes=-4))
    assert opens(sandbox, key(rosa).access)
    assert calls(sandbox, "/auth-code") == 0


def test_a_clock_that_is_five_minutes_behind_costs_a_refusal_and_nobody_a_sign_in(sandbox, rosa):
    key(rosa)
    sandbox.end_tokens(account(rosa).app_user_id, "both")
    expire(rosa, timedelta(minutes=4))
    assert services.search_places(patient_id=rosa.patient.pk, words="demo").places
    assert calls(sandbox, "/auth-code") == 1


def test_a_key_that_is_gone_stops_no_import(sandbox, linked):
    sealed_with_a_key_that_is_gone(sandbox, linked)
    linked.checks(sandbox)
    work()
    assert linked.run().outcome == "done"
    assert key_id(bytes(account(linked).refresh_sealed or b"")) == "t"


def test_a_key_that_is_gone_ends_a_departure_and_crashes_no_page(sandbox, rosa):
    rosa.leaves_for("4706")
    attempt = rosa.attempts()[-1]
    assert rosa.browser.get(f"/connect/leaving/{attempt.public_id}/").status_code == 200
    LinkAttempt.objects.filter(pk=attempt.pk).update(departure_sealed=b"\x01\x01z" + os.urandom(60))
    page = rosa.browser.get(f"/connect/leaving/{attempt.public_id}/", follow=True)
    assert page.status_code == 200
    assert "sign-in" in page.content.decode()


# --- Ahead of their end ------------------------------------------------------------------------------------
def ahead(person: Person) -> Job:
    return Job.objects.get(kind=tokens.AHEAD, patient=person.patient, state="waiting")


def renew(person: Person) -> object:
    return tokens.renew_ahead(ahead(person), _WANT_TOKENS)


def test_new_tokens_come_with_a_job_before_their_end(sandbox, rosa):
    key(rosa)
    early = account(rosa).access_expires_at - ahead(rosa).due_at
    assert timedelta(minutes=9) < early < timedelta(minutes=16)


def test_tokens_are_renewed_before_their_end_where_an_import_is_open(sandbox, rosa):
    first = key(rosa)
    expire(rosa, timedelta(minutes=9))
    jobs.put("import", subject=1, patient_id=rosa.patient.pk)
    outcome = renew(rosa)
    assert isinstance(outcome, Later)
    assert 6000 < outcome.seconds < 7200
    assert account(rosa).access != first.access
    assert (calls(sandbox, "/auth-code"), sandbox.user(account(rosa).app_user_id)["revoked_families"]) == (
        0,
        0,
    )


@pytest.mark.parametrize("due", [None, timedelta(days=1)], ids=["nothing", "a look tomorrow"])
def test_an_idle_account_is_left_alone_and_healed_by_a_code_when_it_is_wanted(sandbox, rosa, due):
    key(rosa)
    if due:
        jobs.put("check", subject=1, patient_id=rosa.patient.pk, due=timezone.now() + due)
    expire(rosa, timedelta(minutes=9))
    before = len(sandbox.ledger())
    assert renew(rosa) == Done()
    assert len(sandbox.ledger()) == before
    both_expired(sandbox, rosa)
    assert opens(sandbox, key(rosa).access)


def test_tokens_renewed_meanwhile_are_not_renewed_again(sandbox, rosa):
    key(rosa)
    jobs.put("import", subject=1, patient_id=rosa.patient.pk)
    before = len(sandbox.ledger())
    assert isinstance(renew(rosa), Later)
    assert len(sandbox.ledger()) == before


def test_an_outage_puts_it_off_and_counts_as_no_attempt(sandbox, rosa):
    key(rosa)
    expire(rosa, timedelta(minutes=9))
    jobs.put("import", subject=1, patient_id=rosa.patient.pk)
    sandbox.fault(route="*oauth2/token", status=503)
    outcome = renew(rosa)
    assert isinstance(outcome, Later)
    assert not outcome.failed
    assert counting.lately("upstream")["refresh", "5xx"] == 1


def test_what_the_calls_came_to_is_counted_by_their_names(sandbox, rosa):
    key(rosa)
    assert counting.lately("upstream") == {("create_account", "ok"): 1, ("redeem", "ok"): 1}
    assert counting.lately("tokens") == {("by a code", ""): 1}
    assert counting.lately("upstream", within=timedelta()) == {}
