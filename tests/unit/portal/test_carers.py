"""Sharing with a person who is named: asked by mail, accepted signed in, read alone, said anew, stopped."""

import re
from datetime import timedelta

import pytest
from django.urls import get_resolver
from django.utils import timezone

from ground import jobs, scope
from ground.models import Job, Look, Mail
from ground.viewer import job_viewer
from portal import carers, closing
from portal.borrowed import SHOWN
from portal.models import NamedPerson
from records import access
from records.models import Grant, GrantChange
from records.services import sharing
from tests import factories as make

pytestmark = pytest.mark.django_db

ADDRESS = "/records/sharing/person/"
CHOSEN = {"every_kind": "", "kinds": ["conditions"], "every_place": "on", "undated": "on", "days": "730"}
MARIA = {**CHOSEN, "name": "Maria, my daughter", "email": "Maria@Example.org"}


@pytest.fixture
def rosa():
    """Rosa's user, and herself."""
    owner = make.user("rosa@example.org")
    patient = make.patient(owner)
    secret = make.condition("s", text="Secretitis", meta={"security": [{"code": "PSY"}]})
    make.records(patient, make.condition("c"), make.observation("o"), secret)
    return owner, patient


@pytest.fixture
def maria():
    return make.user("maria@example.org")


@pytest.fixture
def browser(client, rosa):
    client.force_login(rosa[0])
    return client


@pytest.fixture
def hers(client, maria):
    """Maria's own browser."""
    other = type(client)(SERVER_NAME="localhost")
    other.force_login(maria)
    return other


def text_of(answer) -> str:
    return answer.content.decode()


def asked(browser) -> str:
    """Rosa fills in the page, looks at the preview, and confirms; the address in the mail."""
    preview = browser.post(ADDRESS, MARIA).url
    assert "What Maria, my daughter will see" in text_of(browser.get(preview))
    browser.post(f"{preview}confirm/")
    mail = Mail.objects.get(to="maria@example.org")
    return re.search(r"/shared/join/[\w-]+/", mail.body)[0]


def grant_of(patient) -> Grant:
    with scope.open(job_viewer(patient.pk)):
        return Grant.objects.of(patient.pk).exclude(offered_at=None).get()


def change(patient, **columns) -> None:
    with scope.open(job_viewer(patient.pk)):
        Grant.objects.of(patient.pk).update(**columns)


def test_a_person_is_asked_by_mail_accepts_and_reads_what_was_chosen_alone(browser, hers, rosa, maria):
    link = asked(browser)
    assert "Waiting for " in text_of(browser.get("/records/sharing/"))
    assert "Asthma" not in Mail.objects.get(to="maria@example.org").body
    page = text_of(hers.get(link))
    assert "See records of Rosa Delgado?" in page
    assert "Only these kinds: Conditions." in page
    assert hers.post(link).url == "/shared/"
    here = f"/shared/{rosa[1].public_id}/"
    assert here in text_of(hers.get("/shared/"))
    found = text_of(hers.get(f"{here}records/conditions/"))
    assert "Asthma" in found
    assert "Secretitis" not in found
    assert "You look at the records of <b>Rosa Delgado</b>, who shares them with you as Maria" in found
    assert "Hemoglobin" not in text_of(hers.get(f"{here}records/timeline/"))
    assert hers.get(f"{here}records/test-results/{make.origin().pk}/Observation/o/").status_code == 404
    with scope.open(job_viewer(rosa[1].pk)):
        look = Look.objects.filter(patient_id=rosa[1].pk, viewer_kind="carer").first()
    assert (look.user_id, look.grant_id) == (maria.pk, grant_of(rosa[1]).pk)
    assert "Maria, my daughter" in text_of(browser.get("/records/looks/"))
    assert "accepted and sees" in Mail.objects.get(to="rosa@example.org").body


def test_every_link_on_a_shared_page_stays_among_what_may_be_read(browser, hers, rosa):
    hers.post(asked(browser))
    here = f"/shared/{rosa[1].public_id}/records/"
    page = "".join(
        text_of(hers.get(f"{here}{one}")) for one in ("", "conditions/", "timeline/", "search/?q=a")
    )
    for wrong in (
        'href="/records/"',
        'href="/records/cond',
        'action="/records/',
        "/connect/",
        "This looks wrong",
    ):
        assert wrong not in page
    assert {hers.get(one).status_code for one in set(re.findall(rf'href="({here}[^"?]*)"', page))} == {200}


def test_a_carer_neither_connects_nor_deletes_nor_shares_nor_says_anything(browser, hers, rosa):
    names = {
        one.name
        for one in next(p for p in get_resolver().url_patterns if p.namespace == "shared").url_patterns
    }
    assert names == SHOWN
    assert not names & {"word", "wrong", "ask", "corrections", "letter", "take", "take_whole", "take_make"}
    hers.post(asked(browser))
    grant = grant_of(rosa[1])
    for address in (
        f"/records/sharing/{grant.public_id}/stop/",
        f"/records/sharing/{grant.public_id}/still/",
    ):
        assert hers.post(address).status_code == 404
    viewer = carers.of(hers.get("/shared/").wsgi_request.user)
    with pytest.raises(access.NotTheirs):
        sharing.stop_all(viewer)


def test_the_link_is_good_once_for_two_weeks_and_for_that_address_alone(browser, hers, rosa, client):
    link = asked(browser)
    stranger = type(client)(SERVER_NAME="localhost")
    stranger.force_login(make.user("tom@example.org"))
    assert stranger.get(link).status_code == stranger.post(link).status_code == 404
    assert browser.get(link).status_code == 404
    NamedPerson.objects.update(ends_at=timezone.now())
    assert hers.get(link).status_code == 404
    NamedPerson.objects.update(ends_at=timezone.now() + timedelta(days=1))
    assert hers.post(link).status_code == 302
    assert hers.post(link).status_code == 404


def test_who_says_no_is_asked_no_more_and_nothing_is_shown(browser, hers, rosa):
    link = asked(browser)
    assert hers.post(link, {"no": "yes"}).url == "/shared/"
    assert hers.get(link).status_code == 404
    assert "Not accepted; offer ended on " in text_of(browser.get("/records/sharing/"))
    assert hers.get(f"/shared/{rosa[1].public_id}/records/").status_code == 404


@pytest.mark.parametrize("who", ["patient", "carer", "account"])
def test_either_side_stops_it_at_once(browser, hers, rosa, maria, who):
    hers.post(asked(browser))
    here = f"/shared/{rosa[1].public_id}/"
    assert hers.get(f"{here}records/").status_code == 200
    if who == "patient":
        browser.post(f"/records/sharing/{grant_of(rosa[1]).public_id}/stop/")
    elif who == "carer":
        hers.post(f"{here}end/")
    else:
        closing.begin(maria)
        assert not NamedPerson.objects.exists()
    assert grant_of(rosa[1]).stopped_at is not None
    if who != "account":
        assert hers.get(f"{here}records/").status_code == 404
        assert hers.post(f"{here}end/").status_code == 404


def test_a_change_holds_at_once_and_writes_no_second_mail(browser, hers, rosa):
    hers.post(asked(browser))
    grant = grant_of(rosa[1])
    page = f"{ADDRESS}{grant.public_id}/"
    assert "Change what Maria, my daughter sees" in text_of(browser.get(page))
    preview = browser.post(page, {**CHOSEN, "kinds": ["test-results"]}).url
    browser.post(f"{preview}confirm/")
    assert grant_of(rosa[1]).pk == grant.pk
    records = text_of(hers.get(f"/shared/{rosa[1].public_id}/records/timeline/"))
    assert "Hemoglobin" in records
    assert "Asthma" not in records
    assert Mail.objects.filter(to="maria@example.org").count() == 1


def test_nobody_shares_with_themselves_or_changes_what_is_not_theirs(browser, hers, rosa):
    assert "This is your own address." in text_of(
        browser.post(ADDRESS, {**MARIA, "email": "ROSA@example.org"})
    )
    hers.post(asked(browser))
    assert hers.get(f"{ADDRESS}{grant_of(rosa[1]).public_id}/").status_code == 404


def test_after_eleven_months_the_patient_is_asked_and_after_a_year_it_sleeps(browser, hers, rosa):
    hers.post(asked(browser))
    grant, job = grant_of(rosa[1]), Job.objects.get(kind=carers.JOB)
    assert isinstance(carers.remind(_leased(job)), jobs.Later)
    assert "Yes, still right" not in text_of(browser.get("/records/sharing/"))
    change(rosa[1], confirmed_at=timezone.now() - timedelta(days=340))
    later = carers.remind(_leased(job))
    assert 24 <= later.seconds / 86_400 <= 26
    letter = Mail.objects.filter(to="rosa@example.org").order_by("-pk").first()
    assert letter.subject == "Is it still right that Maria, my daughter sees your records?"
    assert "Yes, still right" in text_of(browser.get("/records/sharing/"))
    change(rosa[1], confirmed_at=timezone.now() - timedelta(days=366))
    assert hers.get(f"/shared/{rosa[1].public_id}/records/").status_code == 404
    assert "sees nothing until you confirm" in text_of(browser.get("/records/sharing/"))
    mails = Mail.objects.count()
    carers.remind(_leased(job))
    assert Mail.objects.count() == mails
    browser.post(f"/records/sharing/{grant.public_id}/still/")
    assert hers.get(f"/shared/{rosa[1].public_id}/records/").status_code == 200
    change(rosa[1], stopped_at=timezone.now())
    assert isinstance(carers.remind(_leased(job)), jobs.Done)


def _leased(job: Job) -> Job:
    Job.objects.filter(pk=job.pk).update(due_at=timezone.now(), leased_until=None)
    return jobs.claim(job.pk)


def test_what_a_patient_calls_a_person_goes_with_the_grant(browser, hers, rosa):
    hers.post(asked(browser))
    with scope.open(job_viewer(rosa[1].pk)):
        told = list(GrantChange.objects.filter(patient_id=rosa[1].pk))
        assert {(one.named, one.recipient) for one in told} == {("", "person")}
        assert told[-1].person_id is not None


def test_old_invitations_are_forgotten(browser):
    asked(browser)
    NamedPerson.objects.update(ends_at=timezone.now() - timedelta(days=31))
    assert carers.forget() == 1
