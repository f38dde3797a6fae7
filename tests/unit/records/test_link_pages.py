"""Links to a summary over HTTP, held against an independent reading of the SMART Health Links specification:
what is encrypted is opened by joserfc, what was inside is read by fhir.resources.
"""

import base64
import json
import re
from datetime import timedelta
from html import unescape

import pytest
from django.test import Client
from django.utils import timezone
from fhir.resources.R4B.bundle import Bundle
from joserfc import jwe
from joserfc.jwk import OctKey

from ground import scope
from ground.models import Look
from ground.viewer import job_viewer
from portal.models import User
from records.models import Grant, HealthLink
from tests import factories as make

pytestmark = pytest.mark.django_db
PASSCODE = "quiet river"
RECIPIENT = "Dr. Meyer"
OPENED = "Nobody has opened it."


@pytest.fixture
def rosa():
    patient = make.patient(make.user("rosa@example.org"))
    make.records(patient, make.condition("c", text="Asthma"), make.observation("o"))
    return patient


@pytest.fixture
def browser(client, rosa):
    client.force_login(User.objects.get(email="rosa@example.org"))
    return client


@pytest.fixture
def world():
    """Somebody who has never been here, and has no cookie of ours."""
    return Client(SERVER_NAME="localhost")


def chosen(browser, **more):
    """The form as a person fills it in, from the page that has it."""
    page = browser.get("/records/links/new/").content.decode()
    places = re.findall(r'name="place" value="(\d+)"', page)
    told = {"named": "My skin doctor", "kind": ["conditions", "medicines"], "place": places, "lasts": "7"}
    return browser.post("/records/links/new/", told | more)


def made(browser, rosa, **more):
    """A link as its page shows it: the page's address, and the link."""
    link = make.health_link(rosa, **{"kinds": ("conditions", "medicines"), **more})
    page = f"/records/links/{link.public_id}/"
    return page, shown(browser, page)


def shown(browser, page):
    return unescape(re.search(r"<textarea[^>]*>([^<]*)<", browser.get(page).content.decode())[1])


def payload(link):
    """What the specification says a link holds."""
    viewer, _, encoded = link.partition("#shlink:/")
    assert viewer == "http://localhost:8000/records/open/"
    return json.loads(base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4)))


def asked(world, link, **more):
    """The manifest request of the specification."""
    body = {"recipient": RECIPIENT, **more}
    return world.post(payload(link)["url"], json.dumps(body), content_type="application/json")


def decrypted(link, sealed):
    key = OctKey.import_key(base64.urlsafe_b64decode(payload(link)["key"] + "="))
    found = jwe.decrypt_compact(sealed, key, algorithms=["dir", "A256GCM", "DEF"])
    assert (found.headers()["alg"], found.headers()["enc"]) == ("dir", "A256GCM")
    assert found.headers()["cty"] == "application/fhir+json"
    return json.loads(found.plaintext)


def test_a_link_is_made_as_people_make_it_and_says_what_the_specification_wants(browser):
    check = chosen(browser, lasts="31", passcode=PASSCODE)
    assert "Asthma" in browser.get(check.url).content.decode()
    assert browser.get(check.url.removesuffix("check/")).status_code == 404
    told = payload(shown(browser, browser.post(check.url).url))
    assert set(told) == {"url", "key", "exp", "flag", "label", "v"}
    assert (told["flag"], told["v"], len(told["key"]), len(told["url"]) <= 128) == ("LP", 1, 43, True)
    assert len(base64.urlsafe_b64decode(told["key"] + "=")) == 32
    assert len(re.search(r"/link/([\w-]+)/$", told["url"])[1]) == 43  # 256 bits
    assert abs(told["exp"] - (timezone.now() + timedelta(days=31)).timestamp()) < 60


def test_before_it_is_made_statuses_and_notes_are_seen_too(browser, rosa, lakeside):
    said = {
        "note": [{"text": "Husband reports snoring"}],
        "verificationStatus": {"coding": [{"code": "provisional"}]},
    }
    make.records(rosa, make.condition("apnea", text="Sleep apnea", **said), source=lakeside)
    page = browser.get(chosen(browser, lasts="31", passcode=PASSCODE).url).content.decode()
    assert "Husband reports snoring" in page
    assert "Provisional" in page


def test_what_comes_is_a_patient_summary_of_what_was_ticked_and_nothing_else(browser, world, rosa):
    _page, link = made(browser, rosa)
    answer = asked(world, link, embeddedLengthMax=10_000_000)
    told = answer.json()
    assert (answer.status_code, told["status"], len(told["files"])) == (200, "can-change", 1)
    assert told["files"][0]["contentType"] == "application/fhir+json"
    summary = decrypted(link, told["files"][0]["embedded"])
    Bundle.model_validate_json(json.dumps(summary))
    first = summary["entry"][0]["resource"]
    sections = {one["code"]["coding"][0]["code"]: one for one in first["section"]}
    assert {"48765-2", "11450-4", "10160-0"} <= set(sections)
    assert "Asthma" in json.dumps(sections["11450-4"])
    assert sections["48765-2"]["emptyReason"]["coding"][0]["code"] == "withheld"
    assert "Hemoglobin" not in json.dumps(summary)


def test_what_is_too_long_to_embed_is_fetched_by_itself(browser, world, rosa):
    page, link = made(browser, rosa)
    (file,) = asked(world, link, embeddedLengthMax=100).json()["files"]
    assert "embedded" not in file
    answer = world.get(file["location"])
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/jose")
    assert "Asthma" in json.dumps(decrypted(link, answer.content.decode()))
    browser.post(f"{page}stop/")
    assert world.get(file["location"]).status_code == 404


def test_the_file_of_one_link_does_not_open_by_the_ticket_of_another(browser, world, rosa):
    (_page, one), (_page, other) = made(browser, rosa), made(browser, rosa)
    (file,) = asked(world, one, embeddedLengthMax=0).json()["files"]
    words = [re.search(r"/link/([\w-]+)/", payload(link)["url"])[1] for link in (one, other)]
    assert world.get(file["location"].replace(*words)).status_code == 404


def closed(world, link, **more):
    """The answer without what differs each time."""
    answer = asked(world, link, **more)
    headers = {name: value for name, value in answer.headers.items() if name != "X-Request-Id"}
    return answer.status_code, answer.content, headers


def test_stopped_over_dead_and_never_there_are_one_answer(browser, world, rosa):
    known = payload(made(browser, rosa)[1])
    nothing = closed(world, link_with(known, url=known["url"].replace(known["url"][-10:-1], "x" * 9)))
    assert nothing[0] == 404
    page, stopped = made(browser, rosa)
    assert asked(world, stopped).status_code == 200
    browser.post(f"{page}stop/")
    _page, over = made(browser, rosa, named="over")
    with scope.open(job_viewer(rosa.pk)):
        Grant.objects.filter(patient=rosa, named="over").update(ends_at=timezone.now())
    _page, dead = made(browser, rosa, passcode=PASSCODE, named="dead")
    with scope.open(job_viewer(rosa.pk)):
        HealthLink.objects.filter(patient=rosa, grant__named="dead").update(wrong_left=1)
    assert asked(world, dead, passcode="a guess").status_code == 401
    assert closed(world, stopped) == closed(world, over) == nothing
    assert closed(world, dead, passcode=PASSCODE) == nothing


def link_with(told, **more):
    raw = json.dumps(told | more).encode()
    return f"http://localhost:8000/records/open/#shlink:/{base64.urlsafe_b64encode(raw).decode().rstrip('=')}"


def test_a_wrong_passcode_opens_nothing_and_says_how_many_are_left(browser, world, rosa):
    page, link = made(browser, rosa, passcode=PASSCODE)
    assert asked(world, link).json() == {"remainingAttempts": 10}
    answer = asked(world, link, passcode="a guess")
    assert (answer.status_code, answer.json()) == (401, {"remainingAttempts": 9})
    assert asked(world, link, passcode=PASSCODE).status_code == 200
    told = browser.get(page).content.decode()
    assert told.count(RECIPIENT) == 2
    assert "Wrong passcode" in told
    assert "After 9 more" in told


def test_the_patient_sees_who_opened_it_and_the_look_is_logged(browser, world, rosa):
    page, link = made(browser, rosa)
    assert OPENED in browser.get(page).content.decode()
    asked(world, link)
    told = browser.get(page).content.decode()
    assert RECIPIENT in told
    assert OPENED not in told
    with scope.open(job_viewer(rosa.pk)):
        looks = Look.objects.filter(patient=rosa, viewer_kind="link")
        assert {"conditions", "medicines"} <= set(looks.values_list("record_kind", flat=True))


def test_a_name_with_markup_in_it_is_text_on_the_patients_page(browser, world, rosa):
    page, link = made(browser, rosa)
    asked(world, link, recipient="<script>alert(1)</script>" + "x" * 300)
    assert "<script>alert" not in browser.get(page).content.decode()


NAMELESS = (b"", b"{", b"[]", b'{"recipient": ""}', b'{"recipient": 7}', b"{}" + b" " * 9000)


def test_a_request_that_names_nobody_is_not_answered(browser, rosa, world):
    _page, link = made(browser, rosa)
    for body in (*NAMELESS, b'{"recipient": "\\u0000"}'):
        answer = world.post(payload(link)["url"], body, content_type="application/json")
        assert (body, answer.status_code) == (body, 400)


def test_viewers_of_other_sites_may_ask_and_are_told_nothing_of_who_is_signed_in(browser, world, rosa):
    _page, link = made(browser, rosa)
    url = payload(link)["url"]
    before = world.options(url, headers={"Origin": "https://viewer.example"})
    assert (before.status_code, before["Access-Control-Allow-Origin"]) == (204, "*")
    assert "Access-Control-Allow-Credentials" not in before
    for one in (world, browser):
        answer = asked(one, link)
        assert answer["Access-Control-Allow-Origin"] == "*"
        assert not answer.cookies
    assert browser.options("/records/links/").status_code == 405


def test_the_code_holds_the_link_and_is_gone_when_it_was_stopped(browser, rosa):
    page, _link = made(browser, rosa)
    for kind, start in (("svg", b"<svg"), ("png", b"\x89PNG")):
        answer = browser.get(f"{page}code.{kind}")
        assert answer.content.startswith(start)
    browser.post(f"{page}stop/")
    assert browser.get(f"{page}code.svg").status_code == 404
    told = browser.get(page).content.decode()
    assert "opens nothing any more" in told
    assert "shlink" not in told


def test_what_makes_no_sense_is_said_and_nothing_is_made(browser, rosa):
    others = make.source(make.patient(given="Tom"))
    senseless = [{"kind": []}, {"place": []}, {"kind": ["secrets"]}, {"place": [str(others.pk)]}]
    for more in (*senseless, {"passcode": "12"}, {"named": ""}, {"lasts": "999"}):
        answer = chosen(browser, **more)
        assert "Please look at this again" in answer.content.decode(), more
    with scope.open(job_viewer(rosa.pk)):
        assert not HealthLink.objects.filter(patient=rosa).exists()


def test_nothing_of_a_link_stands_in_a_log(browser, world, caplog, rosa):
    with caplog.at_level(0):
        page, link = made(browser, rosa, passcode=PASSCODE)
        asked(world, link, passcode=PASSCODE)
        asked(world, link, passcode="another guess")
        browser.post(f"{page}stop/")
        asked(world, link, passcode=PASSCODE)
    told = payload(link)
    lines = "\n".join(
        f"{each.getMessage()} {vars(each)}" for each in caplog.records if each.name != "django.test"
    )
    assert "answered" in lines
    word = re.search(r"/link/([\w-]+)/", told["url"])[1]
    logged = "\n".join(each.getMessage() + str(getattr(each, "path", "")) for each in caplog.records)
    assert "answered" in logged
    for secret in (told["key"], word, PASSCODE, "another guess", RECIPIENT):
        assert secret not in logged


def test_a_link_of_a_patient_without_places_leads_to_the_way_to_one(client):
    owner = make.user()
    make.patient(owner)
    client.force_login(owner)
    assert client.get("/records/links/new/").url == "/records/links/"
    assert "Find" in client.get("/records/links/").content.decode()


def test_the_emergency_page_carries_the_code_that_was_ticked_and_none_that_was_stopped(browser, rosa):
    page, _link = made(browser, rosa)
    key = page.split("/")[3]
    code, address = f'src="{page}code.svg"', f"/records/take/emergency/?chosen=yes&part=allergies&code={key}"
    assert code not in browser.get("/records/take/emergency/").content.decode()
    assert code in browser.get(address).content.decode()
    browser.post(f"{page}stop/")
    assert code not in browser.get(address).content.decode()


def test_the_emergency_page_says_which_code_wants_a_passcode(browser, rosa):
    said = "has to know its passcode"
    made(browser, rosa)
    assert said not in browser.get("/records/take/emergency/").content.decode()
    made(browser, rosa, passcode=PASSCODE)
    assert said in browser.get("/records/take/emergency/").content.decode()
