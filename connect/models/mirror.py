"""A clinic's own account at a gateway, and which upstream Patients it was let see there (decision 0039)."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from connect.models.account import random_id
from connect.models.connection import Connection
from connect.models.owned import Owned


class ClinicAccount(models.Model):
    """One clinic at one gateway: whom patients' accounts let see a Patient there. Our id of it is stored
    before the first call, as a patient's is. Holds no token and never will: nothing is ever read by it.
    """

    clinic = models.ForeignKey("portal.Clinic", on_delete=models.PROTECT, related_name="+")
    gateway = models.CharField(max_length=20, default="oneup")
    app_user_id = models.CharField(max_length=64, default=random_id, unique=True)
    external_id = models.CharField(max_length=64, default="", help_text="The gateway's; empty: not made yet.")
    asked_at = models.DateTimeField(null=True, help_text="When the gateway was first asked to make it.")
    troubles = models.PositiveSmallIntegerField(default=0, help_text="Calls that came to nothing, in a row.")
    on_since = models.DateTimeField(
        null=True, help_text="What is agreed from then on is mirrored; null: nothing is."
    )
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["clinic", "gateway"], name="one_account_per_clinic_and_gateway"),
        ]

    def __str__(self) -> str:
        return f"clinic account {self.pk}"


class Mirrored(models.Model):
    """That a clinic's account was let see one upstream Patient. Stands before the gateway is asked, and is
    over only when the gateway has confirmed that it does not any more. Deleted with the patient.
    """

    patient = models.ForeignKey("portal.Patient", on_delete=models.CASCADE, related_name="+")
    account = models.ForeignKey(ClinicAccount, on_delete=models.PROTECT, related_name="+")
    fhir_version = models.CharField(max_length=10)
    upstream = models.CharField(max_length=64, help_text="The gateway's id of the Patient.")
    asked_at = models.DateTimeField(db_default=Now())
    given_at = models.DateTimeField(null=True, help_text="When the gateway confirmed it.")
    taking_since = models.DateTimeField(null=True, help_text="Since when it is to be taken back.")
    ended_at = models.DateTimeField(null=True, help_text="When the gateway confirmed that.")
    troubles = models.PositiveSmallIntegerField(default=0, help_text="Calls that came to nothing, in a row.")
    again_at = models.DateTimeField(null=True, help_text="Not asked again before; null: at once.")

    objects = Owned()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["patient", "account", "fhir_version", "upstream"],
                condition=Q(ended_at=None),
                name="one_mirrored_per_account",
            ),
        ]

    def __str__(self) -> str:
        return f"mirrored {self.pk}"


class Claim(models.Model):
    """Whose an upstream Patient is: of the patient by whose sign-in it first came. Another's account may be
    let see it, and lists it then like its own.

    Asked across patients, therefore not under the row policy; `mark` is 16 bytes made of an id that says
    nothing. Deleted with the connection.
    """

    mark = models.BinaryField(unique=True)
    patient = models.ForeignKey("portal.Patient", on_delete=models.CASCADE, related_name="+")
    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="+")

    objects: ClassVar[models.Manager[Any]] = models.Manager()

    def __str__(self) -> str:
        return f"claim {self.pk}"
