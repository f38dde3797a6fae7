"""Every page view of a record leaves its row in the log, whoever looks."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.db import transaction

from ground import scope
from ground.models import Look
from ground.viewer import job_viewer
from tests.access import asking
from tests.access.asking import Answer, Doors
from tests.access.roles import CLINICIAN, COORDINATOR, GUARDIAN, LEAD, PATIENT, PERSON, may_open
from tests.house.site_rules import RULES
from tests.house.site_world import World

READERS = (PATIENT, GUARDIAN, PERSON, LEAD, CLINICIAN, COORDINATOR)


@dataclass
class Reads:
    """How many views of records there were, how many were logged, and which were not."""

    views: int = 0
    logged: int = 0
    missed: list[str] = field(default_factory=list)


def run(world: World, doors: Doors, amount: int, seed: int) -> Reads:
    """Open pages by chance until so many showed a record. One that shows none to somebody is left at that."""
    found, without = Reads(), set()
    for role, name in _pages(seed, most=amount * 12):
        if found.views == amount:
            break
        if (role, name) not in without and not _view(world, doors, found, role, name):
            without.add((role, name))
    return found


def _view(world: World, doors: Doors, found: Reads, role: str, name: str) -> bool:
    """One view, taken back afterwards; whether it showed a record."""
    doors.sign_in(role)
    with transaction.atomic():
        answer = doors.keep(role, "get", asking.of(world, name))
        whose = shown(world, answer)
        missing = [one for one in sorted(whose) if not _is_logged(answer, one, doors.cast.users[role], name)]
        transaction.set_rollback(True)
    found.views += bool(whose)
    found.logged += bool(whose) and not missing
    found.missed += [f"{role}: {name}"] if missing else []
    return bool(whose)


def shown(world: World, answer: Answer) -> set[int]:
    """Whose records a page shows: whose rows were read for it, and Rosa's where her illness is named."""
    by_word = {world.patient.pk} if answer.status == 200 and world.words.problem in answer.body else set()
    return {*answer.read, *by_word} if answer.status < 400 else set()


def _pages(seed: int, most: int) -> Iterator[tuple[str, str]]:
    """Roles and addresses, by chance; so many at most, lest it never ends."""
    chance = random.Random(seed)
    pages = [(role, name) for role in READERS for name in RULES if may_open(role, name)]
    for _each in range(most):
        yield chance.choice(pages)


def _is_logged(answer: Answer, patient_id: int, user: object, name: str) -> bool:
    """Whether there is a look at this patient, by this user, on this page, of this very request."""
    with scope.open(job_viewer(patient_id)):
        mine = Look.objects.filter(patient_id=patient_id, user_id=getattr(user, "pk", None), route=name)
        return mine.filter(request_id=answer.request).exists()
