"""Looks: every read of a patient's records leaves one row that nobody can change."""

from ground.correlation import request_id
from ground.models import Look
from ground.viewer import Viewer


def looked(
    viewer: Viewer, patient_id: int, what: str, *, kind: str = "", key: str = "", rows: int = 0
) -> None:
    """Write one look, inside the caller's scope, so that reading and logging stand or fall together."""
    Look.objects.create(
        patient_id=patient_id,
        viewer_kind=viewer.kind,
        user_id=viewer.user_id,
        clinic_id=viewer.clinic_id,
        what=what,
        record_kind=kind,
        record_key=key[:160],
        rows=rows,
        reason=viewer.reason,
        request_id=request_id.get(),
    )
