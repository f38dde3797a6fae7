"""A second try for what could not be kept: after a reader was mended, or the database takes more."""

from records import bodies
from records.models import Quarantined
from records.store.keeping import keep


def source_of_quarantined(patient_id: int, quarantined_id: int) -> int | None:
    """From which source it came; None where it is there no more. Inside the patient's scope."""
    rows = Quarantined.objects.filter(patient_id=patient_id, pk=quarantined_id)
    return rows.values_list("source_id", flat=True).first()


def keep_again(patient_id: int, quarantined_id: int, *, upstream_patient: str) -> bool:
    """Keep it as a record if that is possible now, and take it out of quarantine; whether it was. Inside the
    patient's scope.
    """
    rows = Quarantined.objects.filter(patient_id=patient_id, pk=quarantined_id).select_for_update(
        of=("self",)
    )
    row = rows.select_related("origin").first()
    if row is None:
        return False
    kept = keep(
        patient_id=patient_id,
        source_id=row.source_id,
        origin=row.origin,
        upstream_patient=upstream_patient,
        resources=[bodies.unpack(row.dictionary, bytes(row.body))],
    )
    if kept.quarantined:
        return False
    row.delete()
    return True
