"""A patient's pages as staff open them: found by search, for a reason, by a grant, and gone when it is."""

from datetime import timedelta
from pathlib import Path

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import timezone

from ground import scope
from ground.models import Look
from ground.viewer import job_viewer
from portal import clinics, lookers, reasons
from portal.urls_of_charts import SHOWN
from records import reading, services
from records.models import ChartNumber, Grant, Source
from records.services import sharing
from tests import factories as make
from tests.house.site_rules import RULES
from tests.house.site_world import World, at_work, comparable
from tests.house.site_world import browser as signed_in

pytestmark = pytest.mark.django_db

LIST = "/clinic/patients/"
ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def harbor():
    return make.clinic()


@pytest.fixture
def ana(harbor):
    user = make.user()
    TOTP.activate(user, generate_totp_secret())
    return make.membership(harbor, user)


@pytest.fixture
def rosa():
    patient = make.patient(make.user())
    secret = make.condition("s", text="Secretitis", meta={"security": [{"code": "PSY"}]})
    make.records(patient, make.condition("c"), make.observation("o"), secret)
    return patient


@pytest.fixture
def browser(client, ana):
    client.force_login(ana.user)
    return client


def looks(patient) -> list[Look]:
    """At a patient, the first one first."""
    with scope.open(job_viewer(patient.pk)):
        return list(Look.objects.filter(patient=patient).order_by("pk"))


def home(patient) -> str:
    return reverse("portal:chart", args=[patient.public_id])


def text_of(answer) -> str:
    return answer.content.decode()


def test_nothing_opens_before_a_reason_is_said_and_each_look_carries_it(browser, harbor, rosa, ana):
    make.grant(rosa, clinic_id=harbor.pk)
    wanted = f"{home(rosa)}records/conditions/?place=1"
    asked = browser.get(wanted)
    assert asked.url.startswith(f"{home(rosa)}why/")
    assert "Asthma" not in text_of(browser.get(asked.url))
    assert "Please say which" in text_of(browser.post(asked.url, {"reason": "other"}))
    assert looks(rosa) == []
    answer = browser.post(asked.url, {"reason": "other", "words": "She called about a form"})
    assert answer.url == wanted
    assert "Asthma" in text_of(browser.get(f"{home(rosa)}records/conditions/"))
    look = looks(rosa)[-1]
    assert (look.viewer_kind, look.user_id, look.clinic_id) == ("staff", ana.user.pk, harbor.pk)
    assert (look.reason, look.words) == ("other", "She called about a form")
    assert "She called about a form" in text_of(browser.get(home(rosa)))


def test_a_reason_leads_back_to_pages_of_its_patient_alone(browser, harbor, rosa):
    make.grant(rosa, clinic_id=harbor.pk)
    for to in ("https://elsewhere.example/", "//elsewhere.example/", "/records/", f"{home(rosa)[:-1]}0/"):
        answer = browser.post(f"{home(rosa)}why/?to={to}", {"reason": "treatment"})
        assert answer.url == home(rosa)


def test_a_reason_is_asked_for_anew_after_two_hours(browser, harbor, rosa):
    make.grant(rosa, clinic_id=harbor.pk)
    browser.post(f"{home(rosa)}why/", {"reason": "treatment"})
    assert browser.get(home(rosa)).status_code == 200
    session = browser.session
    session[reasons._KEY][str(rosa.public_id)]["at"] -= reasons.LASTS
    session.save()
    assert browser.get(home(rosa)).status_code == 302


def test_the_pages_are_the_patients_and_every_link_stays_among_them(browser, harbor, rosa):
    make.grant(rosa, clinic_id=harbor.pk, kinds=["conditions"])
    at_work(browser)
    page = text_of(browser.get(f"{home(rosa)}records/"))
    assert "Records of Rosa Delgado" in page
    assert "Only these kinds: Conditions." in page
    assert "Your reason: Treatment." in page
    assert 'href="/records/' not in page
    assert 'action="/records/' not in page
    assert f'{home(rosa)}records/conditions/"' in page
    found = text_of(browser.get(f"{home(rosa)}records/conditions/"))
    assert "Asthma" in found
    assert "Secretitis" not in found
    assert "This looks wrong" not in text_of(browser.get(one(rosa, "c")))
    assert browser.get(one(rosa, "s")).status_code == 404
    hidden = reverse("chart:one", args=[rosa.public_id, "test-results", make.origin().pk, "Observation", "o"])
    assert browser.get(hidden).status_code == 404


def one(patient, key: str) -> str:
    return reverse("chart:one", args=[patient.public_id, "conditions", make.origin().pk, "Condition", key])


@pytest.mark.parametrize("how", ["stopped", "ended", "removed", "closed", "person"])
def test_what_is_over_is_not_there_on_the_very_next_request(browser, harbor, rosa, ana, how):
    grant = make.grant(rosa, clinic_id=harbor.pk)
    at_work(browser)
    assert browser.get(one(rosa, "c")).status_code == 200
    if how == "stopped":
        owner = make.looking(rosa)
        sharing.stop(viewer=owner, public_id=grant.public_id)
    elif how == "ended":
        with scope.open(job_viewer(rosa.pk)):
            Grant.objects.filter(pk=grant.pk).update(ends_at=Now() - timedelta(seconds=1))
    elif how == "removed":
        make.membership(harbor, make.user())
        clinics.end(member=ana, by=ana.user)
    elif how == "closed":
        type(harbor).objects.update(is_active=False)
    else:
        type(ana.user).objects.filter(pk=ana.user.pk).update(is_active=False)
    for address in (
        one(rosa, "c"),
        home(rosa),
        f"{home(rosa)}records/take/summary.json",
        f"{home(rosa)}why/",
    ):
        assert browser.get(address).status_code == (302 if how == "person" else 404)


@pytest.mark.rota(2)
def test_staff_of_another_clinic_are_told_the_same_as_if_nobody_were_there():
    world = World()
    tom = make.user("tom@example.org")
    TOTP.activate(tom, generate_totp_secret())
    make.membership(make.clinic("Elsewhere"), tom)
    client = signed_in(tom)
    mine = {name: rule.args for name, rule in RULES.items() if name.startswith(("chart:", "portal:chart"))}
    assert len(mine) == len(SHOWN) + 6
    for name, kind in mine.items():
        for method in (client.get, client.post):
            theirs, nothing = method(world.address(name, kind)), method(world.gone(name, kind))
            assert (name, theirs.status_code) in ((name, 404), (name, 405))
            assert (name, theirs.status_code) == (name, nothing.status_code)
            assert comparable(text_of(theirs)) == comparable(text_of(nothing)), name
            if theirs.status_code == 404 and method == client.get:
                assert "may have stopped sharing with your clinic" in text_of(theirs)
                assert "Your records are where they were" not in text_of(theirs)
    assert "Your records are where they were" in text_of(client.get("/records/sharing/with/XXX-000/"))
    assert "stopped sharing" not in text_of(signed_in(make.user()).get(LIST))


def test_the_list_is_found_by_name_birth_date_and_chart_number_and_the_patient_can_read_that(
    browser, harbor, rosa, ana
):
    tom = make.patient(make.user(), given="Tom", family="Delgado", born=rosa.birth_date)
    ben = make.patient(make.user(), given="Ben", family="Ode")
    for each in (rosa, tom):
        grant = make.grant(each, clinic_id=harbor.pk)
    with scope.open(job_viewer(tom.pk)):
        ChartNumber.objects.create(patient=tom, grant=grant, clinic_id=harbor.pk, number="20-4471")
    page = text_of(browser.get(LIST))
    assert "Delgado, Rosa" in page
    assert "20-4471" in page
    assert "Ode, Ben" not in page

    def found(**sought) -> list[str]:
        page = text_of(browser.post(LIST, sought))
        return [name for name in ("Rosa", "Tom", "Ben") if f", {name}</a>" in page]

    assert found(name="delg ro") == ["Rosa"]
    assert found(born="1968-05-14") == ["Rosa", "Tom"]
    assert found(number="20-4471") == ["Tom"]
    assert found(name="rosa", number="20-4471") == []
    assert found(name="Ben") == []
    assert found() == ["Rosa", "Tom"]
    assert [len([one for one in looks(each) if one.what == "found"]) for each in (rosa, tom, ben)] == [
        2,
        2,
        0,
    ]


def test_the_first_page_says_what_changed_and_what_the_patient_wants_to_ask(browser, harbor, rosa, ana):
    make.grant(rosa, clinic_id=harbor.pk, words=True)
    at_work(browser)
    page = text_of(browser.get(home(rosa)))
    assert "This is your first look" in page
    number = page.split('name="number" value="')[1].split('"')[0]
    seen = {"whose": str(rosa.public_id), "number": number}
    assert browser.post(f"{home(rosa)}records/seen/", seen).url == f"{home(rosa)}records/"
    assert "Nothing new" in text_of(browser.get(home(rosa)))
    make.records(rosa, make.condition("n", text="Shingles"))
    owner = make.looking(rosa)
    with scope.open(owner):
        line = reading.named(owner, make.origin().pk, "Condition", "n")
        speaker = services.Speaker("Rosa Delgado", own=True)
        asked = services.ask(viewer=owner, line=line, speaker=speaker, text="Can I swim?")
    page = text_of(browser.get(home(rosa)))
    assert "Shingles" in page
    assert "Can I swim?" in page
    address = reverse("portal:chart_question", args=[rosa.public_id, asked.pk])
    assert address in page
    browser.post(address, {"action": "discussed"})
    assert "Ana Ruiz, Harbor Clinic." in text_of(browser.get(home(rosa)))
    hers = signed_in(rosa.holdings.get().user)
    assert "Ana Ruiz, Harbor Clinic noted on" in text_of(hers.get("/records/questions/"))
    browser.post(address, {"action": "back"})
    assert "noted on" not in text_of(hers.get("/records/questions/"))
    with scope.open(job_viewer(rosa.pk)):
        Grant.objects.of(rosa.pk).update(words=False)
    assert browser.post(address).status_code == 404
    assert "noted on" not in text_of(hers.get("/records/questions/"))


def test_the_first_page_begins_with_allergies_medicines_and_conditions_as_far_as_they_are_shared(
    browser, harbor, rosa
):
    disagreeing(rosa)
    nuts = {"resourceType": "AllergyIntolerance", "id": "n", "code": {"text": "Peanuts"}}
    make.records(rosa, {**nuts, "id": "p", "code": {"text": "Pollen"}, "onsetDateTime": "2026-01-01"})
    make.records(rosa, {**nuts, "criticality": "high", "onsetDateTime": "2001-01-01"})
    grant = make.grant(rosa, clinic_id=harbor.pk, kinds=["allergies", "medicines"])
    at_work(browser)
    page = text_of(browser.get(home(rosa)))
    for told in ("Peanuts", "High risk of a dangerous reaction", "Lisinopril", "Not shared with you"):
        assert told in page
    assert page.index("Peanuts") < page.index("Pollen") < page.index("Lisinopril")
    assert "This does not mean that there are no conditions." in page
    assert "Asthma" not in page
    assert "glance" in [one.what for one in looks(rosa)]
    with scope.open(job_viewer(rosa.pk)):
        Grant.objects.filter(pk=grant.pk).update(kinds=["conditions", "allergies"], since=timezone.now())
        Source.objects.filter(patient=rosa).update(collected_at=Now())
    page = text_of(browser.get(home(rosa)))
    assert "None among what is shared" in page
    assert "None sent" not in page + text_of(browser.get(f"{home(rosa)}records/allergies/"))
    assert "Peanuts" not in page


def test_without_staff_or_a_second_step_there_is_no_list(client, ana):
    client.force_login(make.user())
    assert client.get(LIST).status_code == 404
    half = make.membership(ana.clinic, make.user())
    client.force_login(half.user)
    assert client.get(LIST).url == reverse("mfa_index")


def disagreeing(patient) -> None:
    """Two places that state one medicine's dose differently, and a visit that is planned."""
    for key, amount in (("a", 10), ("b", 5)):
        place = make.source(patient, key=f"oneup:{key}", name=f"Place {key.upper()}")
        dose = [{"doseAndRate": [{"doseQuantity": {"value": amount, "unit": "mg"}}]}]
        what = {"text": "Lisinopril", "coding": [{"system": "http://rx", "code": "1"}]}
        taken = {"resourceType": "MedicationRequest", "id": key, "status": "active", "intent": "order"}
        taken |= {"medicationCodeableConcept": what, "authoredOn": "2026-05-01", "dosageInstruction": dose}
        make.records(patient, taken, source=place)
    soon = (timezone.now() + timedelta(days=2)).isoformat()
    visit = {"resourceType": "Appointment", "id": "v", "status": "booked", "start": soon}
    make.records(patient, {**visit, "participant": [{"status": "accepted"}]}, source=place)


def test_the_worklist_says_what_came_what_disagrees_and_who_comes_until_it_is_reviewed(
    browser, harbor, rosa, ana
):
    disagreeing(rosa)
    make.grant(rosa, clinic_id=harbor.pk)
    ben = make.patient(make.user(), given="Ben", family="Ode")
    make.records(ben, make.condition("x"))
    page = text_of(browser.get("/clinic/to-review/"))
    assert "Delgado, Rosa" in page
    assert "not yet reviewed" in page
    assert "one disagreement" in page
    assert "visit this week" in page
    assert "Ode, Ben" not in page
    browser.get("/clinic/to-review/")
    assert [(look.what, look.reason) for look in looks(rosa)] == [("worklist", "")]  # nobody asked why
    assert looks(rosa)[0].kinds == []  # it was counted, and no record shown
    assert looks(ben) == []
    at_work(browser)
    page = text_of(browser.get(home(rosa)))
    assert "Places do not say the same" in page
    assert f"{home(rosa)}records/medicines/" in page
    number = page.split('name="number" value="')[1].split('"')[0]
    assert browser.post(f"{home(rosa)}reviewed/", {"number": number}).url == "/clinic/to-review/"
    page = text_of(browser.get("/clinic/to-review/"))
    assert "not yet reviewed" not in page
    assert "one disagreement" not in page
    assert "Last reviewed on" in text_of(browser.get(home(rosa)))
    origin = {"resourceType": "Provenance", "id": "behind", "target": [{"reference": "Condition/later"}]}
    make.records(rosa, make.condition("later", text="Shingles"), origin)
    assert "1 new" in text_of(browser.get("/clinic/to-review/"))


def test_work_is_given_to_a_colleague_with_a_note_that_no_other_clinic_sees(browser, harbor, rosa, ana):
    make.grant(rosa, clinic_id=harbor.pk)
    at_work(browser)
    told = {"assigned": str(ana.user_id), "note": "Call about the dose"}
    browser.post(f"{home(rosa)}assign/", told)
    mine = text_of(browser.get("/clinic/to-review/?mine=yes"))
    assert "Call about the dose" in mine
    assert "Ana Ruiz’s turn" in mine
    assert browser.post(f"{home(rosa)}reviewed/", {"number": 10**30}).status_code == 302
    assert browser.post(f"{home(rosa)}reviewed/", {"number": 10**12}).status_code == 302
    origin = {"resourceType": "Provenance", "id": "behind", "target": [{"reference": "Condition/later"}]}
    make.records(rosa, make.condition("later", text="Shingles"), origin)
    assert "1 new" in text_of(browser.get("/clinic/to-review/"))
    browser.post(f"{home(rosa)}assign/", {**told, "assigned": "999999"})
    assert "Please choose somebody who works here" in text_of(browser.get(home(rosa)))
    tom = make.user()
    TOTP.activate(tom, generate_totp_secret())
    other = make.membership(make.clinic("Elsewhere"), tom, name="Tom Reed")
    make.grant(rosa, clinic_id=other.clinic_id)
    client = signed_in(tom)
    for address in ("/clinic/to-review/", home(rosa)):
        assert "Call about the dose" not in text_of(client.get(address))


def test_the_list_of_work_is_paged_and_tells_only_whom_it_shows_once_a_day(
    browser, harbor, rosa, ana, monkeypatch
):
    monkeypatch.setattr("portal.worklist.PAGE", 1)
    tom = make.patient(make.user(), given="Tom", family="Zander")
    make.records(tom, make.condition("t"))
    for each in (rosa, tom):
        make.grant(each, clinic_id=harbor.pk)
    page = text_of(browser.get("/clinic/to-review/"))
    assert "1 to 1 of 2" in page
    assert "Delgado, Rosa" in page
    assert [len(looks(one)) for one in (rosa, tom)] == [1, 0]
    page = text_of(browser.get("/clinic/to-review/?page=99"))
    assert "Zander, Tom" in page
    assert "?page=1#count" in page
    browser.get("/clinic/to-review/?page=2")
    assert [len(looks(one)) for one in (rosa, tom)] == [1, 1]
    mine = make.looking(tom)
    with scope.open(mine):
        ((visit,),) = [day.others for day in lookers.log_of(mine).days]
    assert visit.is_list
    ben = make.user()
    TOTP.activate(ben, generate_totp_secret())
    make.membership(harbor, ben, name="Ben Ode")
    signed_in(ben).get("/clinic/to-review/?page=2")
    assert [len(looks(one)) for one in (rosa, tom)] == [1, 2]


def test_a_search_that_finds_nothing_says_what_was_not_looked_through(browser, harbor, rosa):
    make.grant(rosa, clinic_id=harbor.pk, kinds=["conditions"])
    at_work(browser)
    page = text_of(browser.get(f"{home(rosa)}records/search/?q=penicillin"))
    assert "does not mean that there is none" in page


def test_what_is_not_shared_is_no_work(browser, harbor, rosa):
    disagreeing(rosa)
    make.grant(rosa, clinic_id=harbor.pk, kinds=["vaccines"])
    assert "Nothing waits" in text_of(browser.get("/clinic/to-review/"))
    assert looks(rosa) == []


def test_a_place_that_wants_a_new_sign_in_is_told_where_it_is_shared(browser, harbor):
    world = World()
    make.grant(world.patient, clinic_id=harbor.pk)
    with scope.open(job_viewer(world.patient.pk)):
        type(world.connection).objects.filter(patient=world.patient).update(state="lapsed")
    assert "Nothing new comes from Quillwort Clinic" in text_of(browser.get("/clinic/to-review/"))


def test_no_page_of_records_makes_its_links_past_the_address_it_stands_below():
    rooms = [
        path for path in (ROOT / "records").rglob("*.py") if path.name not in ("addresses.py", "notices.py")
    ]
    loose = [path.name for path in rooms if "django.urls import reverse" in path.read_text()]
    assert loose == []
    assert len(rooms) > 100
