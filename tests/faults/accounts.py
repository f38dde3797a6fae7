"""F12 to F14: accounts that exist already, dead codes, and one refresh token that eight want at once."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from unittest.mock import patch

from django.db import connections
from django.utils import timezone

from connect import tokens
from connect.gateway import GatewayError, Refused, TryLater
from connect.models import Account
from connect.models.account import random_id
from ground import scope
from ground.viewer import job_viewer
from tests import factories as make
from tests.faults.bench import Bench
from tests.faults.ledger import exact
from tests.faults.registry import Verdict, fault, must

WORKERS = 8
_TOKEN, _CODE, _USER = "/oauth2/token", "/auth-code", "/user-management/v1/user"


def key(patient: int) -> tokens.Key:
    """What the product would use for this patient now, asked for as the product does."""
    return tokens.key(patient, person=True)


def account(patient: int) -> Account:
    """The patient's account, as it stands."""
    with scope.open(job_viewer(patient)):
        found: Account = Account.objects.of(patient).get()
        return found


def expire(patient: int) -> None:
    """Let the access token be in its last minute, so that the next who asks has to refresh."""
    with scope.open(job_viewer(patient)):
        Account.objects.of(patient).update(access_expires_at=timezone.now() + timedelta(seconds=30))


@fault("F12", "user already exists: after a lost answer, and under a fresh id")
def already_there(bench: Bench) -> Verdict:
    """A lost answer is found again. An id that nobody can have used and that is taken is a hard stop."""
    patient, mark = make.patient().pk, bench.mark()
    bench.site.sandbox.fault(route=f"*{_USER}", status=503, lost=True)
    _fails(lambda: key(patient), TryLater)
    must(key(patient).access, "the account was not found again")
    must(bench.struck(mark, _USER) == 1, "no answer was lost")
    must(bench.asked(mark, _CODE) == 1, "no code was asked for")
    stranger, taken = make.patient().pk, random_id()
    bench.site.sandbox.member(taken)
    with patch.object(Account._meta.get_field("app_user_id"), "_get_default", lambda: taken):
        _fails(lambda: key(stranger), Refused)
    left = account(stranger)
    must(left.access is None and not left.external_id, "we hold what is somebody else's")
    must(left.app_user_id != taken and key(stranger).access, "no account of their own afterwards")
    return Verdict(2, "found again by a new code; under a fresh id a hard stop, and no token of theirs")


@fault("F13", "a code that expired or was used")
def dead_code(bench: Bench) -> Verdict:
    """The answer to a code is lost, so that it is used up; and a code that dies before it is redeemed."""
    patient, mark = make.patient().pk, bench.mark()
    bench.site.sandbox.fault(route=f"*{_TOKEN}", status=502, lost=True)
    _fails(lambda: key(patient), TryLater)
    must(key(patient).access, "no new code was asked for")
    used = bench.struck(mark, _TOKEN)
    other, later = make.patient().pk, bench.mark()
    dead = '{"error":"invalid_grant","error_description":"invalid code"}'
    bench.site.sandbox.fault(route=f"*{_TOKEN}", status=400, body=dead, times=2)
    must(key(other).access, "a dead code was not replaced")
    codes = bench.asked(later, _CODE)
    must(codes == 1, f"{codes} new codes and not one")
    return Verdict(used + bench.struck(later, _TOKEN), "each time one new code, and tokens for it")


@fault("F14", "a refresh token that is dead, or that eight workers want at once")
def refreshing(bench: Bench) -> Verdict:
    """Dead in three ways; then rounds of eight. No patient is asked to sign in anywhere again."""
    visitor = bench.connected()
    patient, user = visitor.witness.patient, visitor.witness.app_user
    for end in ("refresh", "both"):
        expire(patient)
        bench.site.sandbox.end_tokens(user, end)
        must(key(patient).access, f"not healed: {end}")
    rounds = Rounds(bench, patient)
    rounds.run(bench.rounds)
    state = bench.site.rows("select state from connect_connection where patient_id = %s", patient)
    must(state == [("connected",)], f"the connection is {state}")
    revoked = bench.site.sandbox.user(user)["revoked_families"]
    must(revoked == 0, f"{revoked} families were revoked")
    bench.site.sandbox.end_tokens(user, "family")
    expire(patient)
    must(key(patient).access, "not healed: the family revoked")
    bench.checked(visitor)
    kept = exact(visitor.witness)
    return Verdict(
        rounds.done + 3,
        f"{rounds.done} rounds of {WORKERS} workers: {rounds.calls} upstream calls, {revoked} families"
        f" revoked, 0 asked to reconnect; {kept} records",
    )


class Rounds:
    """Eight threads with connections of their own, who all ask at the same moment, again and again."""

    def __init__(self, bench: Bench, patient: int) -> None:
        self._bench, self._patient = bench, patient
        self._pool = ThreadPoolExecutor(WORKERS)  # each thread keeps a connection of its own
        self.done = self.calls = 0

    def run(self, rounds: int) -> None:
        """So many rounds. Raises NotSurvived at the first that is not one call and one token for all."""
        try:
            for _ in range(rounds):
                self._round()
        finally:
            list(self._pool.map(lambda _: connections.close_all(), range(WORKERS)))
            self._pool.shutdown()

    def _round(self) -> None:
        before, mark = key(self._patient).version, self._bench.mark()
        expire(self._patient)
        found = self._all_at_once()
        must(len(found) == WORKERS, f"{WORKERS - len(found)} of {WORKERS} got no token")
        must({each.version for each in found} == {before + 1}, "not one and the same new token")
        must(len({each.access for each in found}) == 1, "not one and the same new token")
        calls = self._bench.asked(mark, _TOKEN)
        must(calls == 1, f"{calls} upstream calls in round {self.done + 1}")
        self.calls, self.done = self.calls + calls, self.done + 1

    def _all_at_once(self) -> list[tokens.Key]:
        start = threading.Barrier(WORKERS)

        def ask(_: int) -> tokens.Key | None:
            start.wait(30)
            try:
                return key(self._patient)
            except GatewayError:
                return None

        return [found for found in self._pool.map(ask, range(WORKERS)) if found is not None]


def _fails(work: Callable[[], object], kind: type[Exception]) -> None:
    try:
        work()
    except kind:
        return
    must(False, f"no {kind.__name__}")
