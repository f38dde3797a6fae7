"""Rows that belong to a patient: every query over them begins with whose they are."""

from typing import Any

from django.db import models


class Owned(models.Manager[Any]):
    """Rows of patients. `of` is the first word of every query."""

    def of(self, patient: Any) -> models.QuerySet[Any]:
        """Only this patient's rows; nobody's without one. Takes a Patient or its primary key."""
        return self.none() if patient is None else self.filter(patient=patient)
