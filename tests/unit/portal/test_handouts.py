"""What a clinic may see of all its patients as one file: what each grant shows, while it stands."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from ground import jobs, scope
from ground.models import Job, Look
from ground.viewer import job_viewer
from records.models import Grant, Handout, HandoutPart
from records.taking import handing
from tests import factories as make
from tests.unit.portal.test_clinics import somebody

pytestmark = pytest.mark.django_db
PAGE = "/clinic/export/"


@pytest.fixture
def harbor():
    return make.clinic()


@pytest.fixture
def browser(client, harbor):
    """Ana, who leads, a moment after she signed in."""
    client.force_login(somebody(harbor).user)
    return client


def sharing(clinic, name, **terms):
    """A patient with a result and a condition who shares with the clinic."""
    patient = make.patient(given=name)
    make.records(
        patient, make.observation(f"a1c-{name}"), json.dumps(make.condition(f"c-{name}"), indent=2).encode()
    )
    make.grant(patient, clinic_id=clinic.pk, **terms)
    return patient


def made(browser):
    """A file, asked for on the page and made by its job."""
    assert browser.post(PAGE).status_code == 302
    while job := Job.objects.filter(kind=handing.JOB, state="waiting").first():
        slice_of(job)
    return Handout.objects.latest("pk")


def slice_of(job):
    """One slice, as a worker does it."""
    claimed = jobs.claim(job.pk)
    jobs.settle(claimed, handing.one_slice(claimed))


def lines(browser, handout):
    answer = browser.get(f"{PAGE}{handout.public_id}/")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/fhir+ndjson")
    found = b"".join(answer.streaming_content)
    return sorted(json.loads(line)["id"] for line in found.splitlines())


def change(patient, **terms):
    with scope.open(job_viewer(patient.pk)):
        Grant.objects.filter(patient_id=patient.pk).update(**terms)


def looks(patient):
    with scope.open(job_viewer(patient.pk)):
        return list(
            Look.objects.filter(patient=patient, what="export").values_list("viewer_kind", "clinic_id")
        )


def test_the_file_holds_what_each_patient_shares_and_each_is_told(browser, harbor):
    rosa, ben = sharing(harbor, "rosa"), sharing(harbor, "ben", kinds=["conditions"])
    stranger = sharing(make.clinic("Another"), "carla")
    handout = made(browser)
    assert (handout.state, handout.done, handout.total, handout.lines) == ("ready", 2, 2, 3)
    assert lines(browser, handout) == ["a1c-rosa", "c-ben", "c-rosa"]
    for patient in (rosa, ben):
        assert set(looks(patient)) == {("staff", harbor.pk)}
        assert len(looks(patient)) == 2  # made, and fetched
    assert looks(stranger) == []
    assert "3 records of 2 patients" in browser.get(PAGE).content.decode()


@pytest.mark.parametrize(
    "terms",
    [
        {"stopped_at": timezone.now()},
        {"ends_at": timezone.now()},
        {"every_kind": False, "kinds": ["conditions"]},
        {"sensitive": True},
    ],
    ids=["stopped", "over", "narrowed", "changed at all"],
)
def test_whose_grant_changed_is_not_in_it_from_the_next_request_on(browser, harbor, terms):
    rosa = sharing(harbor, "rosa")
    sharing(harbor, "ben")
    handout = made(browser)
    change(rosa, **terms)
    assert lines(browser, handout) == ["a1c-ben", "c-ben"]


def test_who_stops_while_it_is_made_is_not_in_it_and_nobody_elses_place_is_lost(browser, harbor, monkeypatch):
    rosa, ben = sharing(harbor, "rosa"), sharing(harbor, "ben")
    browser.post(PAGE)
    job = Job.objects.get(kind=handing.JOB)
    monkeypatch.setattr("records.reading.whole._BATCH", 1)
    monkeypatch.setattr(handing, "_AT_ONCE", 1)
    slice_of(job)
    change(rosa, stopped_at=timezone.now())
    while Job.objects.filter(pk=job.pk, state="waiting").exists():
        slice_of(job)
    assert lines(browser, Handout.objects.get()) == ["a1c-ben", "c-ben"]
    assert len(looks(ben)) == 2


def test_the_file_is_denied_to_whoever_does_not_lead_that_clinic_now(browser, client, harbor):
    sharing(harbor, "rosa")
    handout = made(browser)
    address = f"{PAGE}{handout.public_id}/"
    clinician, elsewhere = somebody(harbor, role="clinician"), somebody(make.clinic("Another"))
    for member in (clinician, elsewhere):
        client.force_login(member.user)
        assert client.get(address).status_code == 404
    assert client.get(PAGE).status_code == 200  # the other's own
    client.force_login(clinician.user)
    assert client.get(PAGE).status_code == 404


def test_an_emergency_opens_pages_and_no_file(browser, harbor):
    rosa = sharing(harbor, "rosa")
    lead = browser.session["_auth_user_id"]
    soon = timezone.now() + timedelta(minutes=60)
    make.grant(rosa, recipient="emergency", clinic_id=harbor.pk, person_id=int(lead), ends_at=soon)
    sharing(harbor, "ben")
    assert lines(browser, made(browser)) == ["a1c-ben", "c-ben"]


def test_a_file_goes_after_its_day_and_with_the_next_one(browser, harbor):
    patient = sharing(harbor, "rosa")
    first = made(browser)
    second = made(browser)
    assert browser.get(f"{PAGE}{first.public_id}/").status_code == 404
    handing.end(Job.objects.get(kind=handing.END_JOB, subject=second.pk))
    assert not Handout.objects.exists()
    with scope.open(job_viewer(patient.pk)):
        assert not HandoutPart.objects.exists()
    assert "None has been made" in browser.get(PAGE).content.decode()


def test_what_is_made_is_sealed_and_a_line_is_the_exact_bytes(browser, harbor):
    patient = make.patient()
    make.records(patient, b'{"resourceType":"Condition","id":"c","code":{"text":"7.00"},"x":7.00}')
    make.grant(patient, clinic_id=harbor.pk)
    handout = made(browser)
    with scope.open(job_viewer(patient.pk)):
        part = HandoutPart.objects.get()
        assert b"Condition" not in bytes(part.data_sealed)
        assert part.data == b'{"resourceType":"Condition","id":"c","code":{"text":"7.00"},"x":7.00}\n'
    assert lines(browser, handout) == ["c"]
