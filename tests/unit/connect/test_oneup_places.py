"""System Search: words that go out, and every shape of list that comes back."""

from dataclasses import replace
from typing import Any

import pytest

from connect.gateway import Place, Refused, SignInAgain, Unreadable
from connect.oneup import OneUp, OneUpSettings
from tests.unit.connect.conftest import ACCESS
from tests.unit.connect.served import Served, says_json

HARBOR = {
    "id": 4706,
    "name": "Harbor Teaching Hospital (demo)",
    "address": "12 Pier Rd Portland ME 04101",
    "fhirVersion": "r4",
    "ehr": "Epic",
    "resourceUrl": "https://fhir.harbor.example/api/FHIR/R4",
    "logo": "https://assets.example/harbor.png",
}
OLD_ENTRY = {
    "id": "5153",
    "name": "Prairie Clinics",
    "resource_url": "https://fhir.prairie.example/DSTU2",
    "logo": "https://assets.example/prairie.png",
    "api_version": "FHIR DSTU2 1.0.2",
    "status": "connection_working",
    "locations": [
        {
            "name": "Main",
            "address": {"line": ["1 Elm St", ""], "city": "Tulsa", "state": "OK", "postalCode": "74104"},
        }
    ],
}


def rows(count: int, first: int = 1) -> list[dict[str, Any]]:
    return [{"id": each, "name": f"Place {each}"} for each in range(first, first + count)]


def only(oneup: OneUp, server: Served, row: Any) -> Place:
    server.says(says_json([row], 201))
    (place,) = oneup.search_places(ACCESS, "harbor").places
    return place


def test_a_search_asks_with_the_patients_token_and_an_empty_body(oneup: OneUp, server: Served) -> None:
    server.says(says_json([], 201))
    oneup.search_places(ACCESS, "harbor", offset=20, kind="plan")
    asked = server.seen[0]
    assert (asked.method, asked.path, asked.body) == ("POST", "/search/api/search", b"")
    assert asked.query == {"query": "harbor", "offset": "20", "system_type": "PayerPatientAccess"}
    assert asked.headers["authorization"] == f"Bearer {ACCESS}"


def test_the_older_method_is_a_matter_of_settings(told: OneUpSettings, server: Served) -> None:
    server.says(says_json([], 200))
    OneUp(replace(told, search_method="GET")).search_places(ACCESS, "harbor")
    assert server.seen[0].method == "GET"


def test_a_place_in_full(oneup: OneUp, server: Served) -> None:
    assert only(oneup, server, HARBOR) == Place(
        key="4706",
        name="Harbor Teaching Hospital (demo)",
        address="12 Pier Rd Portland ME 04101",
        city="Portland",
        state="ME",
        fhir_versions=("r4",),
        ehr="Epic",
        resource_url="https://fhir.harbor.example/api/FHIR/R4",
        logo_url="https://assets.example/harbor.png",
    )


@pytest.mark.parametrize("status", [200, 201])
def test_any_2xx_is_a_list(oneup: OneUp, server: Served, status: int) -> None:
    server.says(says_json([HARBOR], status))
    assert len(oneup.search_places(ACCESS, "harbor").places) == 1


def test_the_short_entry_has_a_name_and_an_address(oneup: OneUp, server: Served) -> None:
    place = only(oneup, server, {"id": 1, "name": "Small", "address": "1 Elm St, Ann Arbor, MI 48104"})
    assert (place.name, place.city, place.state, place.fhir_versions) == ("Small", "Ann Arbor", "MI", ())


@pytest.mark.parametrize("given", [{"5153": OLD_ENTRY}, {"5153": {**OLD_ENTRY, "id": 5153}}, [OLD_ENTRY]])
def test_the_older_map_of_systems_is_read_too(oneup: OneUp, server: Served, given: Any) -> None:
    server.says(says_json({"systemList": given}))
    (place,) = oneup.search_places(ACCESS, "prairie").places
    assert (place.key, place.city, place.state, place.fhir_versions) == ("5153", "Tulsa", "OK", ("dstu2",))
    assert place.address == "1 Elm St Tulsa OK 74104"


def test_a_map_whose_entries_have_no_id_uses_its_keys(oneup: OneUp, server: Served) -> None:
    server.says(says_json({"systemList": {"9": {"name": "Nine"}}}))
    assert oneup.search_places(ACCESS, "nine").places == (Place("9", "Nine"),)


@pytest.mark.parametrize(
    ("said", "versions"),
    [
        ("r4", ("r4",)), ("R4", ("r4",)), ("dstu2", ("dstu2",)), ("DSTU2", ("dstu2",)), ("STU3", ("stu3",)),
        (["dstu2", "r4"], ("dstu2", "r4")), ("FHIR R4 4.0.1", ("r4",)), ("4.0.1", ("r4",)),
        ("3.0.2", ("stu3",)),
        ("FHIR STU3 3.0.1", ("stu3",)), ("", ()), (None, ()), (4, ()), ("r5", ()), ([None, {}], ()),
    ],
)  # fmt: skip
def test_versions_are_normalised(oneup: OneUp, server: Served, said: Any, versions: tuple[str, ...]) -> None:
    assert only(oneup, server, {**HARBOR, "fhirVersion": said}).fhir_versions == versions


@pytest.mark.parametrize(
    ("line", "city", "state"),
    [
        ("12 Pier Rd Portland ME 04101", "Portland", "ME"),
        ("12 Pier St St Louis MO 63101", "St Louis", "MO"),
        ("1 Market Sq New Orleans LA 70112-1234", "New Orleans", "LA"),
        ("5 Lake Shore Dr N Suite 210 Rockford IL 61103", "Rockford", "IL"),
        ("1 Elm St, Ann Arbor, MI, 48104", "Ann Arbor", "MI"),
        ("Harborside Portland ME 04101", "", "ME"),
        ("Somewhere", "", ""),
        ("", "", ""),
    ],
)
def test_city_and_state_are_read_and_never_guessed(
    oneup: OneUp, server: Served, line: str, city: str, state: str
) -> None:
    place = only(oneup, server, {**HARBOR, "address": line})
    assert (place.address, place.city, place.state) == (line, city, state)


@pytest.mark.parametrize(
    "row",
    [
        {}, {"id": 1}, {"id": 1, "name": ""}, {"id": 1, "name": "  "}, {"name": "x"},
        {"id": "../x", "name": "x"},
        {"id": True, "name": "x"}, {"id": None, "name": "x"}, {"id": 1, "name": 5}, None, 7, "text", [],
        {"id": 1.5, "name": "x"},
    ],
)  # fmt: skip
def test_a_row_without_an_id_or_a_name_is_left_out(oneup: OneUp, server: Served, row: Any) -> None:
    server.says(says_json([row, HARBOR]))
    assert [place.key for place in oneup.search_places(ACCESS, "x").places] == ["4706"]


@pytest.mark.parametrize("field", ["address", "fhirVersion", "ehr", "resourceUrl", "logo"])
@pytest.mark.parametrize("value", [None, 5, [], {}, [[]], True])
def test_an_odd_field_costs_that_field_only(oneup: OneUp, server: Served, field: str, value: Any) -> None:
    assert only(oneup, server, {**HARBOR, field: value}).name == HARBOR["name"]


@pytest.mark.parametrize(
    "locations", [None, [], {}, [None], [{}], [{"address": None}], [{"address": {"line": 5}}]]
)
def test_odd_locations_cost_the_address_only(oneup: OneUp, server: Served, locations: Any) -> None:
    assert only(oneup, server, {**HARBOR, "locations": locations}).key == "4706"


def test_a_name_cannot_pose_as_another(oneup: OneUp, server: Served) -> None:
    place = only(oneup, server, {"id": 1, "name": "Good\u202elatipsoH\u0000\n  Clinic"})
    assert place.name == "GoodlatipsoH Clinic"


def test_a_logo_over_http_is_dropped_unless_the_sandbox_may(told: OneUpSettings, server: Served) -> None:
    row = {**HARBOR, "logo": "http://assets.example/harbor.png"}
    assert only(OneUp(told), server, row).logo_url == row["logo"]
    for odd in ("javascript:alert(1)", "data:image/svg+xml,x", "//assets.example/x", "https://a b/"):
        assert only(OneUp(told), server, {**HARBOR, "logo": odd}).logo_url == ""


def test_kind_is_what_was_asked_for_or_what_the_row_says(oneup: OneUp, server: Served) -> None:
    assert only(oneup, server, {**HARBOR, "systemType": "Payer Patient Access"}).kind == "plan"
    server.says(says_json([HARBOR]))
    assert oneup.search_places(ACCESS, "x", kind="provider").places[0].kind == "provider"


@pytest.mark.parametrize(("count", "more"), [(0, False), (7, False), (19, False), (20, True)])
def test_a_full_page_has_more_behind_it(oneup: OneUp, server: Served, count: int, more: bool) -> None:
    server.says(says_json(rows(count)))
    page = oneup.search_places(ACCESS, "place", offset=40)
    assert (len(page.places), page.offset, page.has_more) == (count, 40, more)


@pytest.mark.parametrize(
    ("offset", "keys", "more"), [(0, range(1, 21), True), (40, range(41, 51), False), (60, (), False)]
)
def test_a_whole_list_at_once_is_paged_here(
    oneup: OneUp, server: Served, offset: int, keys: Any, more: bool
) -> None:
    server.says(says_json(rows(50)))
    page = oneup.search_places(ACCESS, "place", offset=offset)
    assert [place.key for place in page.places] == [str(each) for each in keys]
    assert page.has_more is more


def test_a_repeated_place_is_told_once(oneup: OneUp, server: Served) -> None:
    server.says(says_json([HARBOR, HARBOR, *rows(1)]))
    assert len(oneup.search_places(ACCESS, "place").places) == 2


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("St. Mary's", "St Mary's"),
        ("St. Mary\u2019s", "St Mary's"),
        ("Hôpital Général", "Hopital General"),
        ("  a &  b-c ", "a b c"),
        ("x" * 300, "x" * 100),
    ],
)
def test_words_are_made_fit_for_the_search(oneup: OneUp, server: Served, typed: str, sent: str) -> None:
    server.says(says_json([]))
    oneup.search_places(ACCESS, typed)
    assert server.seen[0].query["query"] == sent


def test_no_words_list_the_beginning_and_unsearchable_words_find_nothing(
    oneup: OneUp, server: Served
) -> None:
    server.says(says_json(rows(3)))
    assert len(oneup.search_places(ACCESS, "").places) == 3
    assert "query" not in server.seen[0].query
    assert oneup.search_places(ACCESS, "病院").places == ()
    assert len(server.seen) == 1


@pytest.mark.parametrize("body", [{}, {"systemList": 5}, "text", 7])
def test_something_that_is_no_list_is_unreadable(oneup: OneUp, server: Served, body: Any) -> None:
    server.says(says_json(body))
    with pytest.raises(Unreadable):
        oneup.search_places(ACCESS, "harbor")


def test_the_search_says_no(oneup: OneUp, server: Served) -> None:
    bad_token = {"success": False, "message": "An error occurred when processing the access token."}
    server.says(says_json(bad_token, 401), says_json({"success": False, "message": "bad query"}, 400))
    with pytest.raises(SignInAgain):
        oneup.search_places(ACCESS, "harbor")
    with pytest.raises(Refused):
        oneup.search_places(ACCESS, "harbor")
