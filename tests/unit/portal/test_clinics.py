"""Clinics: joining by invitation, a second step before any staff page, leaving, and the way back in."""

import re
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from allauth.usersessions.models import UserSession
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import timezone

from ground import scope
from ground.models import Mail
from ground.viewer import job_viewer
from portal import clinics, closing, services, sessions, viewers
from portal.models import Clinic, Invitation, Membership
from portal.models.clinic import new_share_code
from records import access
from records.models import Grant
from tests import factories as make

pytestmark = pytest.mark.django_db

PAGE = "/clinic/"


def with_second_step(user):
    TOTP.activate(user, generate_totp_secret())
    return user


def somebody(clinic, *, role="lead", name="Ana Ruiz", second_step=True):
    """Their user, and that they work there."""
    user = make.user()
    return make.membership(clinic, with_second_step(user) if second_step else user, name=name, role=role)


@pytest.fixture
def harbor():
    return make.clinic()


@pytest.fixture
def ana(harbor):
    return somebody(harbor)


@pytest.fixture
def browser(client, ana):
    """Ana, who leads, a moment after she signed in."""
    client.force_login(ana.user)
    return client


def word_in(mail: Mail) -> str:
    return re.search(r"/clinic/join/([\w-]+)/", mail.body)[1]


def test_somebody_who_is_invited_joins_and_is_sent_to_a_second_step_first(browser, harbor):
    asked = {"email": "Ben@Example.org", "name": "Ben Ode", "role": "clinician"}
    assert browser.post("/clinic/invite/", asked).url == PAGE
    mail = Mail.objects.get(to="ben@example.org")
    ben = make.user("ben@example.org")
    browser.force_login(ben)
    address = reverse("portal:clinic_join", args=[word_in(mail)])
    assert "Join Harbor Clinic?" in browser.get(address).content.decode()
    assert browser.post(address).url == reverse("mfa_index")
    assert browser.get(PAGE).url == reverse("mfa_index")
    with_second_step(ben)
    assert "Ben Ode" in browser.get(PAGE).content.decode()
    assert browser.get(address).status_code == 404
    assert Membership.objects.get(user=ben).role == "clinician"


def test_an_invitation_is_for_its_address_alone_and_for_a_week(client, harbor, ana):
    asked = clinics.invite(clinic=harbor, by=ana.user, email="ben@example.org", name="Ben", role="lead")
    word = word_in(Mail.objects.get(to="ben@example.org"))
    assert word not in str(vars(asked))
    assert clinics.invited(make.user("carl@example.org"), word) is None
    ben = make.user("ben@example.org")
    assert clinics.invited(ben, word) == asked
    Invitation.objects.update(ends_at=timezone.now() - timedelta(seconds=1))
    assert clinics.invited(ben, word) is None


def test_a_second_invitation_replaces_the_first_and_one_can_be_taken_back(browser, harbor, ana):
    for _ in range(2):
        clinics.invite(clinic=harbor, by=ana.user, email="ben@example.org", name="Ben", role="lead")
    (waiting,) = clinics.invitations(harbor)
    first, _second = Mail.objects.filter(to="ben@example.org").order_by("pk")
    ben = make.user("ben@example.org")
    assert clinics.invited(ben, word_in(first)) is None
    browser.post(reverse("portal:clinic_take_back", args=[waiting.public_id]))
    assert clinics.invitations(harbor) == []


def test_joining_twice_at_once_is_joining_once(harbor, ana):
    asked = clinics.invite(clinic=harbor, by=ana.user, email="ben@example.org", name="Ben", role="lead")
    ben = make.user("ben@example.org")
    assert clinics.join(user=ben, invitation=asked) == clinics.join(user=ben, invitation=asked)


def test_who_left_sees_nothing_on_the_very_next_request(browser, harbor, ana):
    other = somebody(harbor, name="Ben Ode")
    assert browser.get(PAGE).status_code == 200
    clinics.end(member=ana, by=other.user)
    assert browser.get(PAGE).status_code == 404


def test_a_clinic_that_is_not_active_has_no_staff_page(browser, harbor):
    Clinic.objects.filter(pk=harbor.pk).update(is_active=False)
    assert browser.get(PAGE).status_code == 404


def test_the_last_lead_stays(browser, harbor, ana):
    browser.post(reverse("portal:clinic_end", args=[ana.public_id]))
    assert clinics.memberships_of(ana.user) == (ana,)


def test_only_leads_decide_who_works_there(client, harbor, ana):
    ben = somebody(harbor, role="clinician", name="Ben Ode")
    client.force_login(ben.user)
    assert "Invite somebody" not in client.get(PAGE).content.decode()
    for name, args in (
        ("clinic_invite", []),
        ("clinic_end", [ana.public_id]),
        ("clinic_second_step", [ana.public_id]),
    ):
        assert client.get(reverse(f"portal:{name}", args=args)).status_code == 404


def test_a_lead_of_another_clinic_finds_nobody_here(client, harbor, ana):
    stranger = somebody(make.clinic("Hill Clinic"))
    client.force_login(stranger.user)
    for name in ("clinic_end", "clinic_second_step"):
        assert client.post(reverse(f"portal:{name}", args=[ana.public_id])).status_code == 404
    assert "Ana Ruiz" not in client.get("/clinic/invite/").content.decode()
    assert Membership.objects.get(pk=ana.pk).ended_at is None


def test_a_lost_second_step_is_given_back_by_somebody_else_who_leads(browser, client, harbor, ana):
    ben = somebody(harbor, role="clinician", name="Ben Ode")
    address = reverse("portal:clinic_second_step", args=[ben.public_id])
    assert browser.get(reverse("portal:clinic_second_step", args=[ana.public_id])).status_code == 404
    theirs = type(client)()
    theirs.force_login(ben.user)
    assert theirs.get(PAGE).status_code == 200
    signed_in = {"ip": "127.0.0.1", "session_key": theirs.session.session_key}
    UserSession.objects.create(user=ben.user, **signed_in)  # as signing in by the form does
    assert browser.post(address).url == PAGE
    assert not Authenticator.objects.filter(user=ben.user).exists()
    assert theirs.get(PAGE).url.startswith("/accounts/login/")
    assert "Ana Ruiz of Harbor Clinic" in Mail.objects.get(to=ben.user.email).body
    theirs.force_login(ben.user)
    assert theirs.get(PAGE).url == reverse("mfa_index")


def test_who_works_at_a_clinic_is_signed_out_as_early_as_staff(browser, settings, rf):
    settings.STAFF_IDLE_SECONDS = 60
    browser.get("/account/")
    assert not browser.session.get("works")
    browser.get(PAGE)
    request = rf.get("/")
    request.session, request.user = browser.session, make.user()
    assert sessions.seconds_left(request)[0] <= 60


def test_a_staff_viewer_reaches_those_whose_grants_are_good_now(harbor, ana):
    rosa, tom = make.patient(), make.patient(given="Tom")
    for one in (rosa, tom):
        make.records(one, make.condition())
    make.grant(rosa, clinic_id=harbor.pk)
    assert viewers.staff_viewer(ana).patients == (rosa.pk,)
    assert viewers.staff_viewer(ana, tom.pk).patients == ()
    viewer = viewers.staff_viewer(ana, rosa.pk)
    with scope.open(viewer):
        assert access.visible_to(viewer).count() == 1
    with scope.open(job_viewer(rosa.pk)):
        Grant.objects.of(rosa.pk).update(stopped_at=Now())
    assert viewers.staff_viewer(ana).patients == ()


def test_nothing_stays_shared_when_nobody_looks_after_it_any_more(harbor, ana):
    owner = make.user()
    rosa, child = make.patient(owner), make.patient(owner, given="Eva", relation="child")
    for one in (rosa, child):
        make.grant(one, clinic_id=harbor.pk)
    services.end_care(holding=services.care(owner, child.public_id))
    assert viewers.staff_viewer(ana).patients == (rosa.pk,)
    closing.begin(owner)
    assert viewers.staff_viewer(ana).patients == ()


def test_who_works_at_two_clinics_says_first_at_which_one_now_and_sees_that_one_alone(browser, harbor, ana):
    hill = make.membership(make.clinic("Hill Clinic"), ana.user, role="clinician")
    rosa, tom = make.patient(), make.patient(given="Tom")
    make.grant(rosa, clinic_id=harbor.pk)
    make.grant(tom, clinic_id=hill.clinic_id)
    asked = browser.get("/clinic/patients/").url
    assert asked == "/clinic/choose/?to=%2Fclinic%2Fpatients%2F"
    assert "Choose a clinic" in browser.get(asked).content.decode()
    assert browser.post(asked, {"clinic": str(make.clinic("Elsewhere").public_id)}).status_code == 200
    assert browser.post(asked, {"clinic": str(harbor.public_id)}).url == "/clinic/patients/"
    page = browser.get("/clinic/patients/").content.decode()
    assert "Delgado, Rosa" in page
    assert "Delgado, Tom" not in page
    assert browser.get("/clinic/invite/").status_code == 200
    why = reverse("portal:chart_why", args=[rosa.public_id])
    browser.post(why, {"reason": "treatment"})
    assert "Shared with Harbor Clinic" in browser.get(why.removesuffix("why/")).content.decode()
    there = browser.post(
        "/clinic/choose/?to=https://elsewhere.example/", {"clinic": str(hill.clinic.public_id)}
    )
    assert there.url == "/clinic/patients/"
    page = browser.get("/clinic/patients/").content.decode()
    assert "Delgado, Tom" in page
    assert "Delgado, Rosa" not in page
    assert browser.get("/clinic/invite/").status_code == 404
    assert "another one of your clinics" in browser.get(why).content.decode()
    assert not browser.session.get("reasons")
    clinics.end_from_outside(member=hill, by=ana.user)
    assert "Delgado, Rosa" in browser.get("/clinic/patients/").content.decode()


def test_a_share_code_can_be_said_aloud():
    assert all(re.fullmatch(r"[BCDFGHJKMNPRTVWX]{3}-[2-9]{3}", new_share_code()) for _ in range(50))


def test_an_administrator_makes_a_clinic_and_asks_its_first_lead(client):
    boss = with_second_step(make.user(is_staff=True, is_superuser=True))
    client.force_login(boss)
    client.post("/admin/portal/clinic/add/", {"name": "Hill Clinic", "is_active": "on"})
    hill = Clinic.objects.get(name="Hill Clinic")
    asked = {"clinic": hill.pk, "email": "ben@example.org", "name": "Ben Ode", "role": "lead"}
    assert client.post("/admin/portal/invitation/add/", asked).status_code == 302
    assert Mail.objects.filter(to="ben@example.org").count() == 1
    ben = somebody(hill)
    chosen = {"action": "give_back", "_selected_action": [ben.pk]}
    client.post("/admin/portal/membership/", {**chosen, "sure": "yes"})
    assert not Authenticator.objects.filter(user=ben.user).exists()
    asked["email"] = ben.user.email
    assert client.post("/admin/portal/invitation/add/", asked).status_code == 200
