"""That a patient asked a person by mail to look at their records."""

import uuid
from datetime import timedelta
from typing import ClassVar

from django.db import models
from django.db.models.functions import Now

from portal.models.patient import Patient

ASKED_FOR = timedelta(days=14)


class NamedPerson(models.Model):
    """To which address a grant for a person goes. Good once, for two weeks and for that address alone; the
    word in the mail is kept as a digest. Holds an address; deleted with the patient, and 30 days after it
    was good.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="+")
    grant = models.UUIDField(unique=True, help_text="the grant, or its draft, by public id")
    email = models.EmailField()
    word_digest = models.CharField(max_length=64, default="", db_index=True, help_text="empty: not sent yet")
    asked_by = models.BigIntegerField(help_text="user")
    created_at = models.DateTimeField(db_default=Now())
    ends_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["ends_at"], name="named_person_ends")]

    def __str__(self) -> str:
        return f"named person {self.pk}"
