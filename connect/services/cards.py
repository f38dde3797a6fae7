"""My places as cards: one for each connection, and one for each departure nobody came back from."""

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from connect.models import Connection, ImportRun, LinkAttempt
from connect.services import forecasts, linking, sent, words
from connect.services.standing import Beside, standing
from ground.viewer import Viewer

State = Connection.State

_OVER = (State.ENDED, State.REFUSED)
#: What comes first on the page: what waits for the patient, then what does not work, then the rest by name.
_FIRST = {State.QUESTION: 0, State.LAPSED: 1, "left": 2}


def cards(patient_id: int, beside: Mapping[int, Beside] | None = None) -> list[dict[str, Any]]:
    """Inside the viewer's scope: what `components/connection_card.html` takes, every key set.

    `beside`: by connection what else is known of it; without, a card says less and costs less.
    """
    told = beside or {}
    runs = latest_runs(patient_id)
    shown = [each for each in connections(patient_id) if each.state != State.CONFIRMING or each.pk in runs]
    linked = {each.place_id for each in shown}
    waiting = [each for each in linking.open_links(patient_id) if each.place_id not in linked]
    return [
        *(_of_link(each) for each in waiting),
        *(of_connection(each, runs.get(each.pk), told.get(each.pk, Beside())) for each in shown),
    ]


def full_cards(viewer: Viewer, patient_id: int) -> list[dict[str, Any]]:
    """The same with everything known of each place, what needs the patient first."""
    found = cards(patient_id, beside(viewer, connections(patient_id)))
    return sorted(found, key=_rank)


def _rank(card: dict[str, Any]) -> int:
    failing = 3 if card["tone"] == "high" else 4
    over = 5 if card["how"] in _OVER else failing
    return _FIRST.get(card["how"], over)


def beside(viewer: Viewer, mine: list[Connection]) -> dict[int, Beside]:
    """Inside the viewer's scope: what stands beside these connections, by primary key."""
    looks = forecasts.next_looks(mine)
    troubled = forecasts.troubles(each.place for each in mine if each.state not in _OVER)
    by_place = sent.by_place(viewer) if mine else {}
    return {
        each.pk: Beside(
            due=looks.get(each.pk),
            trouble=troubled.get(each.place_id, ""),
            sent=by_place.get(each.source_id or 0) if each.collected_at else None,
        )
        for each in mine
    }


def connections(patient_id: int) -> list[Connection]:
    """Inside a scope: this patient's connections by name; not those that never came about."""
    found = Connection.objects.of(patient_id).select_related("place").order_by("place__name", "pk")
    never = {"state": State.ENDED, "confirmed_at": None}
    return list(found.exclude(**never))


def latest_runs(patient_id: int) -> dict[int, ImportRun]:
    """Inside a scope: the latest import of each connection."""
    latest = ImportRun.objects.of(patient_id).select_related("connection__place")
    newest = latest.order_by("connection_id", "-pk").distinct("connection_id")
    return {run.connection_id: run for run in newest}


def of_connection(connection: Connection, run: ImportRun | None, beside: Beside) -> dict[str, Any]:
    """One connection as a card."""
    going = run is not None and not run.is_over and connection.state != State.QUESTION
    stands = standing(connection, run, beside)
    action_url, action = _action(connection)
    return {
        "key": connection.place.key,
        "how": connection.state,
        "name": connection.place.name,
        "initials": connection.place.initials,
        "url": reverse("connect:connection", args=[connection.public_id]),
        "state": stands.word,
        "tone": stands.tone,
        "needs_you": stands.needs_you,
        "text": "" if going else stands.text,
        "note": connection.place.where,
        "quiet": _quiet(connection, beside, going=going),
        "trouble": beside.trouble,
        "progress": words.progress(run) if going and run is not None else None,
        "check_url": "" if going else _check_url(connection),
        "action_url": action_url,
        "action": action,
    }


def _quiet(connection: Connection, beside: Beside, *, going: bool) -> str:
    """What comes next there, and what they keep back; nothing of a place that is over or under way."""
    if going or connection.state not in (State.CONNECTED, State.LAPSED):
        return ""
    look = "" if connection.last_error or connection.state == State.LAPSED else forecasts.again(beside.due)
    refused = beside.sent.refused() if beside.sent else ""
    return " ".join(filter(None, (look, forecasts.access(connection), refused)))


def _check_url(connection: Connection) -> str:
    """Where "Check now" is sent; empty where something else is the one thing to do."""
    if connection.state != State.CONNECTED or forecasts.soon(connection):
        return ""
    return reverse("connect:check", args=[connection.public_id])


def _action(connection: Connection) -> tuple[str, str]:
    """The one thing to do about a connection now."""
    here = reverse("connect:place", args=[connection.place.key])
    match connection.state:
        case State.QUESTION:
            return reverse("connect:question", args=[connection.public_id]), _("Answer the question")
        case State.LAPSED:
            return here, _("Sign in again")
        case State.ENDED | State.REFUSED:
            return here, _("Connect again")
        case State.CONNECTED if forecasts.soon(connection):
            return here, _("Sign in again")
        case State.CONNECTED:
            return reverse("connect:connection", args=[connection.public_id]), _("See how it stands")
        case _:
            return "", ""


def _of_link(attempt: LinkAttempt) -> dict[str, Any]:
    if attempt.place is None:
        return _of_search(attempt)
    text = _("You left for %(place)s (%(time)s) and have not come back here. Nothing was collected.")
    return {
        "key": attempt.place.key,
        "how": "left",
        "name": attempt.place.name,
        "initials": attempt.place.initials,
        "url": reverse("connect:place", args=[attempt.place.key]),
        "state": _("Not confirmed"),
        "tone": "quiet",
        "needs_you": True,
        "text": text % {"place": attempt.place.name, "time": words.moment(attempt.created_at)},
        "note": attempt.place.where,
        "quiet": "",
        "trouble": "",
        "progress": None,
        "check_url": "",
        "action_url": reverse("connect:confirm", args=[attempt.public_id]),
        "action": _("Did you finish there?"),
    }


def _of_search(attempt: LinkAttempt) -> dict[str, Any]:
    """A search in the gateway's own page: nobody came back from it, or we do not know yet from where."""
    back = attempt.state != LinkAttempt.State.OPEN
    text = _(
        "You searched in a page that is not ours (%(time)s) and have not come back here. Nothing was"
        " collected."
    )
    if back:
        text = _(
            "You came back from a page that is not ours (%(time)s). We are finding out where you signed in."
        )
    return {
        "key": "",
        "how": "left",
        "name": _("A place not named yet"),
        "initials": "?",
        "url": "",
        "state": _("Not confirmed"),
        "tone": "quiet",
        "needs_you": True,
        "text": text % {"time": words.moment(attempt.created_at)},
        "note": "",
        "quiet": "",
        "trouble": "",
        "progress": None,
        "check_url": "",
        "action_url": reverse("connect:picked" if back else "connect:confirm", args=[attempt.public_id]),
        "action": _("See how it stands") if back else _("Did you finish there?"),
    }
