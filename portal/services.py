"""What people ask of the front door: verbs, each one transaction."""

from django.conf import settings
from django.db import transaction

from ground import unsubscribing
from portal.models import Agreement, Holding, Patient, User


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

    The same person again, by name and birth date, is the one that is there.
    """
    User.objects.select_for_update().get(pk=user.pk)
    same = Patient.objects.filter(
        holdings__user=user,
        given_name=patient.given_name,
        family_name=patient.family_name,
        birth_date=patient.birth_date,
    ).first()
    if same is not None:
        return same
    patient.save()
    Holding.objects.create(user=user, patient=patient, relation=relation)
    Agreement.objects.create(user=user, document="care", version=settings.TERMS_VERSION)
    return patient


def whose_news(token: str) -> User | None:
    """Whose mails about records the signed word of a mail ends; None when we did not make it."""
    user_id = unsubscribing.user_of(token)
    return User.objects.filter(pk=user_id).first() if user_id is not None else None


def end_news(user: User) -> None:
    """Write no more when records have arrived. Mails about the account's safety still go."""
    user.news_by_mail = False
    user.save(update_fields=["news_by_mail"])
