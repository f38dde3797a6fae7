"""Searching, including and creating resources behave as docs/oneup.md says."""

import json
from contextlib import closing
from http.client import HTTPConnection

import pytest

from tests.contract.test_records_contract import fhir, patient, resources, walk

PENICILLIN = "91936005"


@pytest.fixture
def rosa(sandbox, member):
    sandbox.connect(member)
    return member


def total(sandbox, member, path, **params):
    return fhir(sandbox, member, path, **params).json()["total"]


def refused(reply):
    return (reply.status_code, reply.json()["resourceType"]) == (400, "OperationOutcome")


def post_search(sandbox, member, path, **form):
    return sandbox.http.post(f"{sandbox.api}/{path}/_search", data=form, headers=member.bearer, timeout=30)


def create(sandbox, member, path, resource):
    body = resource if isinstance(resource, str) else json.dumps(resource)
    headers = {**member.bearer, "Content-Type": "application/fhir+json"}
    return sandbox.http.post(f"{sandbox.api}/{path}", data=body, headers=headers, timeout=30)


def by_mode(bundle):
    found = {"match": [], "include": []}
    for entry in bundle["entry"]:
        found[entry["search"]["mode"]].append(entry["resource"])
    return found


def test_full_text_finds_words_in_any_case_and_no_names_of_elements(sandbox, rosa):
    [found] = resources(fhir(sandbox, rosa, "r4/AllergyIntolerance", _content="PENICILLIN").json())
    assert "enicillin" in found["code"]["text"]
    assert total(sandbox, rosa, "r4/AllergyIntolerance") > 1
    assert total(sandbox, rosa, "r4/AllergyIntolerance", _content="penicillin hay-bales") == 0
    assert total(sandbox, rosa, "r4/AllergyIntolerance", _content="clinicalStatus") == 0
    assert refused(fhir(sandbox, rosa, "r4/AllergyIntolerance", _content=" "))


def test_a_code_is_found_with_and_without_its_system(sandbox, rosa):
    counts = [
        total(sandbox, rosa, "r4/Observation", code=code)
        for code in ("4548-4", "http://loinc.org|4548-4", "4548-4,0000-0", "http://snomed.info/sct|4548-4")
    ]
    assert counts[0] == counts[1] == counts[2] > 3
    assert counts[3] == 0
    assert total(sandbox, rosa, "r4/AllergyIntolerance", code=PENICILLIN) == 1
    assert refused(fhir(sandbox, rosa, "r4/Observation", code="http://loinc.org|"))


def test_a_bar_is_written_in_percent_in_an_address_and_plainly_in_a_form(sandbox, rosa):
    found = [as_written(sandbox, rosa, f"code=http://loinc.org{bar}4548-4") for bar in ("%7C", "|")]
    assert [status for status, _body in found] == [200, 400]
    assert json.loads(found[0][1])["total"] > 3
    assert json.loads(found[1][1])["resourceType"] == "OperationOutcome"
    posted = post_search(sandbox, rosa, "r4/Observation", code="http://loinc.org|4548-4").json()
    assert posted["total"] > 3


def as_written(sandbox, member, query):
    """An address sent byte for byte, as no careful client would."""
    with closing(HTTPConnection(sandbox.url.removeprefix("http://"), timeout=30)) as line:
        line.request("GET", f"/api/r4/Observation?{query}", headers=member.bearer)
        reply = line.getresponse()
        return reply.status, reply.read()


def test_a_posted_search_is_the_same_search(sandbox, rosa):
    asked = {"code": "4548-4", "_count": "3"}
    posted = post_search(sandbox, rosa, "r4/Observation", **asked).json()
    assert posted == fhir(sandbox, rosa, "r4/Observation", **asked).json()
    assert len(posted["entry"]) == 3
    assert "/_search" not in posted["link"][1]["url"]
    as_json = sandbox.http.post(f"{sandbox.api}/r4/Observation/_search", json=asked, headers=rosa.bearer)
    assert as_json.status_code == 415


@pytest.mark.parametrize("version", ["stu3", "dstu2"])
def test_older_versions_are_searched_too(sandbox, member, version):
    sandbox.connect(member, {"stu3": 4715, "dstu2": 4710}[version])
    assert total(sandbox, member, f"{version}/AllergyIntolerance", code=PENICILLIN) == 1
    assert total(sandbox, member, f"{version}/AllergyIntolerance", _content="penicillin") == 1
    assert post_search(sandbox, member, f"{version}/Patient").json()["total"] == 1


def test_what_is_known_by_id_and_by_time(sandbox, rosa):
    [one, two] = resources(fhir(sandbox, rosa, "r4/Condition", _count=2).json())
    assert total(sandbox, rosa, "r4/Condition", _id=f"{one['id']},{two['id']},nobody") == 2
    stamp = one["meta"]["lastUpdated"]
    everybody = total(sandbox, rosa, "r4/Condition")
    assert total(sandbox, rosa, "r4/Condition", _lastUpdated=f"ge{stamp}") == everybody
    assert total(sandbox, rosa, "r4/Condition", _lastUpdated=f"gt{stamp}") == 0


def test_the_time_of_recording_is_asked_for_where_there_is_one(sandbox, rosa):
    assert total(sandbox, rosa, "r4/Provenance", recorded="2026-03-10") == 1
    assert total(sandbox, rosa, "r4/Provenance", recorded="lt2026-03-10") == 0
    assert refused(fhir(sandbox, rosa, "r4/Condition", recorded="2026-03-10"))
    assert refused(fhir(sandbox, rosa, "r4/Patient", code="1"))


def test_a_search_has_pages_and_a_place_to_start(sandbox, rosa):
    whole = [
        each["id"] for page in walk(sandbox, rosa, "r4/Observation", _count=7) for each in resources(page)
    ]
    assert len(whole) == len(set(whole)) == total(sandbox, rosa, "r4/Observation") > 20
    skipped = resources(fhir(sandbox, rosa, "r4/Observation", _skip=20, _count=1).json())
    assert [each["id"] for each in skipped] == whole[20:21]
    for bad in ({"_count": 101}, {"_count": 0}, {"_skip": 9991}, {"_skip": -1}):
        assert refused(fhir(sandbox, rosa, "r4/Observation", **bad))
    assert fhir(sandbox, rosa, "r4/Observation", _skip=9990, _count=100).json()["entry"] == []


def test_what_matches_refer_to_comes_along_and_is_not_counted(sandbox, rosa):
    plain = fhir(sandbox, rosa, "r4/MedicationRequest", _count=4).json()
    reply = fhir(sandbox, rosa, "r4/MedicationRequest", _count=4, _include="MedicationRequest:patient").json()
    found = by_mode(reply)
    assert found["match"] == resources(plain)
    assert [each["resourceType"] for each in found["include"]] == ["Patient"]
    assert reply["total"] == plain["total"] > 4
    more = by_mode(fhir(sandbox, rosa, "r4/MedicationRequest", _count=4, _include="*").json())["include"]
    assert {"Patient", "Practitioner"} <= {each["resourceType"] for each in more}
    assert len({each["id"] for each in more}) == len(more)


def test_an_include_may_name_the_type_it_leads_to(sandbox, rosa):
    for target, many in (("Observation", True), ("Patient", False)):
        wish = f"DiagnosticReport:result:{target}"
        assert (
            bool(by_mode(fhir(sandbox, rosa, "r4/DiagnosticReport", _include=wish).json())["include"]) is many
        )


@pytest.mark.parametrize("wish", ["Provenance:target", "*"])
def test_what_refers_to_a_match_comes_along(sandbox, rosa, wish):
    asked = {"code": PENICILLIN, "_revinclude": wish}
    reply = fhir(sandbox, rosa, "r4/AllergyIntolerance", **asked).json()
    assert [each["resourceType"] for each in by_mode(reply)["include"]] == ["Provenance"]
    assert reply["total"] == 1


def test_next_pages_keep_what_comes_along(sandbox, rosa):
    pages = walk(sandbox, rosa, "r4/MedicationRequest", _count=2, _include="MedicationRequest:subject")
    assert len(pages) > 2
    assert all(len(by_mode(page)["include"]) == 1 for page in pages)


@pytest.mark.parametrize("wish", ["Patients", "MedicationRequest:pateint", "MedicationRequest", "", "a:*"])
def test_an_include_nobody_can_read_is_refused(sandbox, rosa, wish):
    assert refused(fhir(sandbox, rosa, "r4/MedicationRequest", _include=wish))


@pytest.mark.parametrize("version", ["stu3", "dstu2"])
@pytest.mark.parametrize("name", ["_include", "_revinclude"])
def test_only_r4_includes(sandbox, member, version, name):
    assert refused(fhir(sandbox, member, f"{version}/Observation", **{name: "*"}))


def test_an_include_shows_nothing_of_somebody_else(sandbox, rosa):
    neighbour = sandbox.member("neighbour")
    sandbox.connect(neighbour, person="Mateo")
    reply = fhir(sandbox, neighbour, "r4/Condition", _include="*", _revinclude="*", _count=100).json()
    assert "Rosa" not in {each["name"][0]["given"][0] for each in resources(reply) if "birthDate" in each}
    assert by_mode(reply)["include"]


@pytest.mark.parametrize(
    ("version", "kind", "number"),
    [
        ("r4", "CapabilityStatement", "4.0.1"),
        ("stu3", "CapabilityStatement", "3.0.2"),
        ("dstu2", "Conformance", "1.0.2"),
    ],
)
def test_what_a_version_can_do_is_open_to_everybody(sandbox, version, kind, number):
    for prefix in ("", "fhir/"):
        body = sandbox.http.get(f"{sandbox.api}/{prefix}{version}/metadata").json()
        assert (body["resourceType"], body["fhirVersion"]) == (kind, number)
        assert body["implementation"]["url"] == f"{sandbox.api}/{version}/"


@pytest.mark.parametrize("status", [200, 201])
def test_a_resource_that_is_sent_is_said_back_with_id_and_meta(sandbox, rosa, status):
    sandbox.switch(created_resource_status=status)
    number = patient(sandbox, rosa)
    sent = {"resourceType": "Observation", "status": "final", "code": {"text": "Steps"}, "valueInteger": 8123,
            "subject": {"reference": f"Patient/{number}"}}  # fmt: skip
    reply = create(sandbox, rosa, "r4/Observation", sent)
    body = reply.json()
    assert reply.status_code == status
    assert body.items() >= sent.items()
    assert body["meta"]["versionId"] == "9000000000000"
    assert "source" not in body["meta"]
    assert fhir(sandbox, rosa, f"r4/Observation/{body['id']}").json() == body
    assert total(sandbox, rosa, "r4/Observation", _id=body["id"]) == 1
    stranger = sandbox.member("stranger")
    assert fhir(sandbox, stranger, f"r4/Observation/{body['id']}").status_code == 404


def test_what_was_sent_belongs_to_its_patient_and_stays_when_the_place_sends_again(sandbox, rosa):
    number = patient(sandbox, rosa)
    path = f"r4/Patient/{number}/$everything"
    before = total(sandbox, rosa, path)
    sent = {"resourceType": "Condition", "subject": {"reference": f"Patient/{number}"}}
    kept = create(sandbox, rosa, "r4/Condition", sent).json()["id"]
    sandbox.change_chart(rosa.id, 4706, add=[{"resourceType": "Condition", "id": "newly-found"}])
    sandbox.tick()
    assert total(sandbox, rosa, path) == before + 2
    assert kept in {row["id"] for row in sandbox.truth(rosa.id)}


def test_a_patient_can_be_sent_and_has_a_chart(sandbox, member):
    made = create(
        sandbox, member, "dstu2/Patient", {"resourceType": "Patient", "id": "mine", "gender": "male"}
    )
    number = made.json()["id"]
    assert number != "mine"
    found = {"resourceType": "Condition", "patient": {"reference": f"Patient/{number}"}}
    create(sandbox, member, "dstu2/Condition", found)
    assert total(sandbox, member, f"dstu2/Patient/{number}/$everything") == 2


@pytest.mark.parametrize(
    "body", ["", "{", "[]", "7", '{"resourceType":"Patient"}', '{"resourceType":"Nonsense"}']
)
def test_what_is_no_resource_of_the_type_is_refused(sandbox, member, body):
    assert refused(create(sandbox, member, "r4/Condition", body))


def test_writing_needs_a_token(sandbox, member):
    headers = {**sandbox.credentials, "x-oneup-user-id": str(member.id)}
    reply = sandbox.http.post(
        f"{sandbox.api}/r4/Condition", json={"resourceType": "Condition"}, headers=headers
    )
    assert reply.status_code == 401


def test_a_paper_named_by_a_full_address_lies_on_this_server(sandbox, member):
    sandbox.connect(member, 4707)
    papers = resources(fhir(sandbox, member, "r4/DocumentReference").json())
    named = [one["content"][0]["attachment"].get("url", "") for one in papers]
    full = [address for address in named if "://" in address]
    assert len(full) == 2
    for address in full:
        assert address.startswith(f"{sandbox.api}/r4/Binary/")
        assert sandbox.http.get(address, headers=member.bearer).json()["data"]
        assert sandbox.http.get(address).status_code == 401
    near = [address for address in named if address.startswith("Binary/")]
    assert all(fhir(sandbox, member, f"r4/{address}").json()["data"] for address in near)


@pytest.mark.parametrize(
    ("person", "people"),
    [
        ("two records", [("Rosa", "1968-05-14")] * 2),
        ("son", [("Mateo", "2017-09-02"), ("Rosa", "1968-05-14")]),
    ],
)
def test_one_sign_in_may_bring_two_patients_each_with_a_chart_of_its_own(sandbox, member, person, people):
    sandbox.connect(member, 4712, person)
    found = resources(fhir(sandbox, member, "r4/Patient").json())
    assert sorted((one["name"][0]["given"][0], one["birthDate"]) for one in found) == people
    charts = [
        {
            each["id"]
            for page in walk(sandbox, member, f"r4/Patient/{one['id']}/$everything")
            for each in resources(page)
        }
        for one in found
    ]
    assert not charts[0] & charts[1]
    assert charts[0] | charts[1] == {row["id"] for row in sandbox.truth(member.id)}
    assert sorted(sandbox.user(member.id)["connections"][0]["patients"]) == sorted(one["id"] for one in found)
