"""Logs and Redis after days that went wrong: nothing clinical, no name, no address, no token, no secret."""

import json
import re

import pytest

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
    assert leaks(must_not_be_seen(site, rosa), log.encode()) == []
    assert leaks(must_not_be_seen(site, rosa), in_redis(site)) == []


def test_no_address_that_the_sandbox_was_asked_for_held_a_token(rosa: Visitor, site: Site):
    rosa.connect()
    rosa.wait_for_records()
    asked = site.sandbox.ledger()
    assert len(asked) > 8
    assert [each["path"] for each in asked if each["token_in_url"]] == []
    assert {each["acting_for"] for each in asked} <= {"", "token", "user"}
