"""A person with one of everything that an address can name, and the walk over all addresses there are."""

import json
import re
import uuid
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from time import time
from typing import Any
from unittest.mock import patch

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone
from fido2.cose import ES256
from fido2.webauthn import (
    AttestationObject,
    AttestedCredentialData,
    AuthenticatorAttestationResponse,
    AuthenticatorData,
    CollectedClientData,
    RegistrationResponse,
)

from connect.models import Account, Connection, ImportRun, LinkAttempt, Parting, Place
from ground import audit, scope, unsubscribing
from ground.models import Job, Look
from ground.viewer import Viewer, job_viewer
from portal import clinics
from portal.models import Announcement, Closure, NamedPerson, Patient, User
from records import reading, services, taking
from records.models import Handout
from records.services import links
from tests import factories as make


@dataclass(frozen=True)
class Words:
    """What tells one person's world from another's. The first three stand in their pages, and may stand in
    nobody else's.
    """

    house: str
    """What the places and clinics are called."""
    problem: str
    given: str
    mail: str
    """Under which name mail reaches them."""
    number: int
    """Stands in the ids of their records, and in the word they were invited by."""

    @property
    def canaries(self) -> tuple[str, str, str]:
        """Words to look for where they do not belong."""
        return self.house, self.problem, self.given


ROSA = Words("Quillwort", "Sarcoidosis", "Rosalind", "rosa", 1)
ADA = Words("Larkspur", "Psittacosis", "Adelheid", "ada", 2)
CANARIES = ROSA.canaries


def names(resolver: URLResolver | None = None, inside: tuple[str, ...] = ()) -> Iterator[str]:
    """The full name of every address; "?" where one has none."""
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver):
            deeper = (*inside, pattern.namespace) if pattern.namespace else inside
            yield from names(pattern, deeper)
        else:
            yield ":".join((*inside, _name(pattern)))


def _name(pattern: URLPattern) -> str:
    return str(pattern.name or "?")


class World:
    """Rosa, who has everything; and what of hers stands in an address. With other words: somebody else."""

    def __init__(self, words: Words = ROSA) -> None:
        self.words = words
        self.condition, self.observation = f"c-{words.number}", f"o-{words.number}"
        self.asked = f"another-word-for-{words.given.lower()}"
        self.invited = f"a-word-for-{words.given.lower()}"
        self.user = make.user(f"{words.mail}@example.org")
        self.patient = make.patient(self.user, given=words.given)
        self.child = make.patient(self.user, given=f"{words.given} II", relation="child")
        self.source = make.source(self.patient, name=f"{words.house} Clinic")
        make.records(
            self.patient,
            make.condition(self.condition, text=words.problem),
            make.observation(self.observation),
            source=self.source,
        )
        make.records(self.patient, make.observation(self.observation, value=6.4), source=self.source)
        self.takeout, _is_new = taking.ask(make.looking(self.patient, self.user), "zip")
        self.stuck = Job.objects.create(kind="import", subject=1, state=Job.State.STUCK)
        now = timezone.now()
        self.announcement = Announcement.objects.create(
            text="Closed on Sunday.", ends_at=now + timedelta(days=1)
        )
        self._words()
        self._links()
        self._second_factors()
        self._clinic()
        self._look()
        self._connection()
        self._sharing()
        self.closure = Closure.objects.create(step="over", ended_at=timezone.now())  # of somebody who is gone

    def _second_factors(self) -> None:
        TOTP.activate(self.user, generate_totp_secret())
        RecoveryCodes.activate(self.user)
        data = {"name": f"{self.words.given}'s phone", "credential": a_credential()}
        self.passkey = Authenticator.objects.create(user=self.user, type="webauthn", data=data)

    def _clinic(self) -> None:
        """She leads a clinic as well, has a colleague there, has asked somebody and was asked herself."""
        self.clinic = make.clinic(f"{self.words.house} Hospital")
        make.membership(self.clinic, self.user, name=f"{self.words.given} Delgado")
        colleague = make.user(f"{self.words.mail}.colleague@example.org")
        self.colleague = make.membership(self.clinic, colleague, name="Ana Ruiz", role="clinician")
        asked = {"by": self.user, "name": f"{self.words.given} Delgado", "role": "clinician"}
        self.invitation = clinics.invite(
            clinic=self.clinic, email=f"{self.words.mail}.new@example.org", **asked
        )
        other = make.clinic(f"{self.words.house} Rooms")
        with patch("portal.clinics.secrets.token_urlsafe", return_value=self.invited):
            clinics.invite(clinic=other, email=self.user.email, **asked)

    def _sharing(self) -> None:
        """She shares with her own clinic, where she looks at herself, and with another; and has drafted a
        change of that.
        """
        make.grant(self.patient, clinic_id=self.clinic.pk, sensitive=True, words=True)
        make.grant(self.patient, person_id=self.user.pk, sensitive=True, words=True)
        daughter = {"person_id": None, "named": f"{self.words.given}’s daughter"}
        self.named = make.grant(self.patient, **daughter, recipient="person", accepted_at=None)
        waiting = make.grant(make.patient(given="Maria"), **daughter, recipient="person", accepted_at=None)
        NamedPerson.objects.create(
            patient=waiting.patient,
            grant=waiting.public_id,
            email=self.user.email,
            word_digest=sha256(self.asked.encode()).hexdigest(),
            asked_by=self.user.pk,
            ends_at=timezone.now() + timedelta(days=1),
        )
        self.harbor = make.clinic("Harbor Clinic")  # which is the same for everybody
        self.offer = make.grant(self.child, clinic_id=self.clinic.pk, accepted_at=None)
        self.grant = make.grant(self.patient, clinic_id=self.harbor.pk)
        draft = {"offered_at": None, "accepted_at": None}
        self.draft = make.grant(self.patient, clinic_id=self.harbor.pk, **draft)
        tomorrow = timezone.now() + timedelta(days=1)
        of_hers = {"clinic_id": self.clinic.pk, "user_id": self.user.pk}
        self.handout = Handout.objects.create(**of_hers, state="ready", ends_at=tomorrow)

    def _look(self) -> None:
        """Her colleague looked."""
        staff = Viewer(
            "staff", (self.patient.pk,), self.colleague.user_id, self.clinic.pk, reason="treatment"
        )
        with scope.open(staff):
            audit.looked(staff, self.patient.pk, "list", kind="conditions")
            self.look = Look.objects.get(patient=self.patient, viewer_kind="staff")

    def _words(self) -> None:
        rosalind = services.Speaker(f"{self.words.given} Delgado", own=True)
        viewer = make.looking(self.patient, self.user)
        with scope.open(viewer):
            line = reading.named(viewer, make.origin().pk, "Observation", self.observation)
            told = {"viewer": viewer, "line": line, "speaker": rosalind}
            self.correction = services.doubt(**told, wrong="Never done", right="", to=self.source.name)
            self.question = services.ask(**told, text="Is this high?")

    def _links(self) -> None:
        """A link that opens, which somebody tried, and one she has not made yet."""
        viewer, named = make.looking(self.patient, self.user), f"{self.words.given}'s link"
        told = {"viewer": viewer, "named": named, "passcode": "quiet river"}
        self.link = make.health_link(self.patient, **told)
        with suppress(links.WrongPasscode):
            links.enter(word=links.parts(self.link)[0], recipient=self.words.house, passcode="a guess")
        self.link_draft = links.draft(**told, choice=make.choice(self.patient))

    def _connection(self) -> None:
        self.place = Place.objects.create(
            key=f"{4705 + self.words.number}", name=self.source.name, fhir_versions="r4"
        )
        with scope.open(job_viewer(self.patient.pk)):
            account = Account.objects.create(patient=self.patient)
            self.connection = Connection.objects.create(
                patient=self.patient,
                account=account,
                place=self.place,
                fhir_version="r4",
                source_id=self.source.pk,
                state=Connection.State.CONNECTED,
                access_until=timezone.now() + timedelta(days=40),
            )
            self.run = ImportRun.objects.create(patient=self.patient, connection=self.connection)
            self.parting = Parting.objects.create(
                patient=self.patient, place=self.place, fhir_version="r4", what="stop", phase="revoking"
            )
        self.attempt = LinkAttempt(
            patient=self.patient,
            user=self.user,
            place=self.place,
            session_hash="x",
            nonce_hash="y",
            host="a.example",
        )
        self.attempt.departure = "https://a.example/sign-in"
        self.attempt.save()

    def args(self, kind: str) -> list[Any]:
        """What an address of Rosa's is made of."""
        if kind.startswith("chart"):
            return [self.patient.public_id, *self.args(kind[6:])]
        return {
            "": [],
            "passkey": [self.passkey.pk],
            "clinic": [self.harbor.share_code],
            "grant": [self.grant.public_id],
            "named": [self.named.public_id],
            "asked": [self.asked],
            "draft": [self.draft.public_id],
            "offer": [self.offer.public_id],
            "handout": [self.handout.public_id],
            "invited": [self.invited],
            "colleague": [self.colleague.public_id],
            "invitation": [self.invitation.public_id],
            "person": [self.patient.public_id],
            "dependant": [self.child.public_id],
            "unsubscribe": [unsubscribing.token(self.user.pk)],
            "place": [self.place.key],
            "attempt": [self.attempt.public_id],
            "run": [self.run.public_id],
            "connection": [self.connection.public_id],
            "parting": [self.parting.public_id],
            "closure": [self.closure.public_id],
            "takeout what": ["zip"],
            "takeout": [self.takeout.public_id],
            "kind": ["conditions"],
            "card": ["emergency"],
            "source": [self.source.pk],
            "job": [self.stuck.pk],
            "look": [self.look.pk],
            "announcement": [self.announcement.public_id],
            "record": ["conditions", make.origin().pk, "Condition", self.condition],
            "correction": [self.correction.pk],
            "question": [self.question.pk],
            "link": [self.link.public_id],
            "link draft": [self.link_draft.public_id],
            "link code": [self.link.public_id, "svg"],
            "link word": [links.parts(self.link)[0]],
            "link file": [links.parts(self.link)[0], "a-ticket"],
            "measured": ["test-results", make.origin().pk, "Observation", self.observation],
            "version": ["test-results", make.origin().pk, "Observation", self.observation, 2],
            "paper": ["conditions", make.origin().pk, "Condition", self.condition, 0],
            "paper page": ["conditions", make.origin().pk, "Condition", self.condition, 0, 1],
        }[kind]

    def missing(self, kind: str) -> list[Any]:
        """The same address of a thing that is not there."""
        if kind.startswith("chart"):
            return [uuid.uuid4(), *self.args(kind[6:])]
        nobody = uuid.uuid4()
        return {
            "passkey": [self.passkey.pk + 999],
            "clinic": ["XXX-000"],
            "grant": [nobody],
            "named": [nobody],
            "asked": ["another-word"],
            "draft": [nobody],
            "offer": [nobody],
            "handout": [nobody],
            "invited": ["another-word"],
            "colleague": [nobody],
            "invitation": [nobody],
            "person": [nobody],
            "dependant": [nobody],
            "unsubscribe": ["nobody"],
            "place": ["9999999"],
            "attempt": [nobody],
            "run": [nobody],
            "connection": [nobody],
            "parting": [nobody],
            "closure": [nobody],
            "takeout what": ["no-such-file"],
            "takeout": [nobody],
            "kind": ["no-such-kind"],
            "card": ["no-such-card"],
            "source": [0],
            "job": [self.stuck.pk + 999],
            "look": [self.look.pk + 9999],
            "announcement": [nobody],
            "record": ["conditions", make.origin().pk, "Condition", "c-gone"],
            "correction": [self.correction.pk + 999],
            "question": [self.question.pk + 999],
            "link": [nobody],
            "link draft": [nobody],
            "link code": [nobody, "svg"],
            "link word": ["x" * 43],
            "link file": ["x" * 43, "a-ticket"],
            "measured": ["test-results", make.origin().pk, "Observation", "o-gone"],
            "version": ["test-results", make.origin().pk, "Observation", self.observation, 99],
            "paper": ["conditions", make.origin().pk, "Condition", "c-gone", 0],
            "paper page": ["conditions", make.origin().pk, "Condition", "c-gone", 0, 1],
        }[kind]

    def address(self, name: str, kind: str) -> str:
        """Rosa's own address of this name."""
        return reverse(name, args=self.args(kind))

    def gone(self, name: str, kind: str) -> str:
        """An address of this name that leads to nothing."""
        return reverse(name, args=self.missing(kind))


def a_credential() -> dict[str, Any]:
    """A passkey as a browser would have handed it over; its key belongs to nobody."""
    key = ES256({1: 2, 3: -7, -1: 1, -2: b"x" * 32, -3: b"y" * 32})
    known = AttestedCredentialData.create(b"\0" * 16, b"an id of sixteen", key)
    said = AuthenticatorData.create(sha256(b"localhost").digest(), AuthenticatorData.FLAG.AT, 0, known)
    client = CollectedClientData.create("webauthn.create", b"challenge", "http://localhost:8000")
    answer = AuthenticatorAttestationResponse(
        client_data=client, attestation_object=AttestationObject.create("none", said, {})
    )
    return json.loads(json.dumps(dict(RegistrationResponse(raw_id=known.credential_id, response=answer))))


def browser(user: User | None = None, **more: Any) -> Client:
    """A browser; signed in a moment ago where a user is given."""
    client = Client(SERVER_NAME="localhost", **more)
    if user is not None:
        client.force_login(user)
        at_work(client)
    return client


def at_work(client: Client) -> None:
    """As if whoever signed in had said why they look, of everybody there is: a reason allows nothing."""
    session = client.session
    told = {"reason": "treatment", "words": "", "at": int(time())}
    session["reasons"] = {str(one): told for one in Patient.objects.values_list("public_id", flat=True)}
    session.save()


def comparable(page: str) -> str:
    """A page without what differs each time: the form's token, the nonce and the request's id."""
    page = re.sub(r'nonce="[^"]+"', "", page)
    page = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", page)
    return re.sub(r'<span class="code">[0-9a-f]{12}</span>', "", page)
