"""A hospital, clinic or health plan as a gateway's directory has it, remembered when first seen."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now


class Place(models.Model):
    """One entry of a gateway's directory, without any patient. Kept for good, renewed when seen again."""

    class Kind(models.TextChoices):
        """What the place is; empty where the directory does not say."""

        PROVIDER = "provider"
        PLAN = "plan"
        UNKNOWN = ""

    gateway = models.CharField(max_length=20, default="oneup")
    key = models.CharField(max_length=64, help_text="The gateway's own id.")
    name = models.CharField(max_length=300)
    address = models.CharField(max_length=300, default="", blank=True)
    city = models.CharField(max_length=100, default="", blank=True)
    state = models.CharField(max_length=20, default="", blank=True)
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.UNKNOWN, blank=True)
    fhir_versions = models.CharField(max_length=40, default="", blank=True, help_text="Space separated.")
    ehr = models.CharField(max_length=100, default="", blank=True)
    resource_url = models.CharField(max_length=500, default="", blank=True)
    logo_url = models.CharField(max_length=500, default="", blank=True)
    folded = models.CharField(max_length=720, default="", help_text="Name and address without accents.")
    seen_at = models.DateTimeField(db_default=Now())
    corrected = models.JSONField(
        default=dict, blank=True, help_text="Words of ours that stand over the directory's, by column."
    )
    is_hidden = models.BooleanField(
        default=False, help_text="Left out of searches. Who is connected there keeps it."
    )

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["gateway", "key"], name="one_row_per_place"),
        ]

    def __str__(self) -> str:
        return f"{self.gateway}:{self.key}"

    @property
    def source_key(self) -> str:
        """The key under which `records` knows this place."""
        return f"{self.gateway}:{self.key}"

    @property
    def versions(self) -> tuple[str, ...]:
        """FHIR versions the place offers; empty where the directory does not say."""
        return tuple(self.fhir_versions.split())

    @property
    def where(self) -> str:
        """What tells equal names apart: the address, else city and state."""
        town = ", ".join(part for part in (self.city, self.state) if part)
        return self.address or town

    @property
    def initials(self) -> str:
        """One or two letters to show where a logo would be; pages load nothing from other hosts."""
        words = [word for word in self.name.replace("(", " ").split() if word[0].isalpha()]
        return "".join(word[0] for word in words[:2]).upper()
