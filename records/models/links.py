"""Links by which a patient shares a summary with whoever holds one: SMART Health Links (HL7, STU 1).

What a link shows is said by its grant, like all sharing. A link that is over keeps its openings and loses its
secret and its door (decision 0037).
"""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models.functions import Now

from ground.crypto import SealedText
from records.models.sharing import Grant

WRONG_PASSCODES = 10
"""After so many in all, right ones between them or not, a link is dead."""


class HealthLink(models.Model):
    """One link. Deleted with the patient.

    `secret` holds the word of its address and the key of its content, sealed: the patient may look at the
    code again, and the content is made anew for each opening.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    patient = models.ForeignKey("portal.Patient", on_delete=models.CASCADE, related_name="+")
    grant = models.OneToOneField(Grant, on_delete=models.CASCADE, related_name="+")
    secret_sealed = models.BinaryField(null=True, help_text="null: it is over")
    secret = SealedText("secret_sealed", owner=("patient_id", "public_id"), bound_as="secret")
    passcode = models.CharField(max_length=200, default="", help_text="its hash; empty: it needs none")
    wrong_left = models.PositiveSmallIntegerField(default=WRONG_PASSCODES)
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes: ClassVar = [models.Index(fields=["patient", "-made_at"], name="link_of_patient")]

    def __str__(self) -> str:
        return f"link {self.pk}"

    @property
    def is_good(self) -> bool:
        """Whether it opened when `records.services.links` read it."""
        return bool(getattr(self, "opens", False))


class LinkDoor(models.Model):
    """Whose link the word of an address belongs to: all that can be found before a scope is open.

    Holds a digest of the word, and nothing about health. Deleted when the link is over.
    """

    digest = models.CharField(max_length=64, primary_key=True)
    patient = models.ForeignKey("portal.Patient", on_delete=models.CASCADE, related_name="+")
    link = models.OneToOneField(HealthLink, on_delete=models.CASCADE, related_name="+")
    ends_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"door of link {self.link_id}"


class LinkOpening(models.Model):
    """That somebody opened a link, or tried to: when, and as whom. Deleted with it."""

    class Outcome(models.TextChoices):
        """`wrong`: the passcode was."""

        OPENED = "opened"
        WRONG = "wrong"

    patient = models.ForeignKey("portal.Patient", on_delete=models.CASCADE, related_name="+")
    link = models.ForeignKey(HealthLink, on_delete=models.CASCADE, related_name="openings")
    at = models.DateTimeField(db_default=Now())
    recipient = models.CharField(max_length=120, help_text="in their own words; nobody checked them")
    outcome = models.CharField(max_length=10, choices=Outcome)

    def __str__(self) -> str:
        return f"opening {self.pk} of link {self.link_id}"
