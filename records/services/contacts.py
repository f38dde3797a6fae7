"""Whom to call in an emergency: the patient writes it down (`records.reading.contacts` reads it)."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from ground.viewer import Viewer
from records import access
from records.models import EmergencyContact

MOST = 3


@dataclass(frozen=True, slots=True)
class Person:
    """Whom to call: a name and a phone number, and what they are to the patient where that was said."""

    name: str
    phone: str
    relation: str = ""


@transaction.atomic
def keep_contacts(*, viewer: Viewer, people: Sequence[Person]) -> None:
    """These and no others. Inside the viewer's scope. Raises NotTheirs."""
    patient_id = access.speaks_for(viewer)
    EmergencyContact.objects.filter(patient_id=patient_id).delete()
    EmergencyContact.objects.bulk_create(
        EmergencyContact(
            patient_id=patient_id, position=at, name=one.name, relation=one.relation, phone=one.phone
        )
        for at, one in enumerate(people[:MOST])
    )
