"""Somebody at their browser, and jobs worked by hand: a job runs only when a test says so."""

from datetime import date, timedelta
from time import time
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings as django_settings
from django.db.models import F
from django.db.models.functions import Now
from django.test import Client

from connect.models import Account, Breaker, Connection, ImportRun, LinkAttempt, Place
from ground import jobs, scope
from ground.models import Job
from ground.viewer import Viewer, job_viewer
from portal.models import Holding, Patient, User
from records.models import Record
from tests.sandbox_process import Sandbox

CALLBACK = "http://localhost:8000/connect/return/"
ROSA = ("Rosa", "Delgado", date(1968, 5, 14))


def pointed_at(sandbox: Sandbox, **changes: Any) -> dict[str, Any]:
    """The settings of the gateway for this sandbox."""
    bases = {"api": sandbox.api, "auth": sandbox.auth, "search": sandbox.search}
    bases |= {"analytics": sandbox.analytics, "bulk": sandbox.bulk, "customer": sandbox.client_id}
    return {**django_settings.ONEUP, **bases, "fhir_versions": ["r4", "stu3", "dstu2"], **changes}


def somebody(
    name: tuple[str, str, date] = ROSA, email: str = "rosa@example.org"
) -> tuple[User, Patient, Viewer]:
    """A user who looks after a patient."""
    user = User.objects.create_user(email, "a-long-enough-password")
    given, family, born = name
    patient = Patient.objects.create(given_name=given, family_name=family, birth_date=born)
    Holding.objects.create(user=user, patient=patient)
    return user, patient, Viewer("patient", (patient.pk,), user_id=user.pk)


class Person:
    """Somebody at their browser."""

    def __init__(self, name: tuple[str, str, date] = ROSA, email: str = "rosa@example.org") -> None:
        self.user, self.patient, self.viewer = somebody(name, email)
        self.browser = Client()
        self.browser.force_login(self.user)

    def signed_in_long_ago(self) -> None:
        """Let the sign-in be an hour old."""
        session = self.browser.session
        session["began_at"] = int(time()) - 3600
        session.save()

    def finds(self, words: str) -> str:
        """Search; the page."""
        return self.browser.get("/connect/", {"q": words}).content.decode()

    def leaves_for(self, key: str) -> str:
        """Find a place and leave for it; the address of its sign-in."""
        self.finds("demo")
        answer = self.browser.post(f"/connect/place/{key}/")
        assert answer.status_code == 302, answer.content.decode()[:2000]
        page = self.browser.get(answer.url).content.decode()
        return page.split('class="button" href="')[1].split('"')[0].replace("&amp;", "&")

    def comes_back(self, address: str) -> Any:
        """Follow the address a place sent the browser to."""
        parts = urlsplit(address)
        return self.browser.get(f"{parts.path}?{parts.query}")

    def links(self, sandbox: Sandbox, key: str = "4706", person: str = "Rosa", *, allow: bool = True) -> str:
        """Leave, sign in, come back; the address of the progress page."""
        answer = self.comes_back(sandbox.agree(self.leaves_for(key), person, allow=allow))
        assert answer.status_code == 302, answer.content.decode()[:2000]
        return str(answer.url)

    def checks(self, sandbox: Sandbox, *, tick: bool = True) -> Any:
        """Press "Check for new records" five minutes after the last time; the place answers with `tick`."""
        sandbox.clock(301)
        with scope.open(self.viewer):
            mine = Connection.objects.of(self.patient).exclude(asked_at=None)
            mine.update(asked_at=F("asked_at") - timedelta(minutes=5))
        answer = self.browser.post(f"/connect/places/{self.connection().public_id}/check/")
        if tick and not self.run().is_over:
            slice_once()
            sandbox.tick()
        return answer

    def connection(self) -> Connection:
        """The latest connection."""
        with scope.open(self.viewer):
            return Connection.objects.of(self.patient).select_related("place").latest("pk")

    def run(self) -> ImportRun:
        """The latest run."""
        with scope.open(self.viewer):
            return ImportRun.objects.of(self.patient).select_related("connection__place").latest("pk")

    def records(self) -> list[tuple[str, str]]:
        """(type, id) of everything kept."""
        with scope.open(self.viewer):
            return sorted(Record.objects.filter(patient=self.patient).values_list("resource_type", "fhir_id"))

    def attempts(self) -> list[LinkAttempt]:
        return list(LinkAttempt.objects.of(self.patient).order_by("pk"))


def work(slices: int = 200, *, hurry: bool = True, kind: str = "import") -> int:
    """Work due jobs until none is due; how many slices. `hurry`: postponed ones are due at once, and rests
    after failures are over.
    """
    for done in range(slices):
        if hurry:
            Breaker.objects.update(open_until=Now())
            Job.objects.filter(kind=kind, state="waiting").update(due_at=Now())
        job = Job.objects.filter(kind=kind, state="waiting", due_at__lte=Now()).order_by("pk").first()
        if job is None:
            return done
        jobs.work(job.pk)
    return slices


def slice_once() -> Job:
    """One slice of the one import job, however far away it is due."""
    job = Job.objects.filter(kind="import", state="waiting").latest("pk")
    Job.objects.filter(pk=job.pk).update(due_at=Now())
    jobs.work(job.pk)
    job.refresh_from_db()
    return job


def scoped(patient: Patient) -> Any:
    return scope.open(job_viewer(patient.pk))


def a_place(key: str = "4706", **more: Any) -> Place:
    return Place.objects.create(
        **{"key": key, "name": "Harbor Teaching Hospital", "fhir_versions": "r4", **more}
    )


def a_connection(person: Person, key: str = "4706", **more: Any) -> Connection:
    """A connection of somebody's, without a gateway; connected unless said otherwise."""
    place = Place.objects.filter(key=key).first() or a_place(key)
    with scope.open(person.viewer):
        account = Account.objects.of(person.patient).get_or_create(
            gateway="oneup", defaults={"patient": person.patient}
        )[0]
        told = {"state": Connection.State.CONNECTED, "confirmed_at": Now(), **more}
        return Connection.objects.create(
            patient=person.patient, account=account, place=place, fhir_version="r4", **told
        )
