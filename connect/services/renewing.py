"""The end of a sign-in at a place: who is to be reminded when, and the day as a calendar file (RFC 5545)."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from connect.importing import access
from connect.models import Connection

_LINE = 75  # octets, without the line's end


@dataclass(frozen=True, slots=True)
class Reminder:
    """A reminder that is due: the connection, and the day its sign-in ends."""

    connection: Connection
    day: date


def due_reminder(patient_id: int, connection_id: int) -> Reminder | None:
    """The reminder that is due at a connection, marked as written in the caller's scope and transaction."""
    connection = _connection(patient_id, connection_id, lock=True)
    now = timezone.now()
    if connection is None or connection.access_until is None:
        return None
    days = access.stage(connection, now)
    if days is None:
        return None
    connection.reminded_until, connection.reminded_days = connection.access_until, days
    connection.save(update_fields=["reminded_until", "reminded_days"])
    return Reminder(connection, _day(connection.access_until))


def next_reminder(patient_id: int, connection_id: int) -> datetime | None:
    """When the next reminder of a connection falls due; None where none is to come. Inside a scope."""
    connection = _connection(patient_id, connection_id)
    return access.next_reminder(connection, timezone.now()) if connection is not None else None


def has_lapsed(patient_id: int, connection_id: int) -> bool:
    """Whether a connection still waits for its patient to sign in again. Inside a scope."""
    connection = _connection(patient_id, connection_id)
    return connection is not None and connection.state == Connection.State.LAPSED


def calendar(connection: Connection) -> str:
    """The day a sign-in ends, to put into a calendar; "" where no such day is known.

    An event of a whole day that says "Sign in again" and where: on our pages, which ask who is there. Neither
    the place nor the patient is named: calendars are shared.
    """
    until: datetime | None = connection.access_until
    if until is None or connection.access_renewable:
        return ""
    day = _day(until)
    stamp = (connection.access_asked_at or timezone.now()).astimezone(UTC)
    about = _("A sign-in ends today. %(site)s shows which one.") % {"site": settings.SITE_NAME}
    lines = (
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:-//{_text(settings.SITE_NAME)}//EN",
        "BEGIN:VEVENT",
        f"UID:{connection.public_id}@{settings.SITE_HOST}",
        f"SEQUENCE:{int(until.timestamp()) // 60}",
        f"DTSTAMP:{stamp:%Y%m%dT%H%M%SZ}",
        f"DTSTART;VALUE=DATE:{day:%Y%m%d}",
        f"DTEND;VALUE=DATE:{day + timedelta(days=1):%Y%m%d}",
        f"SUMMARY:{_text(_('Sign in again'))}",
        f"DESCRIPTION:{_text(about)}",
        f"URL:{settings.SITE_URL}{reverse('connect:places')}",
        "TRANSP:TRANSPARENT",
        "CLASS:PRIVATE",
        "BEGIN:VALARM",
        "ACTION:DISPLAY",
        f"DESCRIPTION:{_text(_('Sign in again'))}",
        "TRIGGER:-P3D",
        "END:VALARM",
        "END:VEVENT",
        "END:VCALENDAR",
    )
    return "".join(f"{_folded(line)}\r\n" for line in lines)


def _connection(patient_id: int, connection_id: int, *, lock: bool = False) -> Connection | None:
    mine = Connection.objects.of(patient_id).filter(pk=connection_id)
    found: Connection | None = (mine.select_for_update() if lock else mine).first()
    return found


def _day(until: datetime) -> date:
    return timezone.localtime(until).date()


def _text(words: str) -> str:
    """TEXT of RFC 5545 §3.3.11: backslash, semicolon, comma and line ends are escaped."""
    for plain, escaped in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\n", "\\n")):
        words = words.replace(plain, escaped)
    return words.replace("\r", "")


def _folded(line: str) -> str:
    """Lines longer than 75 octets go on in the next, after a space (RFC 5545 §3.1); no letter is cut."""
    parts, room = [""], _LINE
    for letter in line:
        size = len(letter.encode())
        if size > room:
            parts.append("")
            room = _LINE - 1
        parts[-1] += letter
        room -= size
    return "\r\n ".join(parts)
