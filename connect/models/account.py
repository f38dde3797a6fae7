"""A patient's account at a gateway, with its tokens."""

import secrets
from typing import ClassVar

from django.db import models
from django.db.models.functions import Now

from connect.models.owned import Owned
from ground.crypto import SealedText


def random_id() -> str:
    """An id for the gateway that says nothing about the patient: 128 random bits."""
    return secrets.token_hex(16)


class Account(models.Model):
    """One patient at one gateway. Our id is stored before the first call, so a lost answer is found again.

    Holds tokens, sealed and bound to the patient. Deleted with the patient.
    """

    patient = models.ForeignKey("portal.Patient", on_delete=models.CASCADE, related_name="+")
    gateway = models.CharField(max_length=20, default="oneup")
    app_user_id = models.CharField(max_length=64, default=random_id, unique=True)
    external_id = models.CharField(max_length=64, default="", help_text="The gateway's id of the account.")
    access_sealed = models.BinaryField(null=True)
    access = SealedText("access_sealed", owner="patient_id")
    access_expires_at = models.DateTimeField(null=True)
    refresh_sealed = models.BinaryField(null=True)
    refresh = SealedText("refresh_sealed", owner="patient_id")
    version = models.PositiveIntegerField(default=0, help_text="Counts new tokens.")
    created_at = models.DateTimeField(db_default=Now())
    closed_at = models.DateTimeField(null=True, help_text="Closed for good: no token is asked for any more.")

    objects = Owned()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["patient", "gateway"], name="one_account_per_patient_and_gateway"
            ),
        ]

    def __str__(self) -> str:
        return f"account {self.pk}"
