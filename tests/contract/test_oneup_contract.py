"""The client against the sandbox's other faces: every switch and fault the calls of this part can meet."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from connect.gateway import AlreadyExists, GatewayError, NotFound, Refused, SignInAgain, TryLater, Unreadable
from connect.oneup import OneUp, OneUpSettings
from tests.sandbox_process import Sandbox

HARBOR = "4706"


def access(oneup: OneUp, name: str = "app-user-1") -> str:
    return oneup.redeem(oneup.create_account(name)[1]).access


def connected(oneup: OneUp, sandbox: Sandbox, place: str = HARBOR) -> tuple[str, str]:
    """A token and the Patient that the place handed over."""
    token = access(oneup)
    sandbox.agree(oneup.depart(token, place).address)
    sandbox.tick()
    return token, oneup.patients(token, "r4")[0].id


@pytest.mark.parametrize("status", [200, 400, 404])
def test_an_existing_user(oneup: OneUp, sandbox: Sandbox, status: int) -> None:
    sandbox.switch(existing_user_status=status)
    number, _ = oneup.create_account("twice")
    with pytest.raises(AlreadyExists):
        oneup.create_account("twice")
    assert oneup.new_code("twice")[0] == number


@pytest.mark.parametrize("status", [200, 404])
def test_an_unknown_user(oneup: OneUp, sandbox: Sandbox, status: int) -> None:
    sandbox.switch(unknown_user_status=status)
    with pytest.raises(NotFound):
        oneup.new_code("nobody")


@pytest.mark.parametrize(
    "variant",
    [
        {"created_status": 201},
        {"create_reply": "tokens"},
        {"token_type": "bearer"},
        {"token_scope": "user"},
        {"token_scope": ""},
    ],
)
def test_small_differences_make_none(oneup: OneUp, sandbox: Sandbox, variant: dict[str, object]) -> None:
    sandbox.switch(**variant)
    assert access(oneup)


@pytest.mark.parametrize("seconds", [7200, 7199, 3599])
def test_a_token_lives_as_long_as_the_reply_says(oneup: OneUp, sandbox: Sandbox, seconds: int) -> None:
    sandbox.switch(expires_in=seconds)
    assert oneup.redeem(oneup.create_account("app-user-1")[1]).expires_in == seconds


@pytest.mark.parametrize("pages", ["twenty", "whole"])
def test_a_directory_in_pages_or_all_at_once(oneup: OneUp, sandbox: Sandbox, pages: str) -> None:
    sandbox.switch(search_pages=pages)
    token = access(oneup)
    found = [oneup.search_places(token, "Clinic", offset=offset) for offset in (0, 20)]
    keys = [place.key for page in found for place in page.places]
    assert len(keys) == len(set(keys)) == 40
    assert all(page.has_more for page in found)


@pytest.mark.parametrize(("place", "version"), [("4706", "r4"), ("4710", "dstu2")])
def test_each_version_has_a_store_and_every_patient_is_walked(
    oneup: OneUp, sandbox: Sandbox, place: str, version: str
) -> None:
    token = access(oneup)
    for key in ("4706", "4707", "4710"):
        sandbox.agree(oneup.depart(token, key).address)
    sandbox.tick()
    refs = oneup.patients(token, version)
    assert len(refs) == (2 if version == "r4" else 1)
    assert all(oneup.everything(token, ref.id, version).resources for ref in refs)


def test_the_legacy_token_host(settings: OneUpSettings, sandbox: Sandbox) -> None:
    assert access(OneUp(replace(settings, auth=sandbox.api, token_path="/fhir/oauth2/token")))


@pytest.mark.parametrize("legacy", [False, True])
def test_either_hop_leads_to_the_places_own_sign_in(
    settings: OneUpSettings, sandbox: Sandbox, legacy: bool
) -> None:
    oneup = OneUp(replace(settings, legacy_hop=legacy))
    token = access(oneup)
    address = oneup.depart(token, "4710", "dstu2").address
    if legacy:
        hop = sandbox.http.get(address, allow_redirects=False)
        assert hop.status_code == 302
        address = hop.headers["Location"]
    sandbox.agree(address)
    sandbox.tick()
    assert any(row["token_in_url"] for row in sandbox.ledger()) is legacy
    assert len(oneup.patients(token, "dstu2")) == 1


def test_a_code_not_known_yet_and_then_known(oneup: OneUp, sandbox: Sandbox) -> None:
    sandbox.switch(code_delay=1.0)
    _, code = oneup.create_account("quick")
    with pytest.raises(TryLater) as caught:
        oneup.redeem(code)
    assert caught.value.retry_after == 1.0
    sandbox.clock(2)
    assert oneup.redeem(code).expires_in == 7200


def test_a_refresh_token_works_once_and_a_new_code_heals(oneup: OneUp, sandbox: Sandbox) -> None:
    tokens = oneup.redeem(oneup.create_account("once")[1])
    oneup.refresh(tokens.refresh)
    with pytest.raises(SignInAgain):
        oneup.refresh(tokens.refresh)
    assert oneup.redeem(oneup.new_code("once")[1]).access


def test_a_wrong_secret_wants_a_sign_in(settings: OneUpSettings, sandbox: Sandbox) -> None:
    stranger = OneUp(replace(settings, client_secret="wrong"))
    for call in (lambda: stranger.create_account("x"), lambda: stranger.redeem("x")):
        with pytest.raises(SignInAgain):
            call()


@pytest.mark.parametrize("shape", ["array", "short", "systemList"])
@pytest.mark.parametrize("status", [200, 201])
def test_each_shape_of_the_directory(oneup: OneUp, sandbox: Sandbox, shape: str, status: int) -> None:
    sandbox.switch(search_shape=shape, search_status=status)
    (place,) = oneup.search_places(access(oneup), "Harbor Teaching").places
    assert (place.key, place.name) == (HARBOR, "Harbor Teaching Hospital (demo)")


@pytest.mark.parametrize("written", ["r4", "R4"])
@pytest.mark.parametrize("method", ["POST", "GET"])
def test_versions_and_methods_of_the_directory(
    settings: OneUpSettings, sandbox: Sandbox, written: str, method: str
) -> None:
    sandbox.switch(version_format=written)
    oneup = OneUp(replace(settings, search_method=method))
    assert oneup.search_places(access(oneup), "Harbor Teaching").places[0].fhir_versions == ("r4",)


def test_the_directory_in_pages_without_a_double(oneup: OneUp, sandbox: Sandbox) -> None:
    token = access(oneup)
    pages = [oneup.search_places(token, "", offset=offset) for offset in (0, 20, 40)]
    keys = [place.key for page in pages for place in page.places]
    assert len(keys) == len(set(keys)) == 60
    assert all(page.has_more for page in pages)
    assert all(place.city and place.state for page in pages for place in page.places)


def test_plans_and_providers(oneup: OneUp, sandbox: Sandbox) -> None:
    token = access(oneup)
    assert oneup.search_places(token, "Summit Health Plan", kind="plan").places[0].kind == "plan"
    assert oneup.search_places(token, "Summit Health Plan (demo)", kind="provider").places == ()


def test_words_no_search_can_bear_do_not_reach_it(oneup: OneUp, sandbox: Sandbox) -> None:
    token = access(oneup)
    assert (
        oneup.search_places(token, "Harbor; (Teaching) & Höspital!").places
        == oneup.search_places(token, "Harbor Teaching Hospital").places
    )


def test_an_unknown_place_and_an_unknown_version(oneup: OneUp, sandbox: Sandbox) -> None:
    token = access(oneup)
    with pytest.raises(NotFound):
        oneup.depart(token, "1")
    with pytest.raises(Refused):
        oneup.depart(token, "4710", "r4")


@pytest.mark.parametrize("style", ["json", "html", "redirect"])
def test_a_dead_token_however_it_is_told(oneup: OneUp, sandbox: Sandbox, style: str) -> None:
    token, patient = connected(oneup, sandbox)
    sandbox.end_tokens("app-user-1", "access")
    sandbox.switch(unauthorized=style)
    for call in (
        lambda: oneup.search_places(token, "harbor"),
        lambda: oneup.depart(token, HARBOR),
        lambda: oneup.patients(token, "r4"),
        lambda: oneup.everything(token, patient, "r4"),
        lambda: oneup.read(token, "r4", "Patient", patient),
    ):
        with pytest.raises(SignInAgain):
            call()


@pytest.mark.parametrize("prefix", ["", "/fhir"])
def test_both_fhir_paths_lead_through_a_whole_chart(
    settings: OneUpSettings, sandbox: Sandbox, prefix: str
) -> None:
    oneup = OneUp(replace(settings, fhir_prefix=prefix))
    token, patient = connected(oneup, sandbox)
    cursor, kept, cursors = None, [], set()
    while True:
        page = oneup.everything(token, patient, "r4", cursor=cursor, count=7)
        kept += page.resources
        assert page.rejected == ()
        if (cursor := page.next) is None:
            break
        assert cursor not in cursors
        assert token not in cursor
        cursors.add(cursor)
    assert len(kept) == len(set(kept)) == page.total


def test_since_and_types_narrow_a_chart(oneup: OneUp, sandbox: Sandbox) -> None:
    token, patient = connected(oneup, sandbox)
    some = oneup.everything(token, patient, "r4", types=["Condition", "Immunization"])
    assert some.resources
    assert all(b'"Condition"' in each or b'"Immunization"' in each for each in some.resources)
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).isoformat(timespec="seconds").replace("+00:00", "Z")
    assert oneup.everything(token, patient, "r4", since=tomorrow).resources == ()


@pytest.mark.parametrize("absent", ["empty", "absent"])
def test_nothing_fetched_yet_is_none(oneup: OneUp, sandbox: Sandbox, absent: str) -> None:
    sandbox.switch(empty_search=absent)
    token = access(oneup)
    assert [oneup.patients(token, version) for version in ("r4", "stu3", "dstu2")] == [(), (), ()]


def test_a_missing_next_link_ends_the_page_and_the_total_shows_it(oneup: OneUp, sandbox: Sandbox) -> None:
    token, patient = connected(oneup, sandbox)
    sandbox.switch(next_link="missing")
    page = oneup.everything(token, patient, "r4", count=3)
    assert page.next is None
    assert page.total is not None
    assert page.total > len(page.resources)


def test_a_chart_of_another_version_lies_in_its_own_store(oneup: OneUp, sandbox: Sandbox) -> None:
    token = access(oneup)
    sandbox.agree(oneup.depart(token, "4710").address)
    sandbox.tick()
    assert oneup.patients(token, "r4") == ()
    (patient,) = oneup.patients(token, "dstu2")
    assert patient.place_key == ""  # DSTU2 has no meta.source: the events tell
    assert oneup.everything(token, patient.id, "dstu2").resources


def test_what_is_not_ours_is_not_found(oneup: OneUp, sandbox: Sandbox) -> None:
    _, patient = connected(oneup, sandbox)
    stranger = access(oneup, "app-user-2")
    with pytest.raises(NotFound):
        oneup.everything(stranger, patient, "r4")
    with pytest.raises(NotFound):
        oneup.read(stranger, "r4", "Patient", patient)
    assert oneup.patients(stranger, "r4") == ()


def test_each_user_has_its_own_events(oneup: OneUp, sandbox: Sandbox) -> None:
    start = datetime.now(UTC) - timedelta(hours=1)
    numbers = [oneup.create_account(f"user-{each}")[0] for each in range(2)]
    token = oneup.redeem(oneup.new_code("user-0")[1]).access
    sandbox.agree(oneup.depart(token, HARBOR, "r4").address)
    sandbox.tick()
    words = [(event.what, event.place_key, event.fhir_version) for event in oneup.events(numbers[0], start)]
    assert words[-2:] == [("started", HARBOR, "r4"), ("finished", HARBOR, "r4")]
    assert oneup.events(numbers[1], start) == ()
    assert oneup.events(numbers[0], datetime.now(UTC) + timedelta(days=1)) == ()


def test_a_declined_consent_and_a_refused_kind_are_told(oneup: OneUp, sandbox: Sandbox) -> None:
    start = datetime.now(UTC) - timedelta(hours=1)
    sandbox.switch(refused_types={HARBOR: ["Condition"]})
    number, code = oneup.create_account("declines")
    token = oneup.redeem(code).access
    sandbox.agree(oneup.depart(token, HARBOR).address, allow=False)
    sandbox.agree(oneup.depart(token, HARBOR).address)
    sandbox.tick()
    events = oneup.events(number, start)
    assert "declined" in [event.what for event in events]
    assert [event.kinds for event in events if event.what == "failed"] == [("Condition",)]


FAULTS = [
    ({"status": 429, "headers": {"Retry-After": "7"}}, TryLater),
    ({"status": 500}, TryLater),
    ({"status": 503}, TryLater),
    ({"status": 504, "body": "<html>gateway</html>"}, TryLater),
    ({"status": 403, "body": '{"message":"Forbidden"}'}, Refused),
    ({"status": 302, "headers": {"Location": "/login"}, "body": ""}, SignInAgain),
    ({"garbage": "html"}, SignInAgain),
    ({"garbage": "truncated"}, Unreadable),
    ({"garbage": "empty"}, Unreadable),
    ({"garbage": "noise"}, Unreadable),
    ({"garbage": "utf16"}, Unreadable),
    ({"garbage": "list"}, Unreadable),
    ({"garbage": "null"}, Unreadable),
    ({"garbage": "outcome"}, Refused),
    ({"garbage": "no"}, Refused),
    ({"garbage": "tail"}, Unreadable),
    ({"packed": "gzip-broken"}, Unreadable),
    ({"packed": "gzip-short"}, Unreadable),
    ({"packed": "gzip-not"}, TryLater),
    ({"cut": 20, "how": "short"}, TryLater),
    ({"cut": 20, "how": "reset"}, TryLater),
    ({"cut": 20, "how": "unmarked"}, TryLater),
    ({"drip": 20.0}, TryLater),
    ({"hang": True}, TryLater),
]


@pytest.mark.parametrize(("fault", "expected"), FAULTS, ids=[str(fault) for fault, _ in FAULTS])
def test_each_fault_of_a_page_is_one_of_four_errors_and_then_over(
    settings: OneUpSettings, healed: Sandbox, fault: dict[str, object], expected: type[GatewayError]
) -> None:
    token, patient = connected(OneUp(settings), healed)
    oneup = OneUp(replace(settings, deadline=1.0))
    healed.fault(route="*everything", **fault)
    with pytest.raises(GatewayError) as caught:
        oneup.everything(token, patient, "r4")
    assert type(caught.value) is expected
    if fault.get("status") == 429:
        assert getattr(caught.value, "retry_after", None) == 7.0
    assert oneup.everything(token, patient, "r4").resources


@pytest.mark.parametrize(
    "oddity",
    [
        {"garbage": "bom"},
        {"garbage": "text"},
        {"garbage": "latin1"},
        {"packed": "gzip"},
        {"page": "path-only"},
    ],
    ids=str,
)
def test_odd_but_whole_pages_are_read(oneup: OneUp, healed: Sandbox, oddity: dict[str, str]) -> None:
    token, patient = connected(oneup, healed)
    plain = oneup.everything(token, patient, "r4", count=20)
    healed.fault(route="*everything", **oddity)
    assert oneup.everything(token, patient, "r4", count=20) == plain


@pytest.mark.parametrize("page", ["foreign", "somebody-else", "odd-links"])
def test_a_page_that_leads_astray_is_a_dead_end_and_its_resources_are_whole(
    oneup: OneUp, healed: Sandbox, page: str
) -> None:
    token, patient = connected(oneup, healed)
    plain = oneup.everything(token, patient, "r4", count=20)
    healed.fault(route="*everything", page=page)
    found = oneup.everything(token, patient, "r4", count=20)
    assert (found.next, found.dead_end, found.resources) == (None, True, plain.resources)


def test_holes_in_a_page_are_set_aside_and_cost_no_neighbour(oneup: OneUp, healed: Sandbox) -> None:
    token, patient = connected(oneup, healed)
    plain = oneup.everything(token, patient, "r4", count=20)
    healed.fault(route="*everything", page="holes")
    found = oneup.everything(token, patient, "r4", count=20)
    assert found.resources == plain.resources
    assert len(found.rejected) == 12


def test_the_ledger_saw_no_secret_in_any_address(oneup: OneUp, sandbox: Sandbox) -> None:
    connected(oneup, sandbox)
    oneup.events(str(sandbox.user("app-user-1").get("id", 40001)), datetime.now(UTC) - timedelta(hours=1))
    ours = [row for row in sandbox.ledger() if row["path"].startswith(("/api/", "/auth/", "/search/"))]
    assert ours
    assert not any(row["token_in_url"] for row in ours)
    assert not any("client_secret" in row["query"] for row in ours)
