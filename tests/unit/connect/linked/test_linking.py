"""Leaving and coming back:

bound to a session, a browser and a departure, and to nothing the callback says.
"""

import random
import re
import threading
from datetime import date, timedelta
from urllib.parse import urlsplit

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client, override_settings
from django.utils import timezone

from connect.models import Account, Connection, ImportRun, LinkAttempt
from ground import scope
from ground.models import Job
from portal.models import Holding, Patient
from tests.unit.connect.linked.people import Person, a_place, pointed_at, scoped, somebody

COOKIE = "__Host-link"


def path_of(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}"


def runs(person: Person) -> int:
    with scope.open(person.viewer):
        return ImportRun.objects.of(person.patient).count()


def grow_old(person: Person, **age: float) -> None:
    when = timezone.now() - timedelta(**age)
    LinkAttempt.objects.of(person.patient).update(created_at=when, expires_at=when + timedelta(minutes=30))


def test_the_leaving_page_names_the_host_and_leaks_nothing(sandbox, rosa):
    rosa.finds("demo")
    answer = rosa.browser.post("/connect/place/4706/")
    page = rosa.browser.get(answer.url)
    text = page.content.decode()
    with scoped(rosa.patient):
        account = Account.objects.of(rosa.patient).get()
    assert page["Referrer-Policy"] == "no-referrer"
    assert "<strong>127.0.0.1</strong>" in text
    assert account.access not in text
    assert account.refresh not in text
    assert sandbox.client_secret not in text
    assert rosa.browser.get("/connect/")["Referrer-Policy"] == "same-origin"


def test_the_nonce_lives_in_a_cookie_that_no_script_reads(sandbox, rosa):
    rosa.leaves_for("4706")
    cookie = rosa.browser.cookies[COOKIE]
    assert (cookie["httponly"], cookie["secure"], cookie["path"], cookie["samesite"]) == (
        True,
        True,
        "/",
        "Lax",
    )
    assert (cookie["domain"], cookie["max-age"]) == ("", 1800)
    attempt = rosa.attempts()[0]
    assert cookie.value not in (attempt.nonce_hash, attempt.session_hash)
    assert len(cookie.value) == 43


def test_the_sign_in_address_is_kept_sealed_and_forgotten_on_return(sandbox, rosa):
    address = rosa.leaves_for("4706")
    attempt = rosa.attempts()[0]
    assert address.encode() not in bytes(attempt.departure_sealed)
    assert attempt.departure == address
    rosa.comes_back(sandbox.agree(address, "Rosa"))
    assert rosa.attempts()[0].departure is None


def test_coming_back_starts_one_import_however_often_the_page_is_loaded(sandbox, rosa):
    back = sandbox.agree(rosa.leaves_for("4706"), "Rosa")
    pages = {rosa.comes_back(back).url for _ in range(4)}
    assert len(pages) == 1
    assert runs(rosa) == 1
    assert Job.objects.filter(kind="import").count() == 1


def test_twenty_returns_at_once_start_one_import(sandbox, rosa):
    back = path_of(sandbox.agree(rosa.leaves_for("4706"), "Rosa"))
    codes: list[int] = []
    start = threading.Barrier(20)

    def come() -> None:
        browser = Client()
        browser.cookies = rosa.browser.cookies
        start.wait()
        try:
            codes.append(browser.get(back).status_code)
        finally:
            connection.close()

    threads = [threading.Thread(target=come) for _ in range(20)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert codes == [302] * 20
    assert runs(rosa) == 1
    assert Job.objects.filter(kind="import").count() == 1


def test_whatever_the_callback_claims_it_chooses_nobody_and_breaks_nothing(sandbox, rosa):
    dice = random.Random(7)
    words = ["true", "false", "4707", "../..", "\x00", "'\"<>", "1" * 300, "https://127.0.0.1/", "ñ", ""]
    names = ["success", "iss", "state", "code", "user", "patient", "error", "next", "system_id"]
    rosa.leaves_for("4706")
    for _ in range(60):
        query = {dice.choice(names): dice.choice(words) for _ in range(3)}
        assert rosa.browser.get("/connect/return/", query).status_code in (200, 302)
    assert runs(rosa) == 1
    assert rosa.connection().place.key == "4706"


def test_another_browser_changes_nothing_and_learns_nothing(sandbox, rosa):
    back = path_of(sandbox.agree(rosa.leaves_for("4706"), "Rosa"))
    page = Client().get(back).content.decode()
    assert "Nothing is waiting here" in page
    assert "Harbor" not in page
    assert "Rosa" not in page
    assert runs(rosa) == 0
    assert rosa.attempts()[0].state == "open"


def test_a_stranger_signed_in_elsewhere_changes_nothing(sandbox, rosa):
    helen = Person(email="helen@example.org")
    back = path_of(sandbox.agree(rosa.leaves_for("4706"), "Rosa"))
    assert "Nothing is waiting here" in helen.browser.get(back).content.decode()
    helen.browser.cookies[COOKIE] = rosa.browser.cookies[COOKIE].value
    assert "Nothing is waiting here" in helen.browser.get(back).content.decode()
    assert (runs(rosa), runs(helen)) == (0, 0)


def test_after_half_an_hour_it_is_too_late(sandbox, rosa):
    back = path_of(sandbox.agree(rosa.leaves_for("4706"), "Rosa"))
    grow_old(rosa, minutes=31)
    page = rosa.browser.get(back).content.decode()
    assert "This took too long" in page
    assert "Start again with Harbor" in page
    assert runs(rosa) == 0
    attempt = rosa.attempts()[0]
    assert "This took too long" in rosa.browser.get(f"/connect/leaving/{attempt.public_id}/").content.decode()


def test_with_nothing_pending_nothing_happens(sandbox, rosa):
    assert "Nothing is waiting here" in rosa.browser.get("/connect/return/?success=true").content.decode()
    assert "Nothing is waiting here" in Client().get("/connect/return/").content.decode()


def sign_in(browser: Client, person: Person) -> None:
    """A sign-in as it leaves its traces: a new session, and the time of it on the user."""
    from django.contrib.auth import user_logged_in

    browser.force_login(person.user)
    user_logged_in.send(type(person.user), request=None, user=person.user)


def test_who_was_signed_out_meanwhile_signs_in_and_goes_on(sandbox, rosa):
    back = path_of(sandbox.agree(rosa.leaves_for("4706"), "Rosa"))
    nonce = rosa.browser.cookies[COOKIE].value
    rosa.browser.logout()
    rosa.browser.cookies[COOKIE] = nonce
    page = rosa.browser.get(back).content.decode()
    assert "Please sign in to us again" in page
    assert "Harbor" not in page
    next_page = re.search(r'href="(/accounts/login/\?next=[^"]+)"', page)[1]
    assert "%2Fconnect%2Freturn%2F%3Fsuccess%3Dtrue" in next_page
    sign_in(rosa.browser, rosa)
    assert "/connect/progress/" in rosa.browser.get(back).url
    assert runs(rosa) == 1


def test_an_old_session_of_the_same_user_does_not_go_on(sandbox, rosa):
    back = path_of(sandbox.agree(rosa.leaves_for("4706"), "Rosa"))
    nonce = rosa.browser.cookies[COOKIE].value
    other = Client()
    other.force_login(rosa.user)
    type(rosa.user).objects.update(last_login=timezone.now() - timedelta(hours=1))
    other.cookies[COOKIE] = nonce
    assert "Nothing is waiting here" in other.get(back).content.decode()
    assert runs(rosa) == 0


def test_another_user_of_the_same_browser_does_not_go_on(sandbox, rosa):
    back = path_of(sandbox.agree(rosa.leaves_for("4706"), "Rosa"))
    nonce = rosa.browser.cookies[COOKIE].value
    helen = Person(email="helen@example.org")
    rosa.browser.logout()
    rosa.browser.cookies[COOKIE] = nonce
    sign_in(rosa.browser, helen)
    assert "Nothing is waiting here" in rosa.browser.get(back).content.decode()
    assert (runs(rosa), runs(helen)) == (0, 0)


def test_leaving_a_second_time_replaces_the_first(sandbox, rosa):
    first = rosa.leaves_for("4706")
    old = rosa.attempts()[0]
    rosa.leaves_for("4706")
    assert [each.state for each in rosa.attempts()] == ["replaced", "open"]
    assert rosa.attempts()[0].departure is None
    assert first not in rosa.browser.get(f"/connect/leaving/{old.public_id}/").content.decode()


def test_the_table_holds_one_open_link_for_each_place(sandbox, rosa):
    rosa.leaves_for("4706")
    attempt = rosa.attempts()[0]
    again = LinkAttempt(
        patient=rosa.patient, user=rosa.user, place=attempt.place, session_hash="s", nonce_hash="n"
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        again.save()


def test_of_two_links_begun_the_one_that_is_meant_is_taken(sandbox, rosa):
    to_harbor, to_prairie = rosa.leaves_for("4706"), rosa.leaves_for("4707")
    rosa.comes_back(sandbox.agree(to_harbor, "Rosa"))
    assert rosa.connection().place.key == "4706"
    rosa.comes_back(sandbox.agree(to_prairie, "Rosa"))
    with scope.open(rosa.viewer):
        keys = set(Connection.objects.of(rosa.patient).values_list("place__key", flat=True))
    assert keys == {"4706", "4707"}


def test_saying_that_it_was_me_needs_a_fresh_sign_in(sandbox, rosa):
    rosa.leaves_for("4706")
    where = f"/connect/confirm/{rosa.attempts()[0].public_id}/"
    assert "/accounts/reauthenticate/" in rosa.browser.get(where).url
    assert runs(rosa) == 0
    answer = rosa.browser.post(
        "/accounts/reauthenticate/", {"password": "a-long-enough-password", "next": where}
    )
    assert answer.url == where
    assert "Did you sign in at Harbor" in rosa.browser.get(where).content.decode()
    assert "/connect/progress/" in rosa.browser.post(where).url
    assert rosa.attempts()[0].proof == "signed_in"


def test_an_answer_sent_with_an_old_sign_in_waits_for_a_fresh_one(sandbox, rosa):
    rosa.leaves_for("4706")
    where = f"/connect/confirm/{rosa.attempts()[0].public_id}/"
    assert "/accounts/reauthenticate/" in rosa.browser.post(where).url
    assert runs(rosa) == 0


def test_it_was_me_is_not_believed_after_a_day(sandbox, rosa):
    from connect import services

    rosa.leaves_for("4706")
    grow_old(rosa, hours=25)
    with pytest.raises(services.LinkOver):
        services.confirm_link(attempt=rosa.attempts()[0])
    assert runs(rosa) == 0


def test_a_replaced_link_cannot_be_claimed(sandbox, rosa):
    from connect import services

    rosa.leaves_for("4706")
    rosa.leaves_for("4706")
    with pytest.raises(services.LinkOver):
        services.confirm_link(attempt=rosa.attempts()[0])


def test_a_gateway_that_is_down_keeps_the_patient_here(sandbox, rosa):
    rosa.finds("demo")
    sandbox.fault(route="*clinical*", status=503)
    answer = rosa.browser.post("/connect/place/4706/")
    assert answer.status_code == 503
    assert "try again in a minute" in answer.content.decode()
    assert rosa.attempts() == []


def test_a_token_that_died_is_replaced_on_the_way_out(sandbox, rosa):
    rosa.finds("demo")
    with scoped(rosa.patient):
        user = Account.objects.of(rosa.patient).get().app_user_id
    sandbox.end_tokens(user, "access")
    assert rosa.leaves_for("4706").startswith(sandbox.url)


def test_a_place_that_we_cannot_read_says_so_and_is_not_left_for(sandbox, rosa):
    rosa.finds("demo")
    before = len(sandbox.ledger())
    with override_settings(ONEUP=pointed_at(sandbox, fhir_versions=["r4"])):
        page = rosa.browser.post("/connect/place/4710/").content.decode()
        assert "We cannot read from this place yet" in page
        assert "Continue to their sign-in" not in page
        assert len(sandbox.ledger()) == before
    with override_settings(ONEUP=pointed_at(sandbox, fhir_versions=["r4", "dstu2"])):
        assert "Continue to their sign-in" in rosa.browser.get("/connect/place/4710/").content.decode()


def test_two_patients_never_share_an_open_link(sandbox, rosa):
    helen = Person(email="helen@example.org")
    rosa.leaves_for("4706")
    theirs = rosa.attempts()[0]
    assert helen.browser.get(f"/connect/leaving/{theirs.public_id}/").status_code == 404
    helen.leaves_for("4706")
    assert [each.state for each in rosa.attempts()] == ["open"]


def test_a_link_begun_for_somebody_one_no_longer_looks_after_is_not_finished(sandbox, rosa):
    back = sandbox.agree(rosa.leaves_for("4706"), "Rosa")
    rosa.user.holdings.all().delete()
    assert "Nothing is waiting here" in rosa.comes_back(back).content.decode()
    assert runs(rosa) == 0


def with_a_child(person: Person) -> Patient:
    """Mateo, whom she looks after as well, and whose pages she is shown."""
    child = Patient.objects.create(given_name="Mateo", family_name="Delgado", birth_date=date(2017, 9, 2))
    Holding.objects.create(user=person.user, patient=child, relation=Holding.Relation.CHILD)
    show(person, child)
    return child


def show(person: Person, patient: Patient) -> None:
    person.browser.post(f"/account/people/{patient.public_id}/look/")


def test_a_return_finishes_for_whom_one_left_whoever_is_shown_by_then(sandbox, rosa):
    child = with_a_child(rosa)
    back = sandbox.agree(rosa.leaves_for("4706"), "Mateo")
    show(rosa, rosa.patient)
    answer = rosa.comes_back(back)
    assert (answer.status_code, runs(rosa)) == (302, 0)
    page = rosa.browser.get(answer.url).content.decode()
    assert "Records of Mateo Delgado" in page
    assert "You are now looking at Mateo Delgado’s pages." in page
    with scoped(child):
        assert ImportRun.objects.of(child).count() == 1


def test_a_return_that_comes_too_late_says_so_on_the_pages_of_whom_one_left_for(sandbox, rosa):
    child = with_a_child(rosa)
    back = sandbox.agree(rosa.leaves_for("4706"), "Mateo")
    LinkAttempt.objects.of(child).update(expires_at=timezone.now())
    show(rosa, rosa.patient)
    page = rosa.comes_back(back).content.decode()
    assert "This took too long" in page
    assert "Records of Mateo Delgado" in page


def test_of_two_people_who_left_for_one_place_who_is_shown_comes_first_and_then_the_other(sandbox, rosa):
    child = with_a_child(rosa)
    theirs = sandbox.agree(rosa.leaves_for("4706"), "Mateo")
    show(rosa, rosa.patient)
    mine = sandbox.agree(rosa.leaves_for("4706"), "Rosa")
    rosa.comes_back(mine)
    rosa.comes_back(theirs)
    with scoped(child):
        assert ImportRun.objects.of(child).count() == 1
    assert runs(rosa) == 1


def test_a_link_begun_for_a_child_one_no_longer_looks_after_is_not_finished(sandbox, rosa):
    child = with_a_child(rosa)
    back = sandbox.agree(rosa.leaves_for("4706"), "Mateo")
    child.holdings.all().delete()
    assert "Nothing is waiting here" in rosa.comes_back(back).content.decode()


def test_a_row_of_somebody_else_cannot_be_reached(transactional_db):
    _, patient, viewer = somebody()
    _, _, stranger = somebody(email="helen@example.org")
    place = a_place()
    with scope.open(viewer):
        account = Account.objects.create(patient=patient)
        Connection.objects.create(patient=patient, account=account, place=place, fhir_version="r4")
    with scope.open(stranger):
        assert Account.objects.of(patient).count() == 0
        assert Connection.objects.of(patient).count() == 0
        assert Connection.objects.of(None).count() == 0
