"""Made-up people and what is kept of them, one maker each. Nobody in here exists.

Whatever touches records opens the patient's scope by itself.
"""

import itertools
import json
from collections.abc import Sequence
from datetime import date, timedelta
from functools import cache
from typing import Any

from django.contrib.auth.hashers import Argon2PasswordHasher, make_password
from django.utils import timezone

from ground import scope
from ground.viewer import Viewer, job_viewer
from portal.models import Clinic, Holding, Membership, Patient, User
from records import access, store
from records.models import Grant, HealthLink, Origin, Source
from records.services import links
from records.services.sharing import Choice

_count = itertools.count(1)

PASSWORD = "a long walk by the quiet river"


@cache
def _hashed(*_work: int) -> str:
    """Hashed once for each amount of work: a good hash is slow on purpose, and some tests make quick ones."""
    return make_password(PASSWORD)


def user(email: str = "", **extra: object) -> User:
    """Somebody who can sign in with PASSWORD; their address is verified."""
    from allauth.account.models import EmailAddress

    address = email or f"rosa{next(_count)}@example.org"
    made = User.objects.create(
        email=address,
        password=_hashed(Argon2PasswordHasher.time_cost, Argon2PasswordHasher.memory_cost),
        **extra,
    )
    EmailAddress.objects.create(user=made, email=made.email, primary=True, verified=True)
    return made


def patient(
    owner: User | None = None,
    *,
    given: str = "Rosa",
    family: str = "Delgado",
    born: date = date(1968, 5, 14),
    relation: str = Holding.Relation.SELF,
) -> Patient:
    """A patient, held by `owner` where one is given."""
    made = Patient.objects.create(given_name=given, family_name=family, birth_date=born)
    if owner is not None:
        Holding.objects.create(user=owner, patient=made, relation=relation)
    return made


def looking(patient: Patient, owner: User | None = None) -> Viewer:
    """The viewer a patient's own user is."""
    return Viewer(kind="patient", patients=(patient.pk,), user_id=owner.pk if owner else 1)


def origin(fhir_version: str = "R4") -> Origin:
    """Where ids belong."""
    return store.origin("oneup", fhir_version)


def source(
    patient: Patient,
    *,
    key: str = "oneup:4706",
    name: str = "Lakeside Clinic",
    gate: str = "open",
    place_kind: str = "",
) -> Source:
    """A place the patient is connected to, its gate open unless said otherwise."""
    with scope.open(job_viewer(patient.pk)):
        made = store.source(patient.pk, key=key, name=name, place_kind=place_kind)
        store.set_gate(made, gate, "")
    return made


def records(
    patient: Patient,
    *resources: dict[str, object] | bytes,
    source: Source | None = None,
    fhir_version: str = "R4",
    upstream_patient: str = "rosa-1",
    rejected: Sequence[tuple[str, bytes]] = (),
) -> store.Kept:
    """Keep resources for a patient, as an import would; without a source, of Lakeside Clinic."""
    place = source or globals()["source"](patient)
    with scope.open(job_viewer(patient.pk)):
        return store.keep(
            patient_id=patient.pk,
            source_id=place.pk,
            origin=origin(fhir_version),
            upstream_patient=upstream_patient,
            resources=[one if isinstance(one, bytes) else json.dumps(one).encode() for one in resources],
            rejected=rejected,
        )


def settled(source: Source) -> Source:
    """A place whose first pass is complete."""
    with scope.open(job_viewer(source.patient_id)):
        store.settle_deliveries(source)
        source.refresh_from_db()
    return source


def observation(
    fhir_id: str = "", *, on: str = "2026-03-04", value: float = 6.1, **more: object
) -> dict[str, object]:
    """A laboratory result: a long-term blood sugar."""
    return {
        "resourceType": "Observation",
        "id": fhir_id or f"a1c-{next(_count)}",
        "status": "final",
        "category": [{"coding": [{"code": "laboratory"}]}],
        "code": {"text": "Hemoglobin A1c", "coding": [{"system": "http://loinc.org", "code": "4548-4"}]},
        "effectiveDateTime": on,
        "valueQuantity": {"value": value, "unit": "%", "code": "%"},
        "referenceRange": [{"low": {"value": 4.0}, "high": {"value": 5.6}}],
        **more,
    }


def condition(
    fhir_id: str = "", *, text: str = "Asthma", on: str = "2019-05", **more: object
) -> dict[str, object]:
    """A diagnosis, its beginning known to the month."""
    return {
        "resourceType": "Condition",
        "id": fhir_id or f"condition-{next(_count)}",
        "clinicalStatus": {"coding": [{"code": "active"}]},
        "code": {"text": text},
        "onsetDateTime": on,
        **more,
    }


def person(
    fhir_id: str = "rosa-1", *, family: str = "Delgado", born: str = "1968-05-14"
) -> dict[str, object]:
    """Rosa's Patient resource, as a place sends it."""
    return {
        "resourceType": "Patient",
        "id": fhir_id,
        "name": [{"use": "official", "given": ["Rosa", "Maria"], "family": family}],
        "birthDate": born,
    }


def grant(patient: Patient, **terms: Any) -> Grant:
    """What a patient shares with a clinic (number 7) for a year, accepted: everything but what is marked as
    sensitive, unless said otherwise. `kinds` and `places` in chosen ones, else all.
    """
    now = timezone.now() - timedelta(minutes=1)
    times = {"offered_at": now, "accepted_at": now, "confirmed_at": now, "ends_at": now + timedelta(days=365)}
    whole = {"every_kind": "kinds" not in terms, "every_place": "places" not in terms}
    to = {"recipient": "person"} if "person_id" in terms else {"recipient": "clinic", "clinic_id": 7}
    with scope.open(job_viewer(patient.pk)):
        return Grant.objects.create(patient=patient, **{"named": "Harbor", **to, **times, **whole, **terms})


def choice(patient: Patient, **more: Any) -> Choice:
    """Conditions and results of every place of theirs, for a week, unless said otherwise."""
    with scope.open(viewer := looking(patient)):
        places = tuple(place.pk for place in access.places_of(viewer))
    kinds = ("conditions", "test-results")
    terms = {"ends_at": timezone.now() + timedelta(days=7), "kinds": kinds, "places": places}
    return Choice(**terms | more)


def health_link(
    patient: Patient,
    *,
    viewer: Viewer | None = None,
    named: str = "My skin doctor",
    passcode: str = "",
    **more: Any,
) -> HealthLink:
    """A link to a patient's summary that opens now."""
    told = {"named": named, "passcode": passcode, "choice": choice(patient, **more)}
    drafted = links.draft(viewer=viewer or looking(patient), **told)
    return links.begin(viewer=viewer or looking(patient), public_id=drafted.public_id)


def staff(*patients: Patient, clinic: int = 7, user: int = 70) -> Viewer:
    """Somebody of a clinic who looks at these."""
    return Viewer("staff", tuple(one.pk for one in patients), user, clinic_id=clinic)


def clinic(name: str = "Harbor Clinic") -> Clinic:
    """A clinic nobody works at yet."""
    return Clinic.objects.create(name=name)


def membership(clinic: Clinic, user: User, *, name: str = "Ana Ruiz", role: str = "lead") -> Membership:
    """That a user works at a clinic."""
    return Membership.objects.create(clinic=clinic, user=user, name=name, role=role)
