"""The product's own client and the sandbox understand each other: one walk through every verb."""

from datetime import UTC, datetime, timedelta

import pytest

from connect.gateway import AlreadyExists, NotFound, SignInAgain
from connect.oneup.client import OneUp
from connect.oneup.settings import OneUpSettings


@pytest.fixture
def gateway(sandbox):
    return OneUp(
        OneUpSettings(
            api=sandbox.api,
            auth=sandbox.auth,
            search=sandbox.search,
            client_id=sandbox.client_id,
            client_secret=sandbox.client_secret,
            forbidden_hosts=("localhost",),
            allow_insecure=True,
        )
    )


def chart(gateway, access, patient):
    cursor, found = None, []
    while True:
        page = gateway.everything(access, patient, "r4", cursor=cursor, count=50)
        found += page.resources
        if page.next is None:
            return found, page.total
        cursor = page.next


def test_from_no_account_to_a_whole_chart(sandbox, gateway):
    start = datetime.now(UTC) - timedelta(minutes=1)
    number, code = gateway.create_account("random-app-user-id")
    with pytest.raises(AlreadyExists):
        gateway.create_account("random-app-user-id")
    tokens = gateway.refresh(gateway.redeem(code).refresh)
    [place] = gateway.search_places(tokens.access, "Harbor Teaching").places
    assert (place.key, place.city, place.state) == ("4706", "Portland", "ME")
    departure = gateway.depart(tokens.access, place.key)
    sandbox.agree(departure.address)
    sandbox.tick()
    [patient] = gateway.patients(tokens.access, "r4")
    assert patient.place_key == "4706"
    found, total = chart(gateway, tokens.access, patient.id)
    assert len(found) == len(set(found)) == total == len(sandbox.truth(number))
    assert gateway.read(tokens.access, "r4", "Patient", patient.id) == patient.body
    words = [event.what for event in gateway.events(number, start) if event.place_key == "4706"]
    assert words[-3:] == ["returned", "started", "finished"]


def test_nothing_it_sends_puts_a_token_into_a_url(sandbox, gateway):
    test_from_no_account_to_a_whole_chart(sandbox, gateway)
    assert [row for row in sandbox.ledger() if row["token_in_url"]] == []
    assert {row["acting_for"] for row in sandbox.ledger()} <= {"", "token", "user"}


def test_a_lost_account_and_a_dead_token_have_their_own_errors(sandbox, gateway):
    with pytest.raises(NotFound):
        gateway.new_code("nobody")
    _, code = gateway.create_account("someone")
    access = gateway.redeem(code).access
    sandbox.clock(7201)
    with pytest.raises(SignInAgain):
        gateway.patients(access, "r4")


@pytest.mark.parametrize("zip_code", ["04101", "04101-2210"])
def test_places_are_found_by_zip_and_kind(sandbox, gateway, zip_code):
    access = gateway.redeem(gateway.create_account("random-app-user-id")[1]).access
    page = gateway.places_near(access, zip_code)
    assert "4706" in [place.key for place in page.places]
    assert all(place.address.endswith("04101") for place in page.places)
    assert gateway.places_near(access, zip_code, kind="plan").places != page.places
    assert gateway.places_near(access, zip_code, offset=20).offset == 20


def test_what_is_no_zip_is_not_asked_for(sandbox, gateway):
    before = len(sandbox.ledger())
    assert gateway.places_near("any-token", "041").places == ()
    assert gateway.places_near("any-token", "../users").places == ()
    assert len(sandbox.ledger()) == before
