"""A sign-in at a place that is over: found by a look, said to the patient once, healed by signing in."""

from django.utils import timezone

from connect import notices
from connect.importing import history
from connect.models import Connection, Happening, ImportRun
from ground import jobs

#: Answers to asking a place anew after which only the patient can help, by signing in there.
NEEDS_SIGN_IN = frozenset({"no_sign_in", "not_connected", "user"})

#: What the gateway says of a sign-in with which nothing comes any more.
OVER = (Connection.Access.EXPIRED, Connection.Access.REVOKED)


def note(run: ImportRun) -> None:
    """Say on the connection whether a look found it lapsed, and have the patient told the first time.

    A run that a sign-in began finds nothing of the kind: what the place sent is as new as can be, even where
    it lets nobody ask again. Saves nothing; inside the patient's scope.
    """
    connection = run.connection
    if run.attempt_id is not None:
        return
    if not _is_lapsed(run):
        if run.outcome == ImportRun.Outcome.DONE:
            connection.lapsed_at = None
        return
    if connection.lapsed_at is None:
        connection.lapsed_at = timezone.now()
        history.act(connection, Happening.What.LAPSED, about=f"run:{run.pk}", note=run.ask_answer)
        jobs.put(notices.LAPSED, subject=connection.pk, patient_id=connection.patient_id)


def _is_lapsed(run: ImportRun) -> bool:
    if run.ask_answer in NEEDS_SIGN_IN:
        return True
    connection = run.connection
    return bool(run.ask_answer) and (connection.lapsed_at is not None or connection.access_state in OVER)
