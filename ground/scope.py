"""Row scope: the short transaction in which one viewer's protected rows can be reached.

Protected tables carry one policy over transaction-local settings (`ground.policy`). Nothing is readable
without it: Postgres raises, so an empty page never means a forgotten scope (decision 0005).
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import Any

from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse

from ground import witness
from ground.viewer import Viewer

#: The scope of this thread of work. `ground.db` writes it at the start of each outermost transaction.
current: ContextVar[Viewer | None] = ContextVar("ground.scope", default=None)

#: Sets our advisory locks, which are this plus the patient, apart from anybody else's.
_LOCK = 0x7061 << 48

_SET = (
    "select set_config('app.patients', %s, true), set_config('app.clinic', %s, true),"
    " set_config('app.person', %s, true)"
)


def settings_of(viewer: Viewer | None) -> list[str]:
    """The three setting values of a viewer: whose rows, for which clinic, and which person looks by a grant.
    Empty words where there is none, on which the policy raises.
    """
    if viewer is None:
        return ["", "", ""]
    person = viewer.user_id if viewer.kind == "carer" else None
    patients = "{" + ",".join(str(pk) for pk in viewer.patients) + "}"
    return [patients, str(viewer.clinic_id or ""), str(person or "")]


@contextmanager
def open(viewer: Viewer) -> Iterator[Viewer]:
    """Open a short transaction in which `viewer`'s patients can be reached.

    May be nested: the inner scope holds until it closes, then the outer one is put back. Never keep one open
    across a call to a gateway.
    """
    nested = connection.in_atomic_block
    before = current.get()
    token = current.set(viewer)
    try:
        with transaction.atomic():
            if nested:
                _write(viewer)
            with witness.watching(viewer):
                yield viewer
            if nested:
                _write(before)
    finally:
        current.reset(token)


def alone(patient_id: int) -> None:
    """Inside a scope, before any row is locked: until the transaction ends nobody else begins or ends a
    connection of this patient.
    """
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [_LOCK + patient_id])


def _write(viewer: Viewer | None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_SET, settings_of(viewer))


def scoped(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Run a view, its template included, inside the scope of `request.viewer`.

    Not for views that call a gateway or stream their answer.
    """

    @wraps(view)
    def inside(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        with open(_viewer_of(request)):
            answer = view(request, *args, **kwargs)
            render: Any = getattr(answer, "render", None)
            if callable(render):
                render()
            return answer

    return inside


def _viewer_of(request: HttpRequest) -> Viewer:
    viewer = getattr(request, "viewer", None)
    if not isinstance(viewer, Viewer):
        raise TypeError("this view needs request.viewer, which portal.middleware sets")
    return viewer
