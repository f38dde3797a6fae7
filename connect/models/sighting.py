"""What the last pass of an import saw, so that what a place no longer sends is known without touching a
row of what it still sends.
"""

from django.db import models

from connect.models.owned import Owned
from connect.models.run import ImportRun


class Sighting(models.Model):
    """One page of a pass, eight bytes for each record it held (`records.store.mark`).

    Says nothing by itself. Deleted when the run settles or begins another pass, and with the run.
    """

    patient = models.ForeignKey("portal.Patient", on_delete=models.CASCADE, related_name="+")
    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="sightings")
    marks = models.BinaryField()

    objects = Owned()

    def __str__(self) -> str:
        return f"sighting {self.pk}"
