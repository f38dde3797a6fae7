"""How a patient's sign-in at a place stands with the gateway, when it ends, and what its end means.

The gateway tells whether it holds a way to ask the place anew and until when (docs/oneup.md §11.2); any of it
may be missing. Whether the end moves by itself nobody tells: that is concluded from what is seen of it.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models.functions import Now
from django.utils import timezone

from connect import notices
from connect.gateway import GatewayError, SourceAccess
from connect.importing import schedule
from connect.importing.lapsing import OVER
from connect.importing.slices import Slice
from connect.models import Connection


def told(work: Slice) -> SourceAccess | None:
    """What the gateway holds of the sign-in at this run's place; None when it does not say. Asks once."""
    connection = work.run.connection
    try:
        found = work.gateway.source_access(connection.account.external_id, connection.fhir_version)
    except GatewayError:
        return None
    here = (each for each in found if each.place_key == work.place.key)
    return next((each for each in here if each.fhir_version in ("", connection.fhir_version)), None)


def note(connection: Connection, found: SourceAccess | None) -> None:
    """Keep what was told. What was not told stays as it was known."""
    if found is None:
        return
    connection.access_renewable = _lengthens_itself(connection, found)
    connection.access_state, connection.access_until = found.state, found.expires_at
    connection.access_asked_at = Now()
    connection.save(update_fields=["access_state", "access_until", "access_renewable", "access_asked_at"])


def begin_anew(connection: Connection) -> None:
    """The patient has just signed in there: what was known of the last sign-in is over. Not saved here."""
    connection.access_state, connection.access_until = Connection.Access.UNKNOWN, None
    connection.access_renewable = connection.access_asked_at = None
    connection.ask_answer, connection.lapsed_at = "", None
    connection.reminded_until = connection.reminded_days = None


FIELDS = (
    "access_state", "access_until", "access_renewable", "access_asked_at", "ask_answer", "lapsed_at",
    "reminded_until", "reminded_days",
)  # fmt: skip


def stages() -> tuple[int, ...]:
    """How many days ahead of its end a sign-in is reminded of, the earliest first."""
    return tuple(sorted(settings.REMIND_DAYS, reverse=True))


def stage(connection: Connection, now: datetime) -> int | None:
    """The reminder that is due: so many days ahead. None where none is, or it was written already."""
    until = connection.access_until
    if until is None or until <= now or not _is_worth_it(connection):
        return None
    due = [days for days in stages() if until - timedelta(days=days) <= now]
    if not due or _was_reminded(connection, min(due)):
        return None
    return min(due)


def next_reminder(connection: Connection, now: datetime) -> datetime | None:
    """When the next reminder falls due; now, where one is due already; None where none is to come."""
    until = connection.access_until
    if until is None or until <= now or not _is_worth_it(connection):
        return None
    if stage(connection, now) is not None:
        return now
    to_come = (until - timedelta(days=days) for days in stages())
    return min((each for each in to_come if each > now), default=None)


def plan_reminder(connection: Connection) -> None:
    """Put the job of the next reminder, if there is to be one. Inside the patient's scope."""
    due = next_reminder(connection, timezone.now())
    if due is not None:
        schedule.set_due(notices.REMIND, connection, due)


def _is_worth_it(connection: Connection) -> bool:
    live = connection.state in schedule.LIVE and connection.lapsed_at is None
    return live and not connection.access_renewable and connection.access_state not in OVER


def _was_reminded(connection: Connection, days: int) -> bool:
    same = connection.reminded_until == connection.access_until
    return same and connection.reminded_days is not None and connection.reminded_days <= days


def _lengthens_itself(connection: Connection, found: SourceAccess) -> bool | None:
    """Whether the end moves on without the patient; None where that is not known.

    It does where it was seen to move since the last look, and where it lies so near that only a program can
    be meant. That the gateway holds a way to ask anew says nothing of how long it will.
    """
    if not found.renewable or found.expires_at is None:
        return found.renewable
    before = connection.access_until
    if connection.access_renewable or (before is not None and found.expires_at > before):
        return True
    if found.refreshed_at is not None:
        soon = timedelta(days=max(stages(), default=0) + 1)
        return True if found.expires_at - found.refreshed_at < soon else None
    return None
