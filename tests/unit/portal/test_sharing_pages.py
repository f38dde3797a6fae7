"""Sharing with a clinic, by its pages: the code, the choice, the preview, the list, and the end of it."""

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.urls import reverse

from connect.services import mirrors
from ground import jobs, scope
from ground.models import Job, Mail
from portal import offered, viewers
from records.fhir.kinds import KINDS
from records.services import sharing
from tests import factories as make

pytestmark = pytest.mark.django_db

CHOSEN = {"every_kind": "on", "every_place": "on", "undated": "on", "days": "90"}


@pytest.fixture
def harbor():
    return make.clinic()


@pytest.fixture
def ana(harbor):
    return make.membership(harbor, make.user())


@pytest.fixture
def rosa():
    """Rosa's user and herself, with something of every sort."""
    owner = make.user()
    patient = make.patient(owner)
    place = make.source(patient)
    secret = make.condition("s", text="Secretitis", meta={"security": [{"code": "PSY"}]})
    make.records(patient, make.condition("c"), make.observation("o"), secret, source=place)
    return owner, patient


@pytest.fixture
def browser(client, rosa):
    client.force_login(rosa[0])
    return client


def text_of(answer) -> str:
    return answer.content.decode()


def test_a_code_leads_to_a_choice_a_preview_and_then_to_a_clinic_that_must_accept(browser, rosa, harbor, ana):
    code = harbor.share_code.lower().replace("-", " ")
    answer = browser.get("/records/sharing/", {"code": code})
    assert answer.url == reverse("portal:share", args=[harbor.share_code])
    preview = browser.post(answer.url, {**CHOSEN, "every_kind": "", "kinds": ["conditions"]}).url
    seen = text_of(browser.get(preview))
    assert "What Harbor Clinic will see" in seen
    assert "Asthma" in seen
    assert "Secretitis" not in seen
    assert "2 of your records are not among them" in seen
    browser.post(f"{preview}confirm/")
    shared = text_of(browser.get("/records/sharing/"))
    assert "Waiting for Harbor Clinic to accept." in shared
    assert "Shared now" not in shared
    assert "what you say yourself" in shared
    assert viewers.staff_viewer(ana).patients == ()
    (waiting,) = sharing.offered_to(viewers.staff_of(ana))
    sharing.accept(viewer=viewers.staff_of(ana), public_id=waiting.public_id)
    assert viewers.staff_viewer(ana).patients == (rosa[1].pk,)
    assert "sees records" in text_of(browser.get("/records/sharing/"))
    browser.post(reverse("portal:share_stop", args=[waiting.public_id]))
    assert viewers.staff_viewer(ana).patients == ()
    ended = text_of(browser.get("/records/sharing/"))
    assert "Stopped on " in ended
    assert "Until " not in ended


def test_a_clinic_is_told_by_mail_that_records_are_offered_once_a_day_and_not_by_whom(
    browser, harbor, ana, clock
):
    for role in ("coordinator", "clinician"):
        make.membership(harbor, make.user(f"{role}@example.org"), role=role)
    address = reverse("portal:share", args=[harbor.share_code])

    def offer() -> Job:
        grants = sharing.offered_to(viewers.staff_of(ana))
        for one in grants:
            sharing.decline(viewer=viewers.staff_of(ana), public_id=one.public_id)
        browser.post(f"{browser.post(address, CHOSEN).url}confirm/")
        return Job.objects.get(kind="offered")

    job = offer()
    assert offered.tell(job) == jobs.Done()
    sent = list(Mail.objects.order_by("to"))
    assert {mail.to for mail in sent} == {ana.user.email, "coordinator@example.org"}
    for mail in sent:
        assert "/clinic/offers/" in mail.body
        assert "Rosa" not in mail.subject + mail.body
    assert offered.tell(job) == jobs.Done()  # nothing that they were not told of
    another = offer()
    clock.shift(3600)
    later = offered.tell(another)
    assert isinstance(later, jobs.Later)
    assert 22 * 3600 < later.seconds < 24 * 3600
    assert Mail.objects.count() == 2
    clock.shift(later.seconds + 1)
    assert offered.tell(job) == jobs.Done()
    assert Mail.objects.count() == 4


def test_all_is_ticked_at_first_but_what_is_sensitive_and_a_few_that_are_ticked_besides_hold(browser, harbor):
    address = reverse("portal:share", args=[harbor.share_code])
    page = text_of(browser.get(address))
    for name, ticked in {"every_kind": 1, "every_place": 1, "sensitive": 0, "words": 0}.items():
        assert page.split(f'name="{name}"')[1].split(">")[0].count("checked") == ticked
    for legend in ("Or only these kinds", "Or only from these places"):
        assert "(optional)" not in page.split(legend)[1].split("</legend>")[0]
    preview = browser.post(address, {**CHOSEN, "kinds": ["test-results"]}).url
    assert "Asthma" not in text_of(browser.get(preview))


def test_what_is_sensitive_is_shown_where_it_was_ticked(browser, harbor):
    address = reverse("portal:share", args=[harbor.share_code])
    preview = browser.post(address, {**CHOSEN, "sensitive": "on"}).url
    assert "Secretitis" in text_of(browser.get(preview))


def test_that_a_clinic_also_sees_it_at_1uphealth_is_said_before_or_nothing_is_shared(browser, harbor, ana):
    address, all_of_it = reverse("portal:share", args=[harbor.share_code]), {**CHOSEN, "sensitive": "on"}
    before = browser.post(address, all_of_it).url
    assert "Also at 1upHealth" not in text_of(browser.get(before))
    mirrors.switch_on(harbor.pk)
    assert browser.post(f"{before}confirm/").url == before
    assert sharing.offered_to(viewers.staff_of(ana)) == ()
    page = text_of(browser.get(before))
    assert "Because you leave nothing out" in page
    assert 'name="mirrored"' in page
    browser.post(f"{before}confirm/", {"mirrored": "yes"})
    assert len(sharing.offered_to(viewers.staff_of(ana))) == 1
    less = browser.post(address, CHOSEN).url
    assert "1upHealth" not in text_of(browser.get(less))
    assert browser.post(f"{less}confirm/").url != less


def test_a_change_begins_with_what_is_shared_now(browser, rosa, harbor):
    make.grant(rosa[1], clinic_id=harbor.pk, kinds=["conditions"])
    page = text_of(browser.get(reverse("portal:share", args=[harbor.share_code])))
    assert "Change what Harbor Clinic sees" in page
    assert page.count("checked") >= 2


@pytest.mark.parametrize(
    "wrong", [{"every_kind": ""}, {"every_place": ""}, {"since": "2020", "until": "2019"}, {"days": "4000"}]
)
def test_a_choice_that_makes_no_sense_is_said_and_shares_nothing(browser, harbor, wrong):
    answer = browser.post(reverse("portal:share", args=[harbor.share_code]), {**CHOSEN, **wrong})
    assert answer.status_code == 200
    assert "data-wrong" in text_of(answer)


def test_a_code_that_is_no_clinics_is_said(browser, harbor):
    assert "No clinic has this code" in text_of(browser.get("/records/sharing/", {"code": "XXX-222"}))
    type(harbor).objects.update(is_active=False)
    assert browser.get(reverse("portal:share", args=[harbor.share_code])).status_code == 404


def test_a_stranger_neither_sees_confirms_nor_stops(client, rosa, harbor):
    grant = make.grant(rosa[1], clinic_id=harbor.pk)
    stranger = make.user()
    make.patient(stranger, given="Tom")
    client.force_login(stranger)
    for name in ("share_preview", "share_confirm", "share_stop"):
        address = reverse(f"portal:{name}", args=[grant.public_id])
        assert client.post(address).status_code in (404, 405)
        assert client.get(address).status_code in (404, 405)
    assert viewers.staff_viewer(make.membership(harbor, make.user())).patients == (rosa[1].pk,)


def test_a_clinic_accepts_with_its_own_number_or_declines_and_the_patient_reads_which(
    client, rosa, harbor, ana
):
    TOTP.activate(ana.user, generate_totp_secret())
    client.force_login(ana.user)
    first = make.grant(rosa[1], clinic_id=harbor.pk, accepted_at=None, kinds=["medicines"])
    page = text_of(client.get("/clinic/offers/"))
    assert "Rosa Delgado" in page
    assert "Only these kinds: Medicines." in page
    assert harbor.share_code in page
    address = reverse("portal:clinic_offer", args=[first.public_id])
    assert client.post(address, {"action": "anything"}).status_code == 200
    client.post(address, {"action": "accept", "number": "20-4471"})
    assert viewers.staff_viewer(ana).patients == (rosa[1].pk,)
    with scope.open(viewers.staff_viewer(ana)) as viewer:
        assert sharing.chart_number(viewer, rosa[1].pk) == "20-4471"
    assert client.post(address, {"action": "decline"}).status_code == 404
    second = make.grant(
        make.patient(rosa[0], given="Mateo", relation="child"), accepted_at=None, clinic_id=harbor.pk
    )
    client.post(reverse("portal:clinic_offer", args=[second.public_id]), {"action": "decline"})
    assert viewers.staff_viewer(ana).patients == (rosa[1].pk,)
    assert b"<svg" in client.get("/clinic/code.svg").content


def test_what_a_clinic_declined_is_said_to_be_not_accepted(browser, rosa, harbor, ana):
    waiting = make.grant(rosa[1], clinic_id=harbor.pk, accepted_at=None)
    sharing.decline(viewer=viewers.staff_of(ana), public_id=waiting.public_id)
    assert "Not accepted; offer ended on " in text_of(browser.get("/records/sharing/"))


def test_the_kinds_that_are_left_out_are_named(browser, rosa, harbor):
    most = [kind.slug for kind in KINDS if kind.slug != "allergies"]
    offered_now(browser, harbor, {**CHOSEN, "kinds": most})
    page = text_of(browser.get("/records/sharing/"))
    assert "Not shared: Allergies, what places marked as sensitive" in page
    offered_now(browser, harbor, {**CHOSEN, "every_kind": "", "kinds": ["conditions"]})
    assert "Not shared: what places marked as sensitive" in text_of(browser.get("/records/sharing/"))


def test_ticking_all_on_a_change_means_all(browser, rosa, harbor):
    offered_now(browser, harbor, {**CHOSEN, "kinds": ["conditions"]})
    assert "Only these kinds: Conditions." in text_of(browser.get("/records/sharing/"))
    offered_now(browser, harbor, {**CHOSEN, "kinds": ["conditions"]})
    assert "All kinds of records." in text_of(browser.get("/records/sharing/"))


def offered_now(browser, clinic, chosen):
    preview = browser.post(reverse("portal:share", args=[clinic.share_code]), chosen).url
    browser.post(f"{preview}confirm/")


def test_a_link_that_opens_is_among_what_is_shared(browser, rosa, harbor):
    assert "You share with nobody." in text_of(browser.get("/records/sharing/"))
    link = make.health_link(rosa[1])
    page = text_of(browser.get("/records/sharing/"))
    assert f"/records/links/{link.public_id}/" in page
    assert "You share with nobody." not in page
