"""Looks: every read of a patient's records leaves one row that nobody can change.

`looked` is the one place that notes a look. Who looks, for which clinic, by which grant and why comes from
the viewer; the page from the request; the kinds from what was read (`ground.witness`), which also has a look
written where a page forgot it.
"""

from collections.abc import Iterable

from ground import witness
from ground.correlation import request_id, route
from ground.models import Look
from ground.viewer import Viewer

#: What a look is called that no reader wrote.
PAGE = "page"


def looked(
    viewer: Viewer,
    patient_id: int,
    what: str,
    *,
    kind: str = "",
    kinds: Iterable[str] = (),
    key: str = "",
    rows: int = 0,
) -> None:
    """Write one look, inside the caller's scope, so that reading and logging stand or fall together.

    `kind` is what was asked for, `key` the one record (origin/type/id). `kinds` (slugs) are what was read;
    those of the rows that were read since the scope began are added.
    """
    read = witness.noted(patient_id).union(kinds)
    Look.objects.create(
        patient_id=patient_id,
        viewer_kind=viewer.kind,
        user_id=viewer.user_id,
        clinic_id=viewer.clinic_id,
        grant_id=viewer.grant_id,
        what=what,
        record_kind=kind,
        kinds=sorted(read),
        record_key=key[:160],
        rows=rows,
        reason=viewer.reason,
        words=viewer.words[:200],
        route=route.get()[:80],
        request_id=request_id.get(),
    )


def forgotten(viewer: Viewer, patient_id: int, kinds: frozenset[str]) -> None:
    """Write the look at somebody whose rows were read without one."""
    looked(viewer, patient_id, PAGE, kinds=kinds)
