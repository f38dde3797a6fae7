"""What a place no longer sends, decided by whole passes alone, and by two of them: each came to the end of
every chart, with as many as the gateway counts, with nothing refused and nothing timed out.

The second is made only where the first misses something. What either of them saw is not gone.
"""

from typing import Any

from connect.importing import walks
from connect.models import ImportRun, Sighting
from records import store

_MARK = store.MARK_BYTES
_PASSES = 2


def begin(run: ImportRun) -> None:
    """A pass begins: what was seen before it counts only where it is to be the second that agrees."""
    if not walks.agreed(run):
        _forget(run)
        for walk in run.walks:
            walk["agreed"] = 0


def note(run: ImportRun, kept: store.Kept) -> None:
    """Note what a page of the last pass held, in the transaction that keeps it."""
    if run.is_complete and run.is_last_pass and kept.keys:
        marks = b"".join(store.mark(*key) for key in kept.keys)
        Sighting.objects.create(patient_id=run.patient_id, run=run, marks=marks)


def is_in_doubt(run: ImportRun) -> bool:
    """Whether something is missing that only one pass has missed so far."""
    if not 0 < walks.agreed(run) < _PASSES or not _may_decide(run):
        return False
    return bool(store.missing(**_question(run)))


def settle(run: ImportRun) -> int:
    """Take what two passes did not bring any more out of the lists; how many that were."""
    question = _question(run)
    _forget(run)
    if not question["seen"] or walks.agreed(run) < _PASSES or not _may_decide(run):
        return 0
    return store.note_gone(**question)


def _may_decide(run: ImportRun) -> bool:
    whole = run.is_complete and not run.error and not run.failed_kinds and not walks.broken(run)
    return bool(whole and run.connection.source_id is not None)


def _question(run: ImportRun) -> dict[str, Any]:
    connection = run.connection
    return {
        "patient_id": run.patient_id,
        "source_id": int(connection.source_id or 0),
        "origin": store.origin(connection.place.gateway, connection.fhir_version.upper()),
        "upstream_patients": [walk["id"] for walk in run.walks],
        "seen": _seen(run),
    }


def _forget(run: ImportRun) -> None:
    Sighting.objects.of(run.patient_id).filter(run=run).delete()


def _seen(run: ImportRun) -> set[bytes]:
    pages = Sighting.objects.of(run.patient_id).filter(run=run).values_list("marks", flat=True)
    return {bytes(page[start : start + _MARK]) for page in pages for start in range(0, len(page), _MARK)}
