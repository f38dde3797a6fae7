"""Where an id belongs: which server, speaking which FHIR version."""

from typing import ClassVar

from django.db import models


class Origin(models.Model):
    """One FHIR server in one version; ids are unique inside it. Holds nothing of anybody; never deleted."""

    id = models.SmallAutoField(primary_key=True)
    gateway = models.CharField(max_length=40, help_text="the server behind the ids: oneup …")
    fhir_version = models.CharField(max_length=8, help_text="R4, STU3 or DSTU2")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["gateway", "fhir_version"], name="one_origin_per_server")
        ]

    def __str__(self) -> str:
        return f"{self.gateway} {self.fhir_version}"
