"""What people ask of the front door: verbs, each one transaction."""

from django.db import transaction

from ground import unsubscribing
from portal.models import Holding, Patient, User


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


def whose_news(token: str) -> User | None:
    """Whose mails about records the signed word of a mail ends; None when we did not make it."""
    user_id = unsubscribing.user_of(token)
    return User.objects.filter(pk=user_id).first() if user_id is not None else None


def end_news(user: User) -> None:
    """Write no more when records have arrived. Mails about the account's safety still go."""
    user.news_by_mail = False
    user.save(update_fields=["news_by_mail"])
