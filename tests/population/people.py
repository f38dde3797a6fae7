"""A crowd of the sandbox as the product's own patients: connected, let in by the gate, sharing with a clinic.

`python -m tests.population.people CLINIC SHARING < people.json` makes them, of which the first SHARING share.
"""

import json
import sys
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

BIG = ("4796", "Big Chart (demo)")


def take_in(people: Sequence[dict[str, Any]], clinic_name: str, sharing: int) -> int:
    """Make a patient for each; the clinic's number."""
    from portal.models import Clinic, Holding, Patient, User

    clinic = Clinic.objects.get_or_create(name=clinic_name)[0]
    for number, person in enumerate(people):
        user = User.objects.create(email=f"{person['app_user_id']}@example.org")
        patient = Patient.objects.create(
            given_name="Somebody", family_name="Invented", birth_date="1970-01-01"
        )
        Holding.objects.create(user=user, patient=patient)
        _connect(patient.pk, person)
        if number < sharing:
            _share(patient.pk, clinic.pk)
    return int(clinic.pk)


def _connect(patient_id: int, person: dict[str, Any]) -> None:
    from connect.models import Account, Connection, Place
    from ground import scope
    from ground.viewer import job_viewer
    from records import store

    place = Place.objects.get_or_create(gateway="oneup", key=BIG[0], defaults={"name": BIG[1]})[0]
    with scope.open(job_viewer(patient_id)):
        account = Account.objects.create(
            patient_id=patient_id, app_user_id=person["app_user_id"], external_id=str(person["oneup_user_id"])
        )
        source = store.source(patient_id, key=place.source_key, name=place.name)
        store.set_gate(source, "open")
        Connection.objects.create(
            patient_id=patient_id,
            account=account,
            place=place,
            fhir_version="r4",
            source_id=source.pk,
            state=Connection.State.CONNECTED,
            accepted=[person["patient"]],
        )


def _share(patient_id: int, clinic_id: int) -> None:
    from django.utils import timezone

    from ground import scope
    from ground.viewer import job_viewer
    from records.models import Grant

    before = timezone.now() - timedelta(minutes=1)
    with scope.open(job_viewer(patient_id)):
        Grant.objects.create(
            patient_id=patient_id,
            recipient="clinic",
            clinic_id=clinic_id,
            named="The clinic",
            every_kind=True,
            every_place=True,
            offered_at=before,
            accepted_at=before,
            confirmed_at=before,
            ends_at=before + timedelta(days=365),
        )


if __name__ == "__main__":
    import os

    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    django.setup()
    print(take_in(json.load(sys.stdin), sys.argv[1], int(sys.argv[2])))
