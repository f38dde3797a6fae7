"""One connection's own page: how it stands, what comes next, what came of each kind, what happened."""

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from connect.models import Connection
from connect.services import forecasts, happened, words
from connect.services.cards import beside, latest_runs, of_connection
from connect.services.imports import may_ask_at
from connect.services.leaving import latest
from connect.services.standing import Beside, of_others
from ground.viewer import Viewer

State = Connection.State
_OVER = (State.ENDED, State.REFUSED)


def connection_page(viewer: Viewer, connection: Connection, *, everything: bool = False) -> dict[str, Any]:
    """Inside the viewer's scope: what `connect/connection.html` takes. `everything`: the whole history."""
    known = beside(viewer, [connection])[connection.pk]
    run = latest_runs(connection.patient_id).get(connection.pk)
    card = of_connection(connection, run, known)
    return {
        "place": connection.place,
        "connection": connection,
        "card": card,
        "others": of_others(connection),
        "facts": _facts(connection, known),
        "sent": known.sent,
        "history": happened.history(connection, everything=everything),
        "check": _check(connection, card),
        "ways": _ways(connection),
    }


def _facts(connection: Connection, known: Beside) -> list[tuple[str, str]]:
    """Pairs of what and when, as far as known; of a place that is over only what was."""
    last, since = connection.collected_at, connection.confirmed_at
    said_above = connection.state == State.CONNECTED and not connection.last_error
    found = [
        *(_coming(connection, known) if _goes_on(connection) else ()),
        (_("Last checked"), words.moment(last) if last and not said_above else ""),
        (_("Connected since"), words.moment(since) if since and connection.state != State.REFUSED else ""),
    ]
    return [(name, text) for name, text in found if text]


def _goes_on(connection: Connection) -> bool:
    """Whether there is something to come: also while we look, once we have looked before."""
    looking = connection.state == State.COLLECTING and connection.collected_at is not None
    return looking or connection.state in (State.CONNECTED, State.LAPSED)


def _coming(connection: Connection, known: Beside) -> list[tuple[str, str]]:
    look = capfirst(forecasts.when(known.due)) if known.due else ""
    if connection.state == State.COLLECTING:
        look = _("We are looking now")
    if connection.state == State.LAPSED:
        look = _("After you have signed in there again")
    return [
        (_("Next look"), look),
        (_("Access"), forecasts.access(connection)),
        (_("Next sign-in there"), forecasts.sign_in(connection)),
    ]


def _check(connection: Connection, card: dict[str, Any]) -> dict[str, str]:
    """ "Check now": its address, or when it can be asked next; neither where it makes no sense."""
    if card["progress"] or connection.state != State.CONNECTED:
        return {"url": "", "text": ""}
    after = _may_check_after(connection)
    if after is None:
        return {"url": reverse("connect:check", args=[connection.public_id]), "text": ""}
    return {"url": "", "text": _("You can check again at %(time)s.") % {"time": words.hour(after)}}


def _may_check_after(connection: Connection) -> datetime | None:
    if connection.asked_at is None or may_ask_at(connection) <= timezone.now():
        return None
    return may_ask_at(connection)


def _ways(connection: Connection) -> dict[str, str]:
    """Addresses of what else can be done; empty where there is nothing to do."""
    is_over = connection.state in _OVER
    holds, receipt = bool(connection.accepted), latest(connection)
    calendar = connection.access_until is not None and not connection.access_renewable and not is_over
    return {
        "sign_in": reverse("connect:place", args=[connection.place.key]),
        "calendar": reverse("connect:calendar", args=[connection.public_id]) if calendar else "",
        "stop": "" if is_over else reverse("connect:stop", args=[connection.public_id]),
        "delete": reverse("connect:delete", args=[connection.public_id]) if holds else "",
        "receipt": reverse("connect:receipt", args=[receipt.public_id]) if receipt else "",
    }
