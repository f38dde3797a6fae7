"""What whoever runs the site asks about connections and places: why an import failed, in plain words, and
what can be done about it. What a place sent is never among it.
"""

from collections.abc import Iterable
from datetime import timedelta

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _later

from connect import directory, weather
from connect.importing import schedule
from connect.models import Connection, ImportRun, Place
from connect.services import imports
from ground import scope
from ground.models import Job
from ground.viewer import Viewer, job_viewer
from records import store

Outcome = ImportRun.Outcome
CORRECTABLE = directory.CORRECTABLE

#: What an ended import's code means, and what to do about it.
_ERRORS: dict[str, tuple[str | Promise, str | Promise]] = {
    "no_answer": (
        _later("The place or the gateway did not answer, for about six hours."),
        _later("Nothing, it is tried again by itself. If it stays so, ask 1up about the place."),
    ),
    "sign_in": (
        _later("1up refused our tokens twice, also new ones."),
        _later("Where this happens to several people, look whether client id and secret are still good."),
    ),
    "unreadable": (
        _later("What came could not be read three times: no JSON, or of a wrong shape."),
        _later("Write to 1up, with the time and the place; then try again."),
    ),
    "circle": (
        _later("The pages led round in a circle, so the reading was ended."),
        _later("Write to 1up, with the time and the place. What came is kept."),
    ),
    "short": (
        _later("Fewer records came than the gateway says there are, also the second time."),
        _later("Try again tomorrow. What came is kept."),
    ),
    "refused": (
        _later("The gateway said no to a call, and asking again the same way does not help."),
        _later("Look in the log for the status it gave; a patient may have to sign in at the place again."),
    ),
    "timed_out": (
        _later("The place did not finish sending in time."),
        _later("Nothing: what came is kept, and the next look brings the rest."),
    ),
    "internal": (
        _later("Our own work ended five times in the middle of it."),
        _later("This is a fault of ours: look in the log for its job, then try again."),
    ),
    "failed": (
        _later("A call failed in a way that nobody foresaw."),
        _later("Look in the log for it, then try again."),
    ),
    "differs": (
        _later("What the place sent bears another name and another birth date than the patient's."),
        _later("Nothing is shown or asked. The patient may connect again with their own sign-in there."),
    ),
    "not_mine": (
        _later("The patient said that what the place holds is somebody else's."),
        _later("Nothing. They may connect again."),
    ),
    "looked_after": (
        _later("The patient said that these are records of somebody they look after."),
        _later("Nothing: that person's records are connected in that person's own pages."),
    ),
}
#: The same of outcomes that say all by themselves.
_OUTCOMES: dict[str, tuple[str | Promise, str | Promise]] = {
    Outcome.DECLINED: (
        _later("The patient did not agree at the place's sign-in."),
        _later("Nothing. They may connect again."),
    ),
    Outcome.NOTHING: (
        _later("1up never told us that the sign-in at the place worked."),
        _later("The patient may try again. If several people meet this at one place, ask 1up."),
    ),
    Outcome.UNREACHABLE: (
        _later("The place's own sign-in did not work, 1up says."),
        _later("The patient may try again later."),
    ),
    Outcome.STOPPED: (
        _later("The patient stopped it, or signed in there anew meanwhile."),
        _later("Nothing."),
    ),
}
#: What an import does in each of its phases.
_PHASES: dict[str, str | Promise] = {
    "confirming": _later("waits for word that the sign-in at the place worked"),
    "asking": _later("asks the place to send what is new"),
    "following": _later("waits until the place has sent it"),
    "finding": _later("finds out whose charts there are"),
    "question": _later("waits for the patient, who is asked whether these records are theirs"),
    "fetching": _later("reads the charts"),
    "waiting": _later("waits, because the place is still sending"),
    "settling": _later("puts what came in order"),
}


def why(run: ImportRun) -> str:
    """How an import stands or why it failed, in plain words; empty where all is well."""
    if run.ended_at is None:
        text = _("Under way: it %(what)s.") % {"what": _PHASES.get(run.phase, run.phase)}
        if run.again_at is None or run.again_at < timezone.now():
            return text
        return f"{text} {_('A call came to nothing; it goes on by itself.')}"
    told = _told(run)
    return str(told[0]) if told else ""


def what_to_do(run: ImportRun) -> str:
    """What an operator does about it; empty where there is nothing."""
    told = _told(run) if run.ended_at is not None else None
    return str(told[1]) if told else ""


def look_now(*, connection: Connection, by: int) -> bool:
    """Have a place looked at now, in the patient's stead; whether that is possible at the moment."""
    viewer = Viewer("job", (connection.patient_id,), by)
    try:
        imports.start_import(viewer=viewer, connection=connection)
    except (imports.NotConnected, imports.TooSoon):
        return False
    return True


def read_everything(*, connection: Connection, by: int) -> bool:
    """The same, and whole charts are read, as every 30 days; whether that is possible at the moment."""
    if connection.state not in schedule.LIVE:
        return False
    with scope.open(job_viewer(connection.patient_id)):
        mine = Connection.objects.of(connection.patient_id).filter(pk=connection.pk)
        mine.update(complete_at=None)
    return look_now(connection=connection, by=by)


def look_tomorrow(connection: Connection) -> bool:
    """See that a live connection has its waiting look; whether it had none."""
    if connection.state not in schedule.LIVE:
        return False
    with scope.open(job_viewer(connection.patient_id)):
        before = Job.objects.filter(kind=schedule.JOB, subject=connection.pk, state="waiting").exists()
        schedule.plan(connection)
    return not before


def keep_again(*, patient_id: int, quarantined_id: int) -> bool:
    """Try once more to keep what could not be kept; whether it is a record now. Only where the place has one
    chart of this patient: of several nobody knows from which it came.
    """
    with scope.open(job_viewer(patient_id)):
        source_id = store.source_of_quarantined(patient_id, quarantined_id)
        mine = Connection.objects.of(patient_id).filter(source_id=source_id)
        charts = {one for accepted in mine.values_list("accepted", flat=True) for one in accepted}
        if source_id is None or len(charts) != 1:
            return False
        return store.keep_again(patient_id, quarantined_id, upstream_patient=charts.pop())


def hold(place: Place, hours: int) -> None:
    """Ask nothing of a place for some hours."""
    weather.hold(place, timezone.now() + timedelta(hours=hours))


def correct(place: Place, changed: Iterable[str]) -> None:
    """Have these columns of a place, as they stand in it now, stand over what the directory says."""
    words = {**place.corrected, **{name: getattr(place, name) for name in changed}}
    directory.corrected(place, words)


def uncorrect(place: Place) -> bool:
    """Let the directory's words back in when the place is next seen; whether any were corrected."""
    if not place.corrected:
        return False
    directory.corrected(place, {})
    return True


def show(place: Place, *, hidden: bool) -> bool:
    """Leave a place out of searches, or let it in again; whether that changed anything."""
    return bool(Place.objects.filter(pk=place.pk, is_hidden=not hidden).update(is_hidden=hidden))


def _told(run: ImportRun) -> tuple[str | Promise, str | Promise] | None:
    if run.error:
        return _ERRORS.get(run.error, _ERRORS["failed"])
    if run.outcome == Outcome.NOT_MINE:
        return _ERRORS["differs"]
    return _OUTCOMES.get(run.outcome)
