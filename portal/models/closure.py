"""That somebody closes their account: how far that is, and afterwards the receipt."""

import uuid

from django.db import models
from django.db.models.functions import Now

from ground.crypto import SealedText


class Closure(models.Model):
    """The checklist of one account that is being closed. It outlives the user, so it stands by itself.

    Holds numbers, counts and times. The addresses are sealed, and wiped with the last step. Reached by its
    public id alone, which nobody can guess; deleted 30 days after it ended.
    """

    class Step(models.TextChoices):
        """In their order. Each may be done twice, and is written down as done before the next begins."""

        LOOKS = "looks"
        PERMISSIONS = "permissions"
        COPIES = "copies"
        ACCOUNTS = "accounts"
        RECORDS = "records"
        PEOPLE = "people"
        SHARED = "shared"
        LETTERS = "letters"
        USER = "user"
        RECEIPT = "receipt"
        OVER = "over"

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user_id = models.BigIntegerField(null=True, unique=True, help_text="Until the user is deleted.")
    language = models.CharField(max_length=8)
    addresses_sealed = models.BinaryField(null=True)
    addresses = SealedText("addresses_sealed", owner="public_id")
    going = models.JSONField(default=list, help_text="Patients whom nobody else looks after, by number.")
    staying = models.JSONField(default=list, help_text="Patients whom somebody else looks after too.")
    step = models.CharField(max_length=12, choices=Step, default=Step.LOOKS)
    done = models.JSONField(default=list, help_text="What of the step at hand is done already.")
    removed = models.JSONField(default=dict, help_text="How many of what were deleted.")
    mail_id = models.BigIntegerField(null=True, help_text="The receipt by mail, until it is sent.")
    troubles = models.PositiveSmallIntegerField(default=0, help_text="Calls that came to nothing, in a row.")
    begun_at = models.DateTimeField(db_default=Now())
    ended_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"closure {self.pk} ({self.step})"

    def has_done(self, step: str) -> bool:
        """Whether this step is behind us."""
        order = list(self.Step.values)
        return order.index(self.step) > order.index(step)
