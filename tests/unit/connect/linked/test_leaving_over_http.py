"""Leaving, with the sandbox over HTTP: an outage of an hour, a deletion, an account, and two tabs at once."""

import random
from datetime import timedelta

from django.db.models import F

from connect.models import Account
from ground.models import Job
from portal import closing
from portal.models import Closure, User
from tests.sandbox_process import Sandbox
from tests.unit.connect.linked import two_tabs
from tests.unit.connect.linked.people import Person, scoped, work
from tests.unit.connect.linked.test_importing import truth

STOPS = "*/revoke-data-access"


def account(person: Person) -> Account:
    with scoped(person.patient):
        return Account.objects.of(person.patient).get()


def there(sandbox: Sandbox, app_user_id: str) -> dict:
    """How 1up holds the place this person connected."""
    (held,) = sandbox.user(app_user_id)["connections"]
    return held


def time_passes(sandbox: Sandbox, **how_long: float) -> None:
    """Both clocks move, ours by all that is due coming nearer; then what is due is done."""
    passed = timedelta(**how_long)
    sandbox.clock(passed.total_seconds())
    Job.objects.filter(state="waiting").update(due_at=F("due_at") - passed)
    work(hurry=False, kind="parting")


def asked(sandbox: Sandbox) -> int:
    return sum(each["path"].endswith("/revoke-data-access") for each in sandbox.ledger())


def test_stopping_in_an_outage_of_an_hour_is_done_here_at_once_and_there_after_it(sandbox, rosa):
    rosa.links(sandbox)
    sandbox.tick()
    work()
    mine, kept = account(rosa).app_user_id, rosa.records()
    sandbox.fault(route=STOPS, status=503, headers={"Retry-After": "120"}, times=None)
    receipt = rosa.browser.post(f"/connect/places/{rosa.connection().public_id}/stop/").url
    assert rosa.connection().state == "ended"
    for _ in range(12):
        time_passes(sandbox, minutes=5)
        page = rosa.browser.get(receipt).content.decode()
        assert "Nothing is collected since then" in page
        assert "Not confirmed yet" in page
    assert there(sandbox, mine)["source_token"] is True
    assert 10 <= asked(sandbox) <= 40
    sandbox.heal()
    time_passes(sandbox, minutes=15)
    assert there(sandbox, mine)["source_token"] is False
    page = rosa.browser.get(receipt).content.decode()
    assert "Confirmed on " in page
    assert "Not confirmed" not in page
    assert rosa.records() == kept


def test_deleting_erases_here_and_there_and_the_next_connection_brings_all_again(sandbox, rosa):
    rosa.links(sandbox)
    sandbox.tick()
    work()
    mine, all_of_it = account(rosa).app_user_id, truth(sandbox, rosa)
    sandbox.fault(route="*/$everything", method="DELETE", status=500, times=2)
    rosa.browser.post(f"/connect/places/{rosa.connection().public_id}/delete/", {"sure": "on"})
    work(kind="parting")
    assert rosa.records() == []
    sandbox.tick()
    assert (there(sandbox, mine)["source_token"], there(sandbox, mine)["patients"]) == (False, [])
    assert sandbox.truth(mine) == []
    rosa.links(sandbox)
    sandbox.tick()
    work()
    assert rosa.run().is_first
    assert rosa.records() == truth(sandbox, rosa) == all_of_it


def test_closing_the_account_leaves_nothing_at_the_gateway(sandbox, rosa):
    rosa.links(sandbox)
    sandbox.tick()
    work()
    mine, access = account(rosa).app_user_id, account(rosa).access
    sandbox.fault(route="*/purge", status=504, times=2)
    rosa.browser.post("/account/close/", {"sure": "on"})
    for _ in range(4):
        work(kind="parting")
        work(kind=closing.JOB, slices=40)
        work(kind="mail")
    assert Closure.objects.get().step == "over"
    assert not User.objects.exists()
    assert sandbox.truth(mine) == []
    assert there(sandbox, mine)["source_token"] is False
    bearer = {"Authorization": f"Bearer {access}"}
    assert sandbox.http.get(f"{sandbox.api}/r4/Patient", headers=bearer).status_code in (401, 403)


def test_two_tabs_that_connect_stop_and_delete_at_once_end_in_a_legal_state(sandbox, rosa):
    dice = random.Random(40)
    assert two_tabs.a_round(sandbox, rosa, dice) in ("connected", "stopped", "deleted")
    assert two_tabs.a_round(sandbox, rosa, dice, ("connect", "stop")) in ("connected", "stopped")
