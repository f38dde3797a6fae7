"""Ingestion, FHIR reads and audit events behave as docs/oneup.md says."""

import hashlib
import json
from datetime import UTC, datetime, timedelta

import pytest

from tests.sandbox_process import OTHER_CLIENT_ID, OTHER_CLIENT_SECRET

SERVERS_OWN = ("versionId", "lastUpdated", "source")


def fhir(sandbox, member, path, **params):
    return sandbox.http.get(f"{sandbox.api}/{path}", params=params, headers=member.bearer, timeout=30)


def resources(bundle):
    return [entry["resource"] for entry in bundle.get("entry", [])]


def patient(sandbox, member, version="r4"):
    [found] = resources(fhir(sandbox, member, f"{version}/Patient").json())
    return found["id"]


def walk(sandbox, member, path, **params):
    """All pages of a bundle, following next as it stands."""
    pages = [fhir(sandbox, member, path, **params).json()]
    while following := [link["url"] for link in pages[-1]["link"] if link["relation"] == "next"]:
        pages.append(sandbox.http.get(following[0], headers=member.bearer, timeout=30).json())
    return pages


def events(sandbox, member, **params):
    headers = {**sandbox.credentials, "x-oneup-user-id": str(member.id)}
    return sandbox.http.get(f"{sandbox.api}/r4/AuditEvent", params={"_count": 100, **params}, headers=headers)


def codes(reply):
    return [event["subtype"][0]["code"] for event in resources(reply.json())]


def test_nothing_is_visible_before_the_pass_ends(sandbox, member):
    sandbox.agree(sandbox.depart(member, 4706))
    assert fhir(sandbox, member, "r4/Patient").json()["total"] == 0
    assert sandbox.tick() == 1
    assert fhir(sandbox, member, "r4/Patient").json()["total"] == 1


def test_audit_events_tell_the_story_in_order(sandbox, member):
    sandbox.http.post(f"{sandbox.search}/api/search", headers=member.bearer)
    sandbox.connect(member)
    assert codes(events(sandbox, member)) == [
        "system-search-results",
        "system-selected",
        "member-authorization",
        "data-transfer-initiated",
        "member-data-ingestion-completed",
    ]


def test_an_audit_event_names_user_place_and_version(sandbox, member):
    sandbox.connect(member)
    [event] = resources(events(sandbox, member, subtype="data-transfer-initiated").json())
    requestor, custodian = event["agent"]
    assert requestor["name"] == f"1up-user-{member.id}"
    assert custodian["type"]["coding"][0]["code"] == "CST"
    assert (custodian["name"], custodian["altId"]) == ("Harbor Teaching Hospital (demo)", "4706")
    assert event["entity"][0]["detail"] == [{"type": "fhir_version", "valueString": "r4"}]


def test_audit_events_are_filtered_as_production_clients_do(sandbox, member):
    before = datetime.now(UTC) - timedelta(minutes=1)
    sandbox.connect(member)
    asked = {
        "subtype": "data-transfer-initiated,member-data-ingestion-completed",
        "agent-name:contains": f"1up-user-{member.id}",
        "recorded": f"ge{before.isoformat()}",
    }
    assert len(codes(events(sandbox, member, **asked))) == 2
    asked["recorded"] = "ge2100-01-01T00:00:00Z"
    assert codes(events(sandbox, member, **asked)) == []


def test_audit_events_come_in_pages(sandbox, member):
    sandbox.connect(member)
    first = events(sandbox, member, _count=3).json()
    assert (first["total"], len(first["entry"])) == (4, 3)
    following = next(link["url"] for link in first["link"] if link["relation"] == "next")
    headers = {**sandbox.credentials, "x-oneup-user-id": str(member.id)}
    assert len(sandbox.http.get(following, headers=headers).json()["entry"]) == 1


def test_every_resource_comes_once_in_order_of_type(sandbox, member):
    sandbox.connect(member)
    pages = walk(sandbox, member, f"r4/Patient/{patient(sandbox, member)}/$everything", _count=7)
    served = [(each["resourceType"], each["id"]) for page in pages for each in resources(page)]
    assert served == sorted(set(served))
    assert {page["total"] for page in pages} == {len(served)}
    assert {(row["type"], row["id"]) for row in sandbox.truth(member.id)} == set(served)


def test_what_is_served_has_the_digest_the_truth_says(sandbox, member):
    sandbox.connect(member)
    reply = fhir(sandbox, member, f"r4/Patient/{patient(sandbox, member)}/$everything", _count=100)
    truth = {row["id"]: row["sha256"] for row in sandbox.truth(member.id)}
    plain = reply.text
    for served in resources(reply.json()):
        assert f'"id":"{served["id"]}"' in plain
        own = {k: v for k, v in served.get("meta", {}).items() if k not in SERVERS_OWN}
        bare = {k: v for k, v in served.items() if k != "meta"}
        head = {k: bare.pop(k) for k in ("resourceType", "id")}
        text = json.dumps(
            {**head, **({"meta": own} if own else {}), **bare}, separators=(",", ":"), ensure_ascii=False
        )
        if not any(isinstance(value, float) for value in _leaves(served)):
            assert hashlib.sha256(text.encode()).hexdigest() == truth[served["id"]]


def _leaves(value):
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for each in value:
            yield from _leaves(each)
    else:
        yield value


def test_ten_a_page_unless_asked_and_never_over_a_hundred(sandbox, member):
    sandbox.connect(member)
    path = f"r4/Patient/{patient(sandbox, member)}/$everything"
    assert len(fhir(sandbox, member, path).json()["entry"]) == 10
    for bad in ({"_count": 101}, {"_count": 0}, {"_count": "x"}, {"_skip": 9991}):
        reply = fhir(sandbox, member, path, **bad)
        assert (reply.status_code, reply.json()["resourceType"]) == (400, "OperationOutcome")


def test_links_are_absolute_and_carry_an_opaque_cursor(sandbox, member):
    sandbox.connect(member)
    page = fhir(sandbox, member, f"fhir/r4/Patient/{patient(sandbox, member)}/$everything", _count=5).json()
    following = next(link["url"] for link in page["link"] if link["relation"] == "next")
    assert following.startswith(f"{sandbox.api}/r4/Patient/")
    assert "_after=" in following
    assert "_count=5" in following


def test_types_and_since_narrow_the_whole_chart(sandbox, member):
    sandbox.connect(member)
    path = f"r4/Patient/{patient(sandbox, member)}/$everything"
    pages = walk(sandbox, member, path, _type="Condition,Patient", _count=2)
    assert {each["resourceType"] for page in pages for each in resources(page)} == {"Condition", "Patient"}
    assert fhir(sandbox, member, path, _since="2100-01-01").json()["total"] == 0
    assert fhir(sandbox, member, path, _since="yesterday").status_code == 400


def test_a_chart_can_be_narrowed_to_days_and_what_has_no_date_stays(sandbox, member):
    sandbox.connect(member)
    path = f"r4/Patient/{patient(sandbox, member)}/$everything"

    def kinds(**params):
        found = [
            each for page in walk(sandbox, member, path, _count=100, **params) for each in resources(page)
        ]
        return found, {each["resourceType"] for each in found}

    whole, _kinds = kinds()
    late, names = kinds(start="2026-01-01")
    assert {"Patient", "Practitioner", "Observation"} <= names
    assert 0 < len(late) < len(whole)
    days = [each["effectiveDateTime"] for each in late if "effectiveDateTime" in each]
    assert min(days) >= "2026"
    early, _kinds = kinds(end="2025-12-31")
    dated = {each["id"] for each in late} & {each["id"] for each in early}
    assert {each["resourceType"] for each in late if each["id"] in dated} >= {"Patient"}
    assert {each["id"] for each in late} | {each["id"] for each in early} == {each["id"] for each in whole}
    assert fhir(sandbox, member, path, start="soon").status_code == 400


def test_a_chart_can_be_begun_further_on(sandbox, member):
    sandbox.connect(member, 4710)
    path = f"dstu2/Patient/{patient(sandbox, member, 'dstu2')}/$everything"
    whole = [each["id"] for each in resources(fhir(sandbox, member, path, _count=100).json())]
    assert [each["id"] for each in resources(fhir(sandbox, member, path, _skip=4).json())] == whole[4:14]
    for narrowed in ({"_type": "Patient"}, {"_since": "2020"}, {"start": "2020"}):
        assert fhir(sandbox, member, path, **narrowed).status_code == 400


def test_a_changed_chart_shows_after_the_next_pass_and_only_the_change_is_new(sandbox, member):
    sandbox.connect(member)
    path = f"r4/Patient/{patient(sandbox, member)}/$everything"
    before = fhir(sandbox, member, path).json()["total"]
    sandbox.clock(60)
    since = sandbox.control("GET", "clock")["now"]
    added = {"resourceType": "Condition", "id": "newly-found", "code": {"text": "Hay fever"}}
    sandbox.change_chart(member.id, 4706, add=[added])
    assert fhir(sandbox, member, path).json()["total"] == before
    sandbox.tick()
    assert fhir(sandbox, member, path).json()["total"] == before + 1
    [only] = resources(fhir(sandbox, member, path, _since=since).json())
    assert only["code"] == {"text": "Hay fever"}


def test_a_second_pass_changes_nothing(sandbox, member):
    sandbox.connect(member)
    path = f"r4/Patient/{patient(sandbox, member)}/$everything"
    before = fhir(sandbox, member, path).content
    sandbox.clock(600)
    sandbox.tick()
    assert fhir(sandbox, member, path).content == before


def test_the_source_is_named_on_r4_resources(sandbox, member):
    sandbox.connect(member)
    for each in resources(fhir(sandbox, member, "r4/Patient").json()):
        assert each["meta"]["source"] == "1up-external-system:4706"
        assert each["meta"]["versionId"] == "9000000000000"


def test_each_version_has_its_own_store(sandbox, member):
    sandbox.connect(member)
    assert fhir(sandbox, member, "dstu2/Patient").json()["total"] == 0
    assert fhir(sandbox, member, "r5/Patient").status_code == 404


def test_one_resource_can_be_read(sandbox, member):
    sandbox.connect(member)
    number = patient(sandbox, member)
    assert fhir(sandbox, member, f"r4/Patient/{number}").json()["id"] == number
    missing = fhir(sandbox, member, "r4/Patient/nobody")
    assert (missing.status_code, missing.json()["resourceType"]) == (404, "OperationOutcome")
    assert fhir(sandbox, member, "r4/Patient/nobody/$everything").status_code == 404


def test_a_user_sees_only_what_is_its_own(sandbox, member):
    sandbox.connect(member)
    number = patient(sandbox, member)
    stranger = sandbox.member("stranger")
    assert fhir(sandbox, stranger, "r4/Patient").json()["total"] == 0
    assert fhir(sandbox, stranger, f"r4/Patient/{number}").status_code == 404
    assert fhir(sandbox, stranger, f"r4/Patient/{number}/$everything").status_code == 404
    assert codes(events(sandbox, stranger)) == []


def test_an_app_reads_its_own_users_by_number_or_all_at_once(sandbox, member):
    sandbox.connect(member)
    ask = f"{sandbox.api}/r4/Patient"
    for acting_for in (str(member.id), "client"):
        headers = {**sandbox.credentials, "x-oneup-user-id": acting_for}
        assert sandbox.http.get(ask, headers=headers).json()["total"] == 1
        assert sandbox.ledger()[-1]["acting_for"] == ("client" if acting_for == "client" else "user")


def test_another_app_is_forbidden_to_act_for_our_users(sandbox, member):
    sandbox.connect(member)
    other = {"client_id": OTHER_CLIENT_ID, "client_secret": OTHER_CLIENT_SECRET}
    ask = f"{sandbox.api}/r4/Patient"
    forbidden = sandbox.http.get(ask, headers={**other, "x-oneup-user-id": str(member.id)})
    assert (forbidden.status_code, forbidden.json()) == (403, {"message": "Forbidden"})
    assert sandbox.http.get(ask, headers={**other, "x-oneup-user-id": "client"}).json()["total"] == 0


@pytest.mark.parametrize(
    "headers", [{}, {"Authorization": "Bearer nonsense"}, {"Authorization": "Basic eA=="}]
)
def test_strangers_are_unauthorised(sandbox, headers):
    reply = sandbox.http.get(f"{sandbox.api}/r4/Patient", headers=headers)
    assert (reply.status_code, reply.json()) == (401, {"message": "Unauthorized"})


def test_an_unknown_parameter_is_refused(sandbox, member):
    assert fhir(sandbox, member, "r4/Patient", nmae="x").status_code == 400


def test_an_empty_search_may_lack_its_entry(sandbox, member):
    assert fhir(sandbox, member, "r4/Patient").json()["entry"] == []
    sandbox.switch(empty_search="absent")
    assert "entry" not in fhir(sandbox, member, "r4/Patient").json()


def test_a_next_link_may_be_missing(sandbox, member):
    sandbox.connect(member)
    sandbox.switch(next_link="missing")
    assert len(walk(sandbox, member, f"r4/Patient/{patient(sandbox, member)}/$everything")) == 1


def test_a_place_may_refuse_a_kind_and_says_so(sandbox, member):
    sandbox.switch(refused_types={"4706": ["Observation"]})
    sandbox.connect(member)
    assert "Observation" not in {row["type"] for row in sandbox.truth(member.id)}
    [refusal] = resources(events(sandbox, member, subtype="resource-retrieval-failure").json())
    assert refusal["outcome"] == "8"
    assert {"type": "resource_type", "valueString": "Observation"} in refusal["entity"][0]["detail"]


def test_the_slow_place_takes_its_time(sandbox, member):
    sandbox.connect(member, 4793)
    assert codes(events(sandbox, member))[-1] == "data-transfer-initiated"
    sandbox.clock(3601)
    sandbox.tick()
    assert codes(events(sandbox, member))[-1] == "member-data-ingestion-completed"


def test_an_import_that_times_out_leaves_half_a_chart(sandbox, member):
    sandbox.connect(member, 4794)
    assert codes(events(sandbox, member))[-1] == "member-data-ingestion-timeout"
    assert sandbox.truth(member.id)
    assert sandbox.user(member.id)["connections"][0]["status"] == "timed-out"


def test_a_pass_comes_by_itself(sandbox):
    from tests.sandbox_process import start_sandbox

    with start_sandbox(tick=0.1) as quick:
        member = quick.member()
        quick.agree(quick.depart(member, 4706))
        quick.clock(0.2)
        assert fhir(quick, member, "r4/Patient").json()["total"] == 1
