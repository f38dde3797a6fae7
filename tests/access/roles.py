"""Everybody who may stand before the door, and what each of them may open of Rosa's."""

from dataclasses import dataclass
from typing import Any

from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.utils import timezone

from portal.models import Holding, Patient, Role, User
from tests import factories as make
from tests.house.site_rules import RULES, SHARED, STAFF
from tests.house.site_world import World

PATIENT, GUARDIAN, PERSON = "patient", "guardian", "named person"
FORMER_GUARDIAN = "former guardian"
LEAD, CLINICIAN, COORDINATOR, OPERATOR = "lead", "clinician", "coordinator", "operator"
WITHOUT_STEP, ANONYMOUS = "staff without a second step", "anonymous"
ROLES = (
    ANONYMOUS,
    PATIENT,
    "other patient",
    GUARDIAN,
    FORMER_GUARDIAN,
    PERSON,
    LEAD,
    CLINICIAN,
    COORDINATOR,
    "staff of another clinic",
    "removed staff",
    WITHOUT_STEP,
    OPERATOR,
)
_STAFF = frozenset({LEAD, CLINICIAN, COORDINATOR})
#: What an address names, and who besides Rosa may open hers.
_ALSO: dict[str, frozenset[str]] = {
    "offer": _STAFF,
    "colleague": frozenset({LEAD}),
    "invitation": frozenset({LEAD}),
    "handout": frozenset({LEAD}),
    "job": frozenset({OPERATOR}),
}
#: What a person opens whom she named.
_SHARED_WITH_ONE = ("portal:shared_one", "portal:shared_end")
_OF_THE_PATIENT = (
    *("person", "named", "grant", "draft", "link", "link draft", "link code", "run", "connection", "parting"),
    *("source", "look", "record", "version", "paper", "paper page", "correction", "question", "measured"),
)
_ALSO |= {kind: frozenset({GUARDIAN}) for kind in _OF_THE_PATIENT}
#: What is of Rosa's account, and hers alone.
_HERS_ALONE = (
    *("announcement", "asked", "attempt", "card", "closure", "dependant", "invited", "passkey"),
    *("takeout", "takeout what"),
)
DECIDED = frozenset((*_ALSO, *_HERS_ALONE))


@dataclass(frozen=True)
class Cast:
    """A user for each role; none signed in for nobody."""

    users: dict[str, User | None]


def may_open(role: str, name: str) -> bool:
    """Whether this address of Rosa's is for this role at all; then it is not compared with nothing."""
    if name.startswith(STAFF):
        return role == OPERATOR
    rule = RULES[name]
    if rule.who == "open" or name in SHARED or not rule.args:
        return True
    if role == PATIENT:
        return rule.who != "staff"
    if name.startswith("shared:") or name in _SHARED_WITH_ONE:
        return role == PERSON
    if rule.args.startswith("chart"):
        return role in _STAFF
    return role in _ALSO.get(rule.args, ())


def words_for(role: str, world: World) -> frozenset[str]:
    """The words of Rosa's world that this role may come across."""
    house, _problem, given = world.words.canaries
    if role in (PATIENT, GUARDIAN, PERSON, *_STAFF):
        return frozenset(world.words.canaries)
    some = {WITHOUT_STEP: {house}, OPERATOR: {house, given}, FORMER_GUARDIAN: {given}}
    return frozenset(some.get(role, ()))  # who ended the care reads whose it was, and may take it up again


def cast(world: World) -> Cast:
    """Everybody, around Rosa."""
    users: dict[str, User | None] = {ANONYMOUS: None, PATIENT: world.user, WITHOUT_STEP: world.colleague.user}
    for role in ROLES:
        if role not in users:
            users[role] = make.user(f"{role.replace(' ', '.')}@example.org")
    _family(world, users)
    _at_work(world, users)
    return Cast(users)


def _family(world: World, users: dict[str, Any]) -> None:
    for role, given in (("other patient", "Una"), (PERSON, "Nina"), (OPERATOR, "Olga")):
        make.patient(users[role], given=given, family="Elsewhere")
    _holds(users[GUARDIAN], world.patient)
    _holds(users[FORMER_GUARDIAN], world.patient, ended_at=timezone.now())
    make.grant(world.patient, person_id=users[PERSON].pk, sensitive=True, words=True)


def _holds(user: User, patient: Patient, **more: Any) -> None:
    Holding.objects.create(user=user, patient=patient, relation=Holding.Relation.OTHER, **more)


def _at_work(world: World, users: dict[str, Any]) -> None:
    for role in (*sorted(_STAFF), "staff of another clinic", "removed staff", OPERATOR):
        TOTP.activate(users[role], generate_totp_secret())
    for role in sorted(_STAFF):
        make.membership(world.clinic, users[role], name=role, role=role)
    make.membership(make.clinic("Elsewhere Clinic"), users["staff of another clinic"], name="Elsa")
    removed = make.membership(world.clinic, users["removed staff"], name="Remo", role=Role.CLINICIAN)
    type(removed).objects.filter(pk=removed.pk).update(ended_at=timezone.now())
    User.objects.filter(pk=users[OPERATOR].pk).update(is_staff=True, is_superuser=True)
    users[OPERATOR].refresh_from_db()
