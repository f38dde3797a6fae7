"""A patient: a person whose records are kept. Not a user: a parent holds a child's records too."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Patient(models.Model):
    """A person whose records are kept. Holds name and birth date; deleted when the account is closed."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    given_name = models.CharField(_("first name"), max_length=100)
    family_name = models.CharField(_("last name"), max_length=100)
    birth_date = models.DateField(_("date of birth"))
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"patient {self.pk}"

    @property
    def full_name(self) -> str:
        """First and last name, as people say it."""
        return f"{self.given_name} {self.family_name}".strip()


class Holding(models.Model):
    """That a user looks after a patient's records: their own, or a dependant's. Ended, it reaches nothing."""

    class Relation(models.TextChoices):
        """Whose records these are to the user."""

        SELF = "self", _("me")
        CHILD = "child", _("my child")
        OTHER = "other", _("someone I care for")

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="holdings")
    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="holdings")
    relation = models.CharField(max_length=10, choices=Relation, default=Relation.SELF)
    created_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True, editable=False, help_text="Until they take it up again.")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "patient"], name="one_holding_per_user_and_patient"),
            models.UniqueConstraint(
                fields=["user"], condition=models.Q(relation="self"), name="one_self_per_user"
            ),
        ]

    def __str__(self) -> str:
        return f"holding {self.pk}"
