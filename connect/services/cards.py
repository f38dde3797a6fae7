"""My places as cards: one for each connection, and one for each departure nobody came back from."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from connect.models import Connection, ImportRun, LinkAttempt
from connect.services import linking, words

State = Connection.State


def cards(patient_id: int) -> list[dict[str, Any]]:
    """Inside the viewer's scope: what `components/connection_card.html` takes, every key set."""
    runs = _latest_runs(patient_id)
    shown = [each for each in connections(patient_id) if each.state != State.CONFIRMING or each.pk in runs]
    linked = {each.place_id for each in shown}
    waiting = [each for each in linking.open_links(patient_id) if each.place_id not in linked]
    return [
        *(_of_link(each) for each in waiting),
        *(_of_connection(each, runs.get(each.pk)) for each in shown),
    ]


def connections(patient_id: int) -> list[Connection]:
    """Inside a scope: this patient's connections by name; not those that never came about."""
    found = Connection.objects.of(patient_id).select_related("place").order_by("place__name", "pk")
    never = {"state": State.ENDED, "confirmed_at": None}
    return list(found.exclude(**never))


def _latest_runs(patient_id: int) -> dict[int, ImportRun]:
    latest = ImportRun.objects.of(patient_id).select_related("connection__place")
    return {run.connection_id: run for run in latest.order_by("connection_id", "pk")}


def _of_connection(connection: Connection, run: ImportRun | None) -> dict[str, Any]:
    going = run is not None and not run.is_over and connection.state != State.QUESTION
    state, tone, text = _standing(connection, run)
    action_url, action = _action(connection)
    return {
        "key": connection.place.key,
        "how": connection.state,
        "name": connection.place.name,
        "url": reverse("connect:place", args=[connection.place.key]),
        "state": state,
        "tone": tone,
        "text": "" if going else text,
        "note": connection.place.where,
        "progress": words.progress(run) if going and run is not None else None,
        "action_url": action_url,
        "action": action,
    }


def _standing(connection: Connection, run: ImportRun | None) -> tuple[str, str, str]:
    """The state in a word or two, its tone, and the sentence below."""
    place = {"place": connection.place.name}
    match connection.state:
        case State.CONFIRMING:
            return (
                _("Checking"),
                "plain",
                _("We are checking with %(place)s that your sign-in worked.") % place,
            )
        case State.COLLECTING:
            first = connection.collected_at is None
            return (_("Collecting") if first else _("Checking")), "plain", ""
        case State.QUESTION:
            text = _("%(place)s sent a name or birth date that differs from yours. Please have a look.")
            return _("Needs your answer"), "new", text % place
        case State.LAPSED:
            text = _(
                "%(place)s needs you to sign in again to keep this up to date."
                " Your earlier records stay here."
            )
            return _("Sign in again"), "new", text % place
        case State.REFUSED:
            return _("Not yours"), "quiet", words.not_mine_text(connection, run.error if run else "")
        case State.ENDED:
            return _("Stopped"), "quiet", _("We collect nothing more. What we collected before stays here.")
        case _:
            return _connected(connection, run)


def _connected(connection: Connection, run: ImportRun | None) -> tuple[str, str, str]:
    if connection.last_error and run is not None:
        return _("Not complete"), "high", words.ended_text(run)
    when = {"time": words.moment(connection.collected_at or connection.created_at)}
    if not connection.new_records:
        text = _("Nothing new. Last checked %(time)s.") % when
        return _("Up to date"), "good", f"{text} {_of_others(connection)}".strip()
    text = ngettext(
        "%(count)s record came. Last checked %(time)s.",
        "%(count)s records came. Last checked %(time)s.",
        connection.new_records,
    )
    told = text % {**when, "count": connection.new_records}
    return _("Up to date"), "good", f"{told} {_of_others(connection)}".strip()


def _of_others(connection: Connection) -> str:
    """That the place sent somebody else beside; empty where it did not."""
    if not connection.others:
        return ""
    text = ngettext(
        "%(place)s also sent records of somebody with another name or birth date. We did not collect those.",
        "%(place)s also sent records of %(count)s people with another name or birth date."
        " We did not collect those.",
        connection.others,
    )
    return text % {"place": connection.place.name, "count": connection.others}


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
        case State.CONNECTED:
            return here, _("See how it stands")
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
        "url": reverse("connect:place", args=[attempt.place.key]),
        "state": _("Not confirmed"),
        "tone": "quiet",
        "text": text % {"place": attempt.place.name, "time": words.moment(attempt.created_at)},
        "note": attempt.place.where,
        "progress": None,
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
        "url": "",
        "state": _("Not confirmed"),
        "tone": "quiet",
        "text": text % {"time": words.moment(attempt.created_at)},
        "note": "",
        "progress": None,
        "action_url": reverse("connect:picked" if back else "connect:confirm", args=[attempt.public_id]),
        "action": _("See how it stands") if back else _("Did you finish there?"),
    }
