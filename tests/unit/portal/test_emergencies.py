"""Emergency access: one patient, one person, one hour; whoever it concerns is told, and can end it."""

from datetime import timedelta

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.core.cache import cache
from django.urls import reverse

from ground import scope
from ground.models import Look, Mail
from ground.viewer import job_viewer
from portal import viewers
from records.models import Grant
from records.services import sharing
from tests import factories as make
from tests.house.site_world import at_work

pytestmark = pytest.mark.django_db

PAGE = "/clinic/emergency/"
ROSA = {"given": "rosa", "family": "Delgado", "born": "1968-05-14", "words": "Found unconscious"}


@pytest.fixture(autouse=True)
def no_tries():
    cache.clear()


@pytest.fixture
def harbor():
    return make.clinic()


@pytest.fixture
def ana(harbor):
    return somebody(harbor, role="clinician")


@pytest.fixture
def lead(harbor):
    return somebody(harbor, name="Lea Lead")


@pytest.fixture
def rosa():
    patient = make.patient(make.user("rosa@example.org"))
    secret = make.condition("s", text="Secretitis", meta={"security": [{"code": "PSY"}]})
    make.records(patient, make.condition("c"), secret)
    return patient


def somebody(clinic, *, role="lead", name="Ana Ruiz"):
    user = make.user()
    TOTP.activate(user, generate_totp_secret())
    return make.membership(clinic, user, name=name, role=role)


def signed_in(client, member):
    client.force_login(member.user)
    return client


def text_of(answer) -> str:
    return answer.content.decode()


def one_of(patient, key="c") -> str:
    return reverse("chart:one", args=[patient.public_id, "conditions", make.origin().pk, "Condition", key])


def grant_of(patient) -> Grant:
    with scope.open(job_viewer(patient.pk)):
        return Grant.objects.of(patient.pk).get()


def test_it_opens_one_patient_to_one_person_for_an_hour(client, ana, lead, rosa):
    client = signed_in(client, ana)
    answer = client.post(PAGE, ROSA)
    assert answer.url == reverse("portal:chart", args=[rosa.public_id])
    page = text_of(client.get(answer.url))
    assert "Emergency access until" in page
    assert "Your reason: Found unconscious" in page
    assert "Asthma" in text_of(client.get(one_of(rosa)))
    assert client.get(one_of(rosa, "s")).status_code == 404
    grant = grant_of(rosa)
    assert grant.ends_at - grant.accepted_at == timedelta(minutes=60)
    with scope.open(job_viewer(rosa.pk)):
        reasons = set(Look.objects.filter(patient=rosa).values_list("reason", "words", "grant_id"))
        Grant.objects.of(rosa.pk).update(ends_at=grant.accepted_at)
    assert reasons == {("emergency", "Found unconscious", grant.pk)}
    assert client.get(one_of(rosa)).status_code == 404
    assert client.get(answer.url).status_code == 404


def test_colleagues_other_clinics_and_other_patients_stay_out(client, ana, lead, rosa):
    signed_in(client, ana).post(PAGE, ROSA)
    tom = make.patient(make.user(), given="Tom")
    make.records(tom, make.condition("t"))
    assert viewers.staff_viewer(ana).patients == (rosa.pk,)
    assert viewers.staff_viewer(lead).patients == ()
    assert viewers.staff_viewer(somebody(make.clinic("Elsewhere"))).patients == ()
    at_work(client)
    assert client.get(one_of(tom, "t")).status_code == 404


def test_leads_and_patient_are_told_and_no_mail_says_of_whom_or_why(client, ana, lead, rosa):
    signed_in(client, ana).post(PAGE, ROSA)
    mails = {mail.to: f"{mail.subject} {mail.body}" for mail in Mail.objects.all()}
    assert set(mails) == {lead.user.email, "rosa@example.org"}
    assert "Ana Ruiz" in mails[lead.user.email]
    for word in ("Rosa", "Delgado", "unconscious", "Asthma"):
        assert word not in mails[lead.user.email].replace("rosa@", "")
        assert word not in mails["rosa@example.org"]


def test_the_patient_sees_it_and_ends_it_and_it_changes_nothing_else_they_share(client, ana, rosa, harbor):
    signed_in(client, ana).post(PAGE, ROSA)
    owner = rosa.holdings.get().user
    client.force_login(owner)
    page = text_of(client.get("/records/sharing/"))
    assert "Ana Ruiz, Harbor Clinic" in page
    assert "in an emergency" in page
    assert f"/records/sharing/with/{harbor.share_code}/" not in page
    client.post(reverse("portal:share_stop", args=[grant_of(rosa).public_id]))
    assert viewers.staff_viewer(ana).patients == ()
    with scope.open(make.looking(rosa, owner)) as viewer:
        assert [one.stopped_at is not None for one in sharing.given(viewer)] == [True]


def test_nobody_is_opened_by_half_a_name_and_guessing_ends_after_five_tries(client, ana, rosa):
    client = signed_in(client, ana)
    for wrong in ({"given": "Ros"}, {"born": "1968-05-15"}, {"words": ""}):
        assert client.post(PAGE, ROSA | wrong).status_code == 200
    for _each in range(3):
        assert "Nobody here has exactly" in text_of(client.post(PAGE, ROSA | {"given": "R"}))
    assert "Too many tries" in text_of(client.post(PAGE, ROSA))
    assert viewers.staff_viewer(ana).patients == ()


def test_a_coordinator_has_no_such_page_and_others_confirm_first_who_they_are(client, harbor, ana, rosa):
    assert signed_in(client, somebody(harbor, role="coordinator")).get(PAGE).status_code == 404
    session = signed_in(client, ana).session
    session["began_at"] -= 301
    session.save()
    answer = client.post(PAGE, ROSA)
    assert answer.status_code == 302
    assert "reauthenticate" in answer.url
    assert viewers.staff_viewer(ana).patients == ()


def test_it_widens_what_a_clinic_was_given_while_it_lasts(client, ana, rosa, harbor):
    make.grant(rosa, clinic_id=harbor.pk, kinds=["vaccines"])
    client = signed_in(client, ana)
    home = client.post(PAGE, ROSA).url
    assert "Emergency access until" in text_of(client.get(home))
    assert client.get(one_of(rosa)).status_code == 200
    assert text_of(client.get("/clinic/patients/")).count("Delgado, Rosa") == 1
    with scope.open(job_viewer(rosa.pk)):
        mine = Grant.objects.of(rosa.pk).filter(recipient="emergency")
        mine.update(ends_at=mine.get().accepted_at)
    assert "Shared with Harbor Clinic until" in text_of(client.get(home))
    assert client.get(one_of(rosa)).status_code == 404


def test_an_account_that_is_closed_is_not_found(client, ana, rosa):
    type(ana.user).objects.filter(holdings__patient=rosa).update(is_active=False)
    assert "Nobody here has exactly" in text_of(signed_in(client, ana).post(PAGE, ROSA))
