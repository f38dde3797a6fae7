"""Every way to leave for a place and to come back, or not to, over the running site."""

from concurrent.futures import ThreadPoolExecutor

import requests

from tests.journeys.plain import Plain
from tests.journeys.visitor import HARBOR, Come, Visitor
from tests.site import Site


def callback_after(visitor: Visitor, *, allow: bool = True) -> str:
    """Decide on the place's page; the address that its last page leads to, not yet followed."""
    visitor.press("^Allow" if allow else "^Deny")
    return next(href for words, href in visitor.page.links if words == "Back to the app")


def test_who_allows_reads_everything_the_place_holds(rosa: Visitor):
    page = rosa.connect()
    assert "We are checking with Harbor Teaching Hospital" in page.text
    rosa.wait_for_records()
    rosa.follow("^Show the records")
    rosa.follow("^Test results")
    rosa.follow("Hemoglobin A1c")
    assert "Harbor Teaching Hospital (demo)" in rosa.page.text
    assert rosa.witness.difference() == {}
    assert rosa.witness.runs() == [("ended", "done", "")]


def test_who_denies_shares_nothing_and_reads_so(rosa: Visitor):
    rosa.leave_for(HARBOR)
    rosa.sign_in_there()
    rosa.agree(allow=False)
    page = rosa.wait_until("you did not agree, so nothing was shared")
    assert "Start again with Harbor" in page.text
    assert rosa.witness.of_theirs("records_record") == 0


def test_a_place_that_declines_whatever_was_pressed_shares_nothing(rosa: Visitor):
    rosa.connect("Denies Consent")
    rosa.wait_until("you did not agree, so nothing was shared")
    assert rosa.witness.of_theirs("records_record") == 0


def test_who_is_never_sent_back_finds_out_under_my_places(rosa: Visitor):
    rosa.leave_for("Never Comes Back")
    page = rosa.sign_in_there()
    assert page.status == 500
    page = rosa.go("/connect/places/")
    assert "Not confirmed" in page.text
    assert "have not come back here. Nothing was collected." in page.text
    assert rosa.witness.runs() == []


def test_who_closed_the_page_after_allowing_says_so_and_gets_the_records(rosa: Visitor, site: Site):
    rosa.leave_for(HARBOR)
    rosa.sign_in_there()
    callback_after(rosa)
    user = rosa.witness.app_user
    site.until(lambda: site.sandbox.user(user)["connections"][0]["status"] == "done", what="the pass")
    assert rosa.witness.of_theirs("records_record") == 0
    rosa.go("/connect/places/")
    rosa.follow("Did you finish there")
    rosa.prove_who_i_am()
    rosa.press("Yes, it was me")
    rosa.wait_for_records()
    assert rosa.witness.difference() == {}


def test_who_was_signed_out_in_between_signs_in_and_goes_on(rosa: Visitor):
    rosa.leave_for(HARBOR)
    rosa.sign_in_there()
    callback = callback_after(rosa)
    rosa.sign_out()
    page = rosa.go(callback)
    assert "Please sign in to us again" in page.text
    assert "Harbor" not in page.text
    rosa.follow("^Sign in$")
    rosa.press("^Sign in$", {"Email": rosa.email, "^Password": rosa.password})
    rosa.wait_for_records()
    assert rosa.witness.difference() == {}


def test_who_comes_back_many_times_at_once_is_imported_once(rosa: Visitor):
    rosa.leave_for(HARBOR)
    rosa.sign_in_there()
    callback = callback_after(rosa)

    def again(_number: int) -> requests.Response:
        browser = Plain(rosa.origin)
        browser.http.cookies.update(rosa.http.cookies)
        return browser.http.get(callback, timeout=60)

    with ThreadPoolExecutor(6) as crowd:
        pages = {reply.url for reply in crowd.map(again, range(6))}
    rosa.go(callback)
    rosa.wait_for_records()
    assert pages == {rosa.page.url}
    assert len(rosa.witness.runs()) == 1
    assert rosa.witness.difference() == {}


def test_who_comes_back_after_half_an_hour_is_told_so_and_nothing_is_collected(rosa: Visitor, site: Site):
    rosa.leave_for(HARBOR)
    rosa.sign_in_there()
    callback = callback_after(rosa)
    site.change(
        "update connect_linkattempt set created_at = created_at - interval '31 minutes',"
        f" expires_at = expires_at - interval '31 minutes' where patient_id = {rosa.witness.patient}"
    )
    page = rosa.go(callback)
    assert "This took too long" in page.text
    assert rosa.witness.runs() == []
    rosa.follow("^Start again with Harbor")
    assert "What happens next" in rosa.page.text


def test_a_callback_typed_by_hand_brings_nothing(rosa: Visitor, site: Site):
    page = rosa.go("/connect/return/?success=true&iss=https%3A%2F%2Fanywhere.example")
    assert "Nothing is waiting here" in page.text
    rosa.leave_for(HARBOR)
    rosa.go("/connect/return/?success=true&iss=https%3A%2F%2Fanywhere.example")
    assert "We are checking with Harbor" in rosa.page.text
    site.until(lambda: site.rows("select 1 from connect_importrun where asks > 1"), what="us to ask twice")
    assert rosa.witness.of_theirs("records_record") == 0
    assert site.rows("select state from connect_connection where patient_id = %s", rosa.witness.patient) == [
        ("confirming",)
    ]


def test_a_link_handed_to_somebody_else_brings_their_records_to_nobody(come: Come, site: Site):
    attacker, victim = come(), come("Helen", "Brandt", "30 December 1974")
    attacker.leave_for(HARBOR)
    victim.go(attacker.page.url)
    victim.sign_in_there("Helen")
    page = victim.agree()
    assert "Nothing is waiting here" in page.text
    assert "you may have shared your records with them" in page.text
    user = attacker.witness.app_user
    site.until(lambda: site.sandbox.user(user)["connections"][0]["status"] == "done", what="the pass")
    for person in (attacker, victim):
        assert person.witness.runs() == []
        assert person.witness.of_theirs("records_record") == 0
        assert "Brandt" not in person.go("/records/").text.replace("Records of Helen Brandt", "")
    assert "Not confirmed" in attacker.go("/connect/places/").text
    assert '"event": "connect.unmatched"' in site.log()
    attacker.follow("Did you finish there")
    attacker.prove_who_i_am()
    attacker.press("Yes, it was me")
    attacker.wait_until("sent someone else's name")
    assert attacker.witness.of_theirs("records_record") == 0


def test_a_callback_typed_after_somebody_else_signed_in_shows_nothing_of_theirs(come: Come, site: Site):
    attacker, victim = come(), come("Helen", "Brandt", "30 December 1974")
    attacker.leave_for(HARBOR)
    victim.go(attacker.page.url)
    victim.sign_in_there("Helen")
    victim.agree()
    attacker.go("/connect/return/?success=true")
    attacker.wait_until("sent someone else's name")
    assert [words for words, _address in attacker.page.links if words == "Answer the question"] == []
    for page in (attacker.page, attacker.go("/connect/places/"), attacker.go("/records/")):
        assert "Helen" not in page.text
        assert "Brandt" not in page.text
    assert attacker.witness.of_theirs("records_record") == 0
