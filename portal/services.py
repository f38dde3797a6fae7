"""What people ask of the front door: verbs, each one transaction."""

import logging
import uuid
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from connect import services as connections
from connect.models import Connection
from ground import scope, unsubscribing
from ground.viewer import Viewer
from portal.models import Agreement, Holding, Patient, User
from records.services import sharing

log = logging.getLogger(__name__)


def held(user: Any) -> list[Patient]:
    """Everybody whom a user looks after, the first one first; each knows its `relation` to them."""
    mine = Patient.objects.filter(holdings__user=user, holdings__ended_at=None)
    return list(mine.annotate(relation=F("holdings__relation")).order_by("holdings__created_at", "pk"))


def looking_after(patient_id: int) -> list[Holding]:
    """Who looks after a patient now, each with their `user`."""
    return list(Holding.objects.filter(patient_id=patient_id, ended_at=None).select_related("user"))


@transaction.atomic
def add_own_patient(*, user: User, patient: Patient) -> Patient:
    """Keep `patient` (unsaved) as the user's own. A second call returns the first one's patient unchanged."""
    User.objects.select_for_update().get(pk=user.pk)
    held = Holding.objects.filter(user=user, relation=Holding.Relation.SELF).select_related("patient").first()
    if held is not None:
        return held.patient
    patient.save()
    Holding.objects.create(user=user, patient=patient, relation=Holding.Relation.SELF)
    return patient


@transaction.atomic
def add_dependant(*, user: User, patient: Patient, relation: str) -> Patient:
    """Keep `patient` (unsaved) as somebody the user looks after, with what they agreed to in saying so.

    The same person again, by name and birth date, is the one that is there, also where that had ended.
    """
    User.objects.select_for_update().get(pk=user.pk)
    same = _same_person(user, patient)
    if same is not None:
        if same.ended_at is not None:
            resume_care(holding=same)
        return same.patient
    patient.save()
    Holding.objects.create(user=user, patient=patient, relation=relation)
    Agreement.objects.create(user=user, document="care", version=settings.TERMS_VERSION)
    return patient


def care(user: User, public_id: uuid.UUID, *, ended: bool = False) -> Holding | None:
    """That the user looks after this person, or once did; None for their own records and for strangers."""
    mine = Holding.objects.filter(user=user, patient__public_id=public_id, ended_at__isnull=not ended)
    return mine.exclude(relation=Holding.Relation.SELF).select_related("patient").first()


def ended_care(user: User) -> list[Patient]:
    """Whom the user looked after once, and may again."""
    mine = Patient.objects.filter(holdings__user=user, holdings__ended_at__isnull=False)
    return list(mine.order_by("holdings__ended_at", "pk"))


def places_of(holding: Holding) -> list[str]:
    """The names of the places that this person was ever connected to."""
    with scope.open(_carer(holding)):
        return [each.place.name for each in connections.connections(holding.patient_id)]


def is_held_already(user: User, patient: Patient) -> bool:
    """Whether somebody else whom this user holds has the name and birth date of `patient`."""
    return _same_person(user, patient) is not None


@transaction.atomic
def change_dependant(*, holding: Holding, patient: Patient, relation: str) -> None:
    """Keep another name or birth date of somebody looked after; places are compared with it from now on."""
    patient.save(update_fields=["given_name", "family_name", "birth_date"])
    holding.relation = relation
    holding.save(update_fields=["relation"])
    log.info("dependant changed", extra={"patient": patient.pk, "user": holding.user_id})


@transaction.atomic
def end_care(*, holding: Holding) -> None:
    """Collect nothing more for this person and show them no more. What is here is kept, closed away.

    Where somebody else looks after them as well, collecting goes on for that one.
    """
    Holding.objects.filter(pk=holding.pk).update(ended_at=timezone.now())
    log.info("care ended", extra={"patient": holding.patient_id, "user": holding.user_id})
    if Holding.objects.filter(patient_id=holding.patient_id, ended_at=None).exists():
        return
    viewer = _carer(holding)
    sharing.stop_all(viewer)
    with scope.open(viewer):
        for each in connections.connections(holding.patient_id):
            if each.state != Connection.State.ENDED:
                connections.stop(viewer=viewer, connection=each)


@transaction.atomic
def resume_care(*, holding: Holding) -> None:
    """Look after somebody again: what was kept is there, and nothing is collected until they connect."""
    Holding.objects.filter(pk=holding.pk).update(ended_at=None)
    Agreement.objects.create(user=holding.user, document="care", version=settings.TERMS_VERSION)
    log.info("care resumed", extra={"patient": holding.patient_id, "user": holding.user_id})


def _same_person(user: User, patient: Patient) -> Holding | None:
    """What the user holds of somebody of the same name and birth date."""
    same = Holding.objects.filter(
        user=user,
        patient__given_name=patient.given_name,
        patient__family_name=patient.family_name,
        patient__birth_date=patient.birth_date,
    )
    return same.exclude(patient=patient.pk).select_related("patient", "user").first()


def _carer(holding: Holding) -> Viewer:
    return Viewer(kind="patient", patients=(holding.patient_id,), user_id=holding.user_id)


def whose_news(token: str) -> User | None:
    """Whose mails about records the signed word of a mail ends; None when we did not make it."""
    user_id = unsubscribing.user_of(token)
    return User.objects.filter(pk=user_id).first() if user_id is not None else None


def end_news(user: User) -> None:
    """Write no more when records have arrived. Mails about the account's safety still go."""
    user.news_by_mail = False
    user.save(update_fields=["news_by_mail"])
