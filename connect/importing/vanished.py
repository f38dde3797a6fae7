"""What a place no longer sends, decided by a complete pass alone: one that came to the end of every chart, as
many as the gateway counts, with nothing refused and nothing timed out.
"""

from connect.importing import walks
from connect.models import ImportRun, Sighting
from records import store

_MARK = store.MARK_BYTES


def begin(run: ImportRun) -> None:
    """Another pass begins: what an earlier one saw is of no account."""
    Sighting.objects.of(run.patient_id).filter(run=run).delete()


def note(run: ImportRun, kept: store.Kept) -> None:
    """Note what a page of the last pass held, in the transaction that keeps it."""
    if run.is_last_pass and kept.keys:
        marks = b"".join(store.mark(*key) for key in kept.keys)
        Sighting.objects.create(patient_id=run.patient_id, run=run, marks=marks)


def settle(run: ImportRun) -> int:
    """Take what the pass did not bring any more out of the lists; how many that were."""
    seen = _seen(run)
    begin(run)
    connection = run.connection
    if not seen or run.error or run.failed_kinds or walks.broken(run) or connection.source_id is None:
        return 0
    return store.note_gone(
        patient_id=run.patient_id,
        source_id=connection.source_id,
        origin=store.origin(connection.place.gateway, connection.fhir_version.upper()),
        upstream_patients=[walk["id"] for walk in run.walks],
        seen=seen,
    )


def _seen(run: ImportRun) -> set[bytes]:
    pages = Sighting.objects.of(run.patient_id).filter(run=run).values_list("marks", flat=True)
    return {bytes(page[start : start + _MARK]) for page in pages for start in range(0, len(page), _MARK)}
