"""Two tabs and a worker at once: connect, stop and delete one place. Whatever happens, the end is legal."""

import random
import threading
from collections.abc import Callable, Collection
from contextlib import suppress

from django.core.exceptions import ObjectDoesNotExist
from django.db import connection as database
from django.db.models.functions import Now
from django.test import Client

from connect.models import Connection, ImportRun, Parting
from ground import jobs, scope
from ground.models import Job
from records.models import Record, Source, Version
from tests.sandbox_process import Sandbox
from tests.unit.connect.linked.people import Person, work

PLACE = "4706"
ACTS = ("connect", "stop", "delete")
KINDS = ("import", "parting", "files")


def a_round(sandbox: Sandbox, person: Person, dice: random.Random, wanted: Collection[str] = ACTS) -> str:
    """One round from connected to quiet; which legal state it ended in. AssertionError for any other.

    `wanted`: what is done at once, of `ACTS`.
    """
    if _connection(person) is None or person.connection().state != "connected":
        person.links(sandbox)
        sandbox.tick()
        quiet()
    here = f"/connect/places/{person.connection().public_id}"
    acts = {
        "connect": lambda: _connects(sandbox, person),
        "stop": lambda: _tab(person).post(f"{here}/stop/"),
        "delete": lambda: _tab(person).post(f"{here}/delete/", {"sure": "on"}),
    }
    together([*(acts[name] for name in dice.sample(sorted(wanted), k=len(wanted))), _works])
    sandbox.tick()
    quiet()
    return ended(sandbox, person)


def together(acts: list[Callable[[], object]]) -> None:
    """All at once, each in a thread with a database connection of its own."""
    start, troubles = threading.Barrier(len(acts)), list[BaseException]()

    def one(act: Callable[[], object]) -> None:
        start.wait()
        try:
            act()
        except BaseException as trouble:  # noqa: BLE001  (told below, where the test sees it)
            troubles.append(trouble)
        finally:
            database.close()

    threads = [threading.Thread(target=one, args=[act]) for act in acts]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert troubles == []


def quiet() -> None:
    """Work whatever is left, postponed or not, until nothing is."""
    while any([work(kind=kind) for kind in KINDS]):
        pass


def ended(sandbox: Sandbox, person: Person) -> str:
    """Which legal state this is: connected, stopped or deleted, here and there alike."""
    connection = _connection(person)
    with scope.open(person.viewer):
        assert not Parting.objects.of(person.patient).filter(ended_at=None).exists()
        assert not ImportRun.objects.of(person.patient).filter(ended_at=None).exists()
        places = list(Source.objects.filter(patient=person.patient).values_list("pk", flat=True))
        kept = Record.objects.filter(patient=person.patient).exclude(source__in=places).count()
        old = Version.objects.filter(patient=person.patient).exclude(source__in=places).count()
        assert (kept, old) == (0, 0)
    assert not Job.objects.filter(kind__in=KINDS, state="stuck").exists()
    theirs = sandbox.user(connection.account.app_user_id if connection else _app_user(person))["connections"]
    holds = any(each["source_token"] for each in theirs)
    if connection is None:
        assert (places, holds) == ([], False)
        return "deleted"
    assert (str(connection.state), holds) in (("ended", False), ("connected", True))
    return "stopped" if connection.state == "ended" else "connected"


def _connects(sandbox: Sandbox, person: Person) -> None:
    """Leave, sign in there, come back; where the way is closed just now, that is that."""
    tab = _tab(person)
    answer = tab.post(f"/connect/place/{PLACE}/")
    if answer.status_code != 302:
        return
    page = tab.get(answer.url).content.decode()
    if 'class="button" href="http' not in page:
        return
    address = page.split('class="button" href="')[1].split('"')[0].replace("&amp;", "&")
    back = sandbox.agree(address, "Rosa")
    tab.get(back.replace("http://localhost:8000", ""))


def _works() -> None:
    """A worker: whatever is due, for a while."""
    for _ in range(30):
        due = Job.objects.filter(kind__in=KINDS, state="waiting", due_at__lte=Now())
        for pk in due.values_list("pk", flat=True):
            jobs.work(pk)


def _tab(person: Person) -> Client:
    tab = Client()
    tab.cookies = person.browser.cookies
    return tab


def _connection(person: Person) -> Connection | None:
    with suppress(ObjectDoesNotExist), scope.open(person.viewer):
        mine = Connection.objects.of(person.patient).filter(place__key=PLACE)
        return mine.select_related("place", "account").latest("pk")
    return None


def _app_user(person: Person) -> str:
    from connect.models import Account

    with scope.open(person.viewer):
        return str(Account.objects.of(person.patient).get().app_user_id)
