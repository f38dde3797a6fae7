"""What a place answered, written down once its records are here; and the files they name, asked for."""

from collections.abc import Iterable
from datetime import datetime

from connect import gateways
from connect.importing import files, walks
from connect.models import Connection, ImportRun
from ground import jobs
from records import store
from records.fhir import kinds


def note(run: ImportRun) -> None:
    """What is not here was not sent, as far as every page was read; else we say that we do not know."""
    connection = run.connection
    if connection.source_id is None:
        return
    noted = {"patient_id": run.patient_id, "source_id": connection.source_id}
    if run.attempt_id is not None or not (run.ask_answer or run.error):
        store.forget_refusals(**noted)  # the place was asked anew for everything
    for kind in _slugs(run.failed_kinds):
        store.note_delivery(**noted, kind=kind, state="refused", note="place")
    if broken := walks.broken(run):
        store.note_delivery(**noted, kind="", state="failed", note=broken)
        run.error = broken
        return
    place = connection.place
    store.settle_deliveries(
        store.source(run.patient_id, key=place.source_key, name=place.name, place_kind=place.kind)
    )


def want_files(connection: Connection, last_time: datetime | None, began: datetime) -> int:
    """What records named since `last_time`, and did not bring, is fetched by a job of its own, at the end.

    Says how many files that came since the run `began` are in no list: they are read with what names them.
    """
    source = store.source_of(connection.patient_id, connection.source_id)
    if source is None:
        return 0
    if store.want_files(source, gateways.holds, since=last_time):
        jobs.put(files.JOB, subject=connection.pk, patient_id=connection.patient_id)
    return store.put_behind(source, since=began)


def _slugs(types: Iterable[str]) -> set[str]:
    """Kinds of records that FHIR types belong to. An observation may be a test result or a vital sign."""
    return {kind.slug for name in types for kind in kinds.KINDS if name in kind.types}
