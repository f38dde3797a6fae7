"""Logs and Redis after days that went wrong: nothing clinical, no name, no address, no token, no secret."""

import base64
import json
import re

import pytest
import requests

from tests.evidence import clinical_words_of, in_redis, leaks, people_of, secrets_of
from tests.journeys.visitor import HARBOR, Visitor
from tests.site import Site

PAGES = "*/$everything"
SAID = "Rosa Delgado has Type 2 diabetes mellitus without complication, sentinel-q7v4x"
SPELLINGS = {
    "as it is": b"it said Hemoglobin A1c here",
    "in capitals": b"HEMOGLOBIN A1C",
    "in an address": b"/find?q=Hemoglobin%20A1c",
    "in a form": b"q=Hemoglobin+A1c&x=1",
    "as hex": b"48656d6f676c6f62696e20413163",
    "in base64": b"SGVtb2dsb2JpbiBBMWM=",
    "in base64, one byte later": b"eEhlbW9nbG9iaW4gQTFjIGlz",
    "in base64, two bytes later": b"eHhIZW1vZ2xvYmluIEExYyBpcw==",
}


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_the_search_for_leaks_finds_a_word(spelling: str):
    assert leaks({"Hemoglobin A1c", "Troponin"}, SPELLINGS[spelling]) == ["Hemoglobin A1c"]


def test_the_search_for_leaks_finds_letters_that_json_escapes():
    assert leaks({"Tomás Veil"}, json.dumps("seen by Tomás Veil").encode()) == ["Tomás Veil"]


def must_not_be_seen(site: Site, *people: Visitor) -> set[str]:
    """Everything that has to stay inside, of everybody who came to this site so far."""
    cookies = {cookie.value for person in people for cookie in person.http.cookies if len(cookie.value) > 20}
    typed = {word for person in people for word in (person.password, person.email.partition("@")[0])}
    found = clinical_words_of(site) | people_of(site) | secrets_of(site) | cookies | typed
    assert len(found) > 10  # the search is not for nothing
    return found | {SAID, "sentinel-q7v4x"}


def go_wrong(rosa: Visitor, site: Site) -> None:
    """What a person and a gateway can do wrong with words that are nobody's business."""
    rosa.go(f"/accounts/password/reset/?email={rosa.email}")
    rosa.http.post(f"{rosa.origin}/accounts/login/", data={"login": rosa.email, "password": rosa.password})
    rosa.go(f"/connect/return/?success=true&code={rosa.http.cookies['__Host-session']}&iss={SAID}")
    rosa.go(f"/records/{SAID}/")
    rosa.go("/records/conditions/1/Condition/Hemoglobin%20A1c/")
    site.sandbox.fault(route="/search/*", status=500, body=json.dumps({"message": SAID}))
    rosa.find(f"{SAID} {rosa.email}")
    site.sandbox.heal()
    rosa.leave_for(HARBOR)
    rosa.sign_in_there()
    answers = ({"status": 400}, {"status": 403}, {"status": 200}, {"status": 302})
    bodies = (SAID, json.dumps({"success": False, "error": SAID}), f"<p>{SAID}", json.dumps([SAID]))
    for nth, (answer, body) in enumerate(zip(answers, bodies, strict=True), 1):
        site.sandbox.fault(route=PAGES, nth=2 * nth, body=body, headers={"Location": f"/{SAID}"}, **answer)
    odd = {
        "resourceType": "Condition",
        "id": "odd",
        "code": {"text": f"{SAID} \u0000 \ud800"},
        "onsetDateTime": "0000",
    }
    rosa.agree()
    site.sandbox.change_chart(rosa.witness.app_user, 4706, add=[odd])


def share_by_link(rosa: Visitor) -> set[str]:
    """Make a link to a summary and have a stranger's viewer open it, after a wrong passcode; what of it is
    secret: its key, its word, where its file lay, and what people typed.
    """
    named, passcode, guess = "For Doctor Quillfeather", "quiet-river-81", "loud-river-80"
    page = rosa.http.get(f"{rosa.origin}/records/links/new/", timeout=60)
    place = re.search(r'name="place" value="(\d+)"', page.text)[1]
    rosa.go("/records/links/new/")
    told = {"named": named, "kind": ["conditions", "test-results"], "place": place, "passcode": passcode}
    rosa.send("Look at it first", {**told, "lasts": "7"})
    rosa.press("Make the link")
    payload = re.search(r"shlink:/([\w-]+)", rosa.http.get(rosa.page.url, timeout=60).text)[1]
    link = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))

    stranger = {"recipient": "Quillfeather Surgery", "embeddedLengthMax": 1}
    wrong = requests.post(link["url"], json={**stranger, "passcode": guess}, timeout=60)
    assert wrong.status_code == 401
    opened = requests.post(link["url"], json={**stranger, "passcode": passcode}, timeout=60)
    where = opened.json()["files"][0]["location"]
    assert requests.get(where, timeout=60).text.count(".") == 4  # encrypted
    assert requests.get(f"{where[:-3]}x/", timeout=60).status_code == 404
    requests.get(link["url"], timeout=60)
    word, ticket = where.rstrip("/").split("/")[-2:]
    return {named, passcode, guess, stranger["recipient"], payload, link["key"], word, ticket}


def test_nothing_that_matters_is_in_a_log_or_in_redis(rosa: Visitor, site: Site):
    site.kill("worker")
    try:
        go_wrong(rosa, site)
        queued = in_redis(site)
    finally:
        site.start("worker")
    assert b"ground.work" in queued  # there was something to look at
    assert leaks(must_not_be_seen(site, rosa), queued) == []
    site.until(rosa.witness.is_over, seconds=120, what="the import to end, well or not")
    site.sandbox.heal()
    rosa.connect(HARBOR)
    site.until(rosa.witness.is_over, seconds=120, what="the import")
    assert rosa.witness.of_theirs("records_record") > 100
    shared = share_by_link(rosa)
    assert len(shared) == 8

    site.kill("postgres")
    rosa.go(f"/records/?q={SAID}")
    rosa.go("/records/test-results/")
    site.start("postgres")
    site.until(site.is_ready, what="the site")

    log = site.log()
    for line in (
        "gateway trouble",
        "search failed",
        "link returned",
        "log.scrubbed|Internal Server Error|Service Unavailable",
    ):
        assert re.search(line, log), line
    assert "records/link/<word:word>/" in log  # it was opened
    assert leaks(must_not_be_seen(site, rosa) | shared, log.encode()) == []
    assert leaks(must_not_be_seen(site, rosa) | shared, in_redis(site)) == []


def test_no_address_that_the_sandbox_was_asked_for_held_a_token(rosa: Visitor, site: Site):
    rosa.connect()
    rosa.wait_for_records()
    asked = site.sandbox.ledger()
    assert len(asked) > 8
    assert [each["path"] for each in asked if each["token_in_url"]] == []
    assert {each["acting_for"] for each in asked} <= {"", "token", "user"}
