"""F39 and F40: one place that fails for everybody on it, and two tabs that want opposite things at once."""

import random
import threading
from collections.abc import Callable
from contextlib import suppress
from importlib import import_module
from types import ModuleType
from typing import Any
from unittest.mock import patch

from django.db import connections
from django.db.models import F

from connect import services
from connect.models import Connection, ImportRun, LinkAttempt, Parting
from connect.services import leaving, linking
from ground import scope
from ground.digests import digest
from ground.models import Job
from ground.viewer import Viewer
from portal.models import User
from tests.faults.bench import Bench, arrive
from tests.faults.ledger import exact
from tests.faults.registry import NotRun, Verdict, fault, must
from tests.journeys.visitor import HARBOR, PRAIRIE

_TENTH = 0.1
_LEGAL = ("confirming", "collecting", "connected", "ended")
_EXPECTED = (services.NotConnected, services.LinkOver, services.TooSoon)


class Tabs:
    """One patient with three tabs open, all of which are pressed at the same moment."""

    def __init__(self, patient: int, user: int) -> None:
        self.viewer = Viewer("patient", (patient,), user_id=user)
        self._patient = patient
        self.refused = 0
        self.broke: list[str] = []
        self._place, self._version = self.connection().place, self.connection().fhir_version

    def found(self) -> Connection | None:
        """As it stands; None once all of it was deleted."""
        with scope.open(self.viewer):
            mine = Connection.objects.of(self._patient).select_related("place", "account")
            found: Connection | None = mine.first()
            return found

    def connection(self) -> Connection:
        """What a tab that is still open shows. Raises `NotConnected` once it is gone."""
        if (found := self.found()) is None:
            raise services.NotConnected
        return found

    def connect(self) -> None:
        """Leave for the place and come back."""
        browser = linking.Browser("a session", "a nonce", self.viewer)
        attempt = LinkAttempt(
            patient_id=self._patient,
            user_id=int(self.viewer.user_id or 0),
            place=self._place,
            fhir_version=self._version,
            session_hash=digest(browser.session_key),
            nonce_hash=digest(browser.nonce),
        )
        linking.keep_departure(attempt)
        services.record_return(browser=browser, hint="success", came_from="")

    def check(self) -> None:
        """Ask for what is new."""
        services.start_import(viewer=self.viewer, connection=self.connection())

    def stop(self) -> None:
        """Stop updates."""
        leaving.stop(viewer=self.viewer, connection=self.connection())

    def delete(self) -> None:
        """Delete what came from the place."""
        leaving.delete(viewer=self.viewer, connection=self.connection())

    def press(self, *buttons: Callable[[], None]) -> None:
        """All of these at once."""
        start = threading.Barrier(len(buttons))

        def one(button: Callable[[], None]) -> None:
            try:
                start.wait(10)
                button()
            except _EXPECTED:
                self.refused += 1
            except Exception as broke:  # noqa: BLE001  (whatever a page would have answered 500 to)
                self.broke.append(f"{button.__name__}: {type(broke).__name__} {str(broke)[:120]}")
            finally:
                connections.close_all()

        threads = [threading.Thread(target=one, args=(button,)) for button in buttons]
        for each in threads:
            each.start()
        for each in threads:
            each.join(60)

    def legal(self) -> str:
        """What is not legal about how it stands now; empty when all is."""
        if (here := self.found()) is None:
            return ""
        with scope.open(self.viewer):
            runs = ImportRun.objects.of(self._patient).filter(connection=here, ended_at=None).count()
            partings = Parting.objects.of(self._patient).filter(connection=here, ended_at=None).count()
        if here.state not in _LEGAL:
            return f"the connection is {here.state}"
        if runs > 1 or partings > 1:
            return f"{runs} imports and {partings} partings at once"
        if here.state == Connection.State.ENDED and runs:
            return "an import at a place that is ended"
        if here.state != Connection.State.ENDED and partings:
            return "connected and parting at once"
        return ""


@fault("F39", "one place fails for five hundred patients")
def partial(bench: Bench) -> Verdict:
    """Counted on a clock of its own by the rules that keep the budget; then seen, in small, on the site."""
    try:
        crowd = import_module("tests.unit.connect.crowd")
    except ModuleNotFoundError:
        raise NotRun("the rules that share the budget out are not here yet") from None
    with patch.object(crowd, "SWEEP", 2.0):  # while there is work, whoever ends a slice rings for who is due
        healthy, _none = _waited(crowd, fails=False)
        after, failed = _waited(crowd, fails=True)
    growth = max(two / one for one, two in zip(healthy, after, strict=True)) - 1
    must(growth <= _TENTH, f"somebody else's wait grows by {growth:.0%}")
    visitors = bench.people(4)
    places = (PRAIRIE, PRAIRIE, HARBOR, HARBOR)
    charts = [arrive(each, place) for each, place in zip(visitors, places, strict=True)]
    mark = bench.mark()
    for chart in charts[:2]:
        bench.site.sandbox.fault(route=chart, status=503, times=None)
    for each in visitors:
        each.follow("Back to the app")
    bench.finished(*visitors[2:])
    kept = sum(exact(each.witness) for each in visitors[2:])
    must(not any(each.witness.is_over() for each in visitors[:2]), "the failing place was given up at once")
    struck = bench.struck(mark, "$everything")
    bench.site.sandbox.heal()
    bench.forget_waits()
    for each in visitors[:2]:
        bench.hurried_to_the_end(each)
        kept += exact(each.witness)
    return Verdict(
        failed + struck,
        f"others' wait grows by {growth:.1%} at most, in calls; on the site {kept} records of 4 people",
    )


def _waited(crowd: ModuleType, *, fails: bool) -> tuple[list[int], int]:
    """How many calls were made before each of the others had their last page; and how many calls failed."""
    others = [crowd.Import(patient=each, pages=2, place=f"place {each % 49}") for each in range(1, 491)]
    theirs = [crowd.Import(patient=each, pages=2, place="failing") for each in range(1001, 1501)]
    struck: list[int] = []

    def is_failing(job: Any) -> bool:
        failed = fails and job.place == "failing"
        struck.extend([job.patient] if failed else [])
        return failed

    crowd.Crowd(fails=is_failing).run(others, beside=theirs)
    return [job.slots for job in others], len(struck)


@fault("F40", "connect, check, stop and delete in several tabs at once")
def tabs(bench: Bench) -> Verdict:
    """Hundreds of rounds, three buttons each, while the worker does what they ask for."""
    visitor = bench.connected()
    witness = visitor.witness
    wanted = Tabs(witness.patient, User.objects.get(email=visitor.email).pk)
    rng, pressed = random.Random(bench.rng.random()), 0
    for number in range(bench.rounds):
        buttons = rng.sample([wanted.connect, wanted.check, wanted.stop, wanted.delete], 3)
        wanted.press(*buttons)
        pressed += len(buttons)
        words = [each.__name__ for each in buttons]
        must(not wanted.broke, f"round {number + 1}, {words}: {wanted.broke}")
        wrong = wanted.legal()
        must(not wrong, f"round {number + 1}, {words}: {wrong}")
    with suppress(*_EXPECTED):
        wanted.delete()
    with suppress(*_EXPECTED):
        wanted.stop()
    bench.until(lambda: _quiet(witness.patient), 240, "the last wishes to be done")
    end = wanted.found()
    must(end is None or end.state == "ended", f"after delete it is {end and end.state}")
    left = witness.of_theirs("records_record")
    must(left == 0, f"{left} records after delete")
    visitor.connect()
    bench.finished(visitor)
    kept = exact(witness, error=None)
    return Verdict(
        bench.rounds,
        f"{pressed} pressed, {wanted.refused} told that it cannot be now; ended, then {kept} records anew",
    )


def _quiet(patient: int) -> bool:
    """Whether their work is done; what is postponed is brought forward."""
    mine = Job.objects.filter(patient_id=patient, kind__in=("import", "parting", "files"), state="waiting")
    mine.filter(leased_until=None).update(due_at=F("created_at"), rung_at=None)
    return not mine.exists()
