"""One of a patient's own things by its public id; None for somebody else's as for none at all."""

import uuid
from typing import Any

from connect.models import Connection, ImportRun, LinkAttempt


def attempt(patient: Any, user_id: int, public_id: uuid.UUID) -> LinkAttempt | None:
    """A departure that this user began for this patient. Needs no scope."""
    mine = LinkAttempt.objects.of(patient).select_related("place")
    found: LinkAttempt | None = mine.filter(public_id=public_id, user_id=user_id).first()
    return found


def run(patient: Any, public_id: uuid.UUID) -> ImportRun | None:
    """An import, inside the viewer's scope."""
    mine = ImportRun.objects.of(patient).select_related("connection__place")
    found: ImportRun | None = mine.filter(public_id=public_id).first()
    return found


def newer(run: ImportRun) -> ImportRun | None:
    """What took the place of an import that was stopped because the patient signed in there again."""
    if run.outcome != ImportRun.Outcome.STOPPED:
        return None
    later = ImportRun.objects.of(run.patient_id).filter(connection=run.connection_id, pk__gt=run.pk)
    found: ImportRun | None = later.order_by("-pk").first()
    return found


def connection(patient: Any, public_id: uuid.UUID) -> Connection | None:
    """A connection, inside the viewer's scope."""
    mine = Connection.objects.of(patient).select_related("place")
    found: Connection | None = mine.filter(public_id=public_id).first()
    return found
