"""Finding a place behaves as docs/oneup.md says."""

import pytest


def search(sandbox, member, method="POST", path="search", **params):
    return sandbox.http.request(
        method, f"{sandbox.search}/api/{path}", params=params, headers=member.bearer, timeout=5
    )


def test_a_search_answers_201_with_a_bare_array(sandbox, member):
    reply = search(sandbox, member, query="Harbor Teaching")
    assert reply.status_code == 201
    [place] = reply.json()
    assert place == {
        "id": 4706,
        "name": "Harbor Teaching Hospital (demo)",
        "address": "12 Pier Rd Portland ME 04101",
        "fhirVersion": "r4",
        "ehr": "Epic",
        "resourceUrl": f"{sandbox.url}/place/4706/fhir/r4",
        "logo": f"{sandbox.url}/logos/4706.svg",
    }


def test_the_older_get_answers_200(sandbox, member):
    assert search(sandbox, member, "GET", query="Harbor Teaching").status_code == 200


def test_twenty_a_page_alphabetical_without_a_gap(sandbox, member):
    pages = [search(sandbox, member, query="clinic", offset=start).json() for start in (0, 20, 40)]
    names = [place["name"].lower() for page in pages for place in page]
    assert [len(page) for page in pages] == [20, 20, 20]
    assert names == sorted(names)
    assert len({place["id"] for page in pages for place in page}) == 60


def test_no_words_list_from_the_start_of_the_alphabet(sandbox, member):
    assert search(sandbox, member).json()[0]["name"].startswith("A")


def test_past_the_end_is_an_empty_page(sandbox, member):
    assert search(sandbox, member, query="Harbor Teaching", offset=20).json() == []


@pytest.mark.parametrize("query", ["St. Anne", "heart & vascular", "clinic;", "día", "a-b", "100%"])
def test_other_signs_are_refused(sandbox, member, query):
    reply = search(sandbox, member, query=query)
    assert reply.status_code == 400
    assert reply.json()["success"] is False


def test_an_apostrophe_is_allowed(sandbox, member):
    found = search(sandbox, member, query="Saint Brigid's").json()
    assert found
    assert all("Brigid's" in place["name"] for place in found)


@pytest.mark.parametrize("params", [{"offset": "7"}, {"offset": "x"}, {"system_type": "Vet"}, {"words": "x"}])
def test_a_parameter_that_means_nothing_is_refused(sandbox, member, params):
    assert search(sandbox, member, **params).status_code == 400


def test_plans_can_be_asked_for(sandbox, member):
    found = search(sandbox, member, query="Summit Health Plan", system_type="PayerPatientAccess").json()
    assert [place["id"] for place in found] == [4720]
    assert search(sandbox, member, query="Summit Health Plan", system_type="HealthSystem").json() == []


def test_a_bad_token_is_refused_in_the_services_own_words(sandbox):
    reply = sandbox.http.post(f"{sandbox.search}/api/search", headers={"Authorization": "Bearer nonsense"})
    assert reply.status_code == 401
    assert reply.json() == {
        "success": False,
        "message": "An error occurred when processing the access token.",
    }


@pytest.mark.parametrize("zip_code", ["04101", "04101-2210"])
def test_places_of_a_zip(sandbox, member, zip_code):
    reply = search(sandbox, member, "GET", f"systems/{zip_code}")
    assert reply.status_code == 200
    assert all(place["address"].endswith("04101") for place in reply.json())
    assert reply.json()


def test_a_zip_has_five_or_nine_digits(sandbox, member):
    assert search(sandbox, member, "GET", "systems/041").status_code == 400


def test_a_zip_may_stand_in_the_query_and_places_come_in_pages(sandbox, member):
    pages = [search(sandbox, member, "GET", "systems/04101", offset=start).json() for start in (0, 20, 400)]
    assert search(sandbox, member, "GET", "systems", query="04101").json() == pages[0]
    assert len(pages[0]) == 20
    assert not {place["id"] for place in pages[0]} & {place["id"] for place in pages[1]}
    assert pages[2] == []


def test_all_systems_are_listed_alphabetically_by_kind(sandbox, member):
    pages = [search(sandbox, member, "GET", "all-systems", offset=start) for start in (0, 20)]
    assert [reply.status_code for reply in pages] == [200, 200]
    names = [place["name"].lower() for reply in pages for place in reply.json()]
    assert len(names) == 40
    assert names == sorted(names)
    plans = search(
        sandbox, member, "GET", "all-systems", system_type="PayerPatientAccess", query="Summit"
    ).json()
    assert "Summit Health Plan (demo)" in [place["name"] for place in plans]
    assert sandbox.http.get(f"{sandbox.search}/api/all-systems").status_code == 401


def test_short_entries_and_the_map_of_2020(sandbox, member):
    sandbox.switch(search_shape="short")
    assert set(search(sandbox, member, query="Harbor Teaching").json()[0]) == {"id", "name", "address"}
    sandbox.switch(search_shape="systemList", search_status=200)
    reply = search(sandbox, member, query="Harbor Teaching")
    assert reply.status_code == 200
    assert reply.json()["systemList"]["4706"]["locations"][0]["address"]["city"] == "Portland"


def test_the_legacy_list_is_whole_and_takes_client_credentials(sandbox):
    address = f"{sandbox.api}/connect/system/clinical"
    whole = sandbox.http.post(address, data={**sandbox.credentials, "systemType": "HealthSystem"}).json()
    assert len(whole) > 5000
    assert whole[0]["status"] == "connection_working"
    assert sandbox.http.get(address).json() == {"message": "Unauthorized"}
    asked = {"systemType": "Health System", "query": "harbor teaching"}
    for reply in (
        sandbox.http.get(address, params={**sandbox.credentials, **asked}),
        sandbox.http.post(address, json={**sandbox.credentials, **asked}),
    ):
        assert [place["id"] for place in reply.json()] == [4706]


def test_a_logo_is_served(sandbox):
    reply = sandbox.http.get(f"{sandbox.url}/logos/4706.svg")
    assert reply.headers["content-type"].startswith("image/svg+xml")
    assert reply.text.startswith("<svg")


def test_a_search_is_written_down_with_its_count(sandbox, member):
    search(sandbox, member, query="Harbor Teaching")
    assert sandbox.user(member.id)["audit"] == ["system-search-results"]
