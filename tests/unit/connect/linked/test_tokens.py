"""One refresh for eight who ask at once, and no dead token that bothers a patient."""

import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from connect import gateways, tokens
from connect.gateway import Refused, TryLater
from connect.models import Account
from tests.sandbox_process import Sandbox
from tests.unit.connect.linked.people import Person, scoped


def key(person: Person) -> tokens.Key:
    return tokens.key(person.patient.pk, person=True)


def account(person: Person) -> Account:
    with scoped(person.patient):
        return Account.objects.of(person.patient).get()


def expire(person: Person) -> None:
    with scoped(person.patient):
        Account.objects.of(person.patient).update(access_expires_at=timezone.now() + timedelta(seconds=30))


def calls(sandbox: Sandbox, path: str) -> int:
    return sum(each["path"].endswith(path) for each in sandbox.ledger())


def test_a_first_key_opens_an_account_under_a_random_id(sandbox, rosa):
    found = key(rosa)
    assert found.external_id.isdigit()
    assert len(account(rosa).app_user_id) == 32
    assert rosa.user.email not in str(sandbox.ledger())


def test_tokens_are_sealed_where_they_are_kept(sandbox, rosa):
    access = key(rosa).access
    with scoped(rosa.patient), connection.cursor() as cursor:
        cursor.execute("select access_sealed, refresh_sealed from connect_account")
        kept = b"".join(bytes(each) for each in cursor.fetchone())
    assert access.encode() not in kept
    assert account(rosa).access == access


def test_a_key_that_lives_is_used_again(sandbox, rosa):
    first = key(rosa)
    before = len(sandbox.ledger())
    assert key(rosa) == first
    assert len(sandbox.ledger()) == before


def test_a_key_in_its_last_minute_is_renewed_and_the_new_refresh_token_is_kept(sandbox, rosa):
    first = key(rosa)
    old = account(rosa).refresh
    expire(rosa)
    assert key(rosa).access != first.access
    assert account(rosa).refresh not in (None, old)
    assert sandbox.user(account(rosa).app_user_id)["revoked_families"] == 0


def test_eight_who_ask_at_once_cause_one_refresh(sandbox, rosa):
    key(rosa)
    expire(rosa)
    before = calls(sandbox, "/oauth2/token")
    found: list[str] = []
    start = threading.Barrier(8)

    def ask() -> None:
        start.wait()
        try:
            found.append(key(rosa).access)
        finally:
            connection.close()

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(found) == 8
    assert set(found) == {account(rosa).access}
    assert calls(sandbox, "/oauth2/token") - before == 1


def test_a_refresh_token_lost_on_the_way_is_healed_by_a_new_code(sandbox, rosa):
    key(rosa)
    expire(rosa)
    sandbox.fault(route="*oauth2/token", status=500, lost=True)
    with pytest.raises(TryLater):
        key(rosa)
    assert key(rosa).access == account(rosa).access
    assert calls(sandbox, "/auth-code") == 1


def test_a_dead_refresh_token_is_healed_by_a_new_code(sandbox, rosa):
    key(rosa)
    expire(rosa)
    sandbox.end_tokens(account(rosa).app_user_id, "both")
    assert key(rosa).access
    assert calls(sandbox, "/auth-code") == 1


def test_an_account_whose_making_was_never_heard_of_is_found_again(sandbox, rosa):
    sandbox.fault(route="*user-management/v1/user", status=503, lost=True)
    with pytest.raises(TryLater):
        key(rosa)
    assert key(rosa).external_id
    assert calls(sandbox, "/auth-code") == 1


def test_an_account_that_was_there_before_we_first_asked_is_never_used(sandbox, rosa, monkeypatch, caplog):
    monkeypatch.setattr(tokens.time, "sleep", lambda _seconds: None)
    sandbox.member("taken")
    with monkeypatch.context() as patch:
        patch.setattr(Account._meta.get_field("app_user_id"), "_get_default", lambda: "taken")
        with pytest.raises(Refused):
            key(rosa)
    assert "account id was taken" in caplog.text
    assert account(rosa).access is None
    assert account(rosa).app_user_id != "taken"
    assert key(rosa).external_id


def test_an_account_that_another_worker_opened_at_the_same_time_is_used(sandbox, rosa, monkeypatch):
    def meanwhile(_seconds: float) -> None:
        with scoped(rosa.patient):
            Account.objects.of(rosa.patient).update(external_id=str(member.id))

    member = sandbox.member("mine")
    monkeypatch.setattr(tokens.time, "sleep", meanwhile)
    monkeypatch.setattr(Account._meta.get_field("app_user_id"), "_get_default", lambda: "mine")
    assert key(rosa).access
    assert account(rosa).app_user_id == "mine"


def test_an_account_that_is_gone_is_opened_again(sandbox, rosa):
    key(rosa)
    expire(rosa)
    sandbox.reset()
    assert key(rosa).access


def test_a_code_that_is_not_known_yet_is_tried_once_more(sandbox, rosa, monkeypatch):
    waited: list[float] = []
    monkeypatch.setattr(tokens.time, "sleep", waited.append)
    sandbox.fault(route="*oauth2/token", status=400, body='{"error":"invalid_grant"}')
    assert key(rosa).access
    assert waited == [1.0]


def test_a_spoiled_token_is_not_used_again(sandbox, rosa):
    first = key(rosa)
    tokens.spoil(rosa.patient.pk, gateways.USUAL, first.access)
    second = key(rosa)
    assert second.access != first.access
    tokens.spoil(rosa.patient.pk, gateways.USUAL, first.access)
    assert key(rosa) == second


def test_who_cannot_get_the_row_is_told_to_come_back(sandbox, rosa, monkeypatch):
    key(rosa)
    expire(rosa)
    monkeypatch.setattr(tokens, "_LOCK_WAIT", "100ms")
    with scoped(rosa.patient):
        Account.objects.of(rosa.patient).select_for_update().get()
        trouble: list[Exception] = []

        def ask() -> None:
            try:
                key(rosa)
            except TryLater as busy:
                trouble.append(busy)
            finally:
                connection.close()

        other = threading.Thread(target=ask)
        other.start()
        other.join()
    assert len(trouble) == 1


def test_no_transaction_is_open_while_an_account_is_opened(sandbox, rosa, monkeypatch):
    open_ones: list[bool] = []
    real = gateways.plain(gateways.USUAL)

    class Watched:
        name = "oneup"

        def create_account(self, app_user_id: str) -> tuple[str, str]:
            open_ones.append(transaction.get_connection().in_atomic_block)
            return real.create_account(app_user_id)

        def __getattr__(self, name: str) -> object:
            return getattr(real, name)

    monkeypatch.setattr(gateways, "plain", lambda name="oneup": Watched())
    key(rosa)
    assert open_ones == [False]
