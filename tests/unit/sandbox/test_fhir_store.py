"""What was ingested is served: ids, versions, pages."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from sandbox.charts import Chart, digest, dump, identity
from sandbox.fhir_search import BadParameter, Narrowing
from sandbox.fhir_store import FhirStore, Gone, NotFound

AT = datetime(2026, 3, 4, 10, 15, 0, 120_999, tzinfo=UTC)
LATER = AT + timedelta(days=1)


def a_chart(*extra, system_id=4706, version="r4", dose="10 mg", patient="p"):
    resources = [
        {"resourceType": "Practitioner", "id": "doc"},
        {
            "resourceType": "MedicationRequest",
            "id": "m",
            "meta": {"tag": [{"code": "own"}]},
            "subject": {"reference": f"Patient/{patient}"},
            "requester": {"reference": "Practitioner/doc", "display": "Practitioner/doc"},
            "encounter": {"reference": "Encounter/elsewhere"},
            "dose": dose,
        },
        *extra,
    ]
    person = {"resourceType": "Patient", "id": patient, "birthDate": "1968-05-14"}
    return Chart(system_id, version, dump(person), [dump(resource) for resource in resources])


def all_of(store, user, patient_id, **more):
    return [json.loads(body) for body in store.everything(user, patient_id, count=1000, **more).entries]


def test_everything_comes_in_alphabetical_order_and_each_resource_once():
    store = FhirStore("r4")
    notes = [{"resourceType": "Observation", "id": f"o{number}"} for number in range(23)]
    patient = store.ingest(1, a_chart(*notes), at=AT)
    seen, cursor, totals = [], None, set()
    while True:
        page = store.everything(1, patient, count=4, after=cursor)
        assert len(page.entries) <= 4
        seen += [identity(body) for body in page.entries]
        totals.add(page.total)
        cursor = page.next_cursor
        if cursor is None:
            break
    assert totals == {26}
    assert len(seen) == len(set(seen)) == 26
    assert seen == sorted(seen)


def test_the_last_page_has_no_cursor_even_when_it_is_full():
    store = FhirStore("r4")
    patient = store.ingest(1, a_chart(), at=AT)
    page = store.everything(1, patient, count=3)
    assert (len(page.entries), page.next_cursor) == (3, None)


def test_references_inside_the_chart_follow_the_minted_ids_and_others_stay():
    store = FhirStore("r4")
    patient = store.ingest(1, a_chart(), at=AT)
    order, _, doctor = all_of(store, 1, patient)
    assert order["subject"] == {"reference": f"Patient/{patient}"}
    assert order["requester"] == {"reference": f"Practitioner/{doctor['id']}", "display": "Practitioner/doc"}
    assert order["encounter"] == {"reference": "Encounter/elsewhere"}


def test_a_fresh_resource_carries_the_servers_meta_beside_its_own():
    store = FhirStore("r4")
    patient = store.ingest(1, a_chart(), at=AT)
    assert all_of(store, 1, patient)[0]["meta"] == {
        "versionId": "9000000000000",
        "lastUpdated": "2026-03-04T10:15:00.120Z",
        "source": "1up-external-system:4706",
        "tag": [{"code": "own"}],
    }


@pytest.mark.parametrize(("version", "named"), [("r4", True), ("stu3", True), ("dstu2", False)])
def test_dstu2_has_no_source_in_its_meta(version, named):
    store = FhirStore(version)
    patient = store.ingest(1, a_chart(version=version), at=AT)
    assert all(("source" in found["meta"]) is named for found in all_of(store, 1, patient))


def test_ids_are_the_same_in_another_process_and_differ_between_users_and_places():
    first, again = FhirStore("r4"), FhirStore("r4")
    first.ingest(1, a_chart(), at=AT)
    again.ingest(1, a_chart(), at=LATER)
    assert [truth.id for truth in first.truth(1)] == [truth.id for truth in again.truth(1)]
    first.ingest(2, a_chart(), at=AT)
    first.ingest(1, a_chart(system_id=4707), at=AT)
    first.ingest(1, a_chart(patient="q"), at=AT)
    ids = [truth.id for user in (1, 2) for truth in first.truth(user)]
    assert len(ids) == len(set(ids)) == 12


def test_an_equal_chart_again_changes_no_byte():
    store = FhirStore("r4")
    patient = store.ingest(1, a_chart(), at=AT)
    before = store.everything(1, patient, count=10)
    assert store.ingest(1, a_chart(), at=LATER) == patient
    assert store.everything(1, patient, count=10) == before


def test_only_what_changed_gets_a_new_version_and_time():
    store = FhirStore("r4")
    patient = store.ingest(1, a_chart(), at=AT)
    store.ingest(1, a_chart(dose="20 mg"), at=LATER)
    versions = {found["resourceType"]: found["meta"]["versionId"] for found in all_of(store, 1, patient)}
    assert versions == {
        "MedicationRequest": "9000000000001",
        "Patient": "9000000000000",
        "Practitioner": "9000000000000",
    }
    (changed,) = all_of(store, 1, patient, by=Narrowing(since="2026-03-05"))
    assert (changed["dose"], changed["meta"]["lastUpdated"]) == ("20 mg", "2026-03-05T10:15:00.120Z")


def test_what_left_the_chart_is_gone_and_counts_on_when_it_returns():
    store = FhirStore("r4")
    note = {"resourceType": "Observation", "id": "o"}
    patient = store.ingest(1, a_chart(note), at=AT)
    identifier = next(truth.id for truth in store.truth(1) if truth.resource_type == "Observation")
    store.ingest(1, a_chart(), at=LATER)
    assert store.everything(1, patient).total == 3
    with pytest.raises(Gone):
        store.read(1, "Observation", identifier)
    store.ingest(1, a_chart(note), at=LATER)
    assert json.loads(store.read(1, "Observation", identifier))["meta"]["versionId"] == "9000000000001"


def test_a_cursor_stays_true_when_resources_come_and_go_between_two_pages():
    store = FhirStore("r4")
    notes = [{"resourceType": "Observation", "id": f"o{number}"} for number in range(6)]
    patient = store.ingest(1, a_chart(*notes), at=AT)
    first = store.everything(1, patient, count=5)
    store.ingest(1, a_chart(*notes[1:], {"resourceType": "Account", "id": "new"}), at=LATER)
    rest = store.everything(1, patient, count=100, after=first.next_cursor)
    seen = {identity(body) for body in [*first.entries, *rest.entries]}
    still = {(t.resource_type, t.id) for t in store.truth(1) if t.resource_type != "Account"}
    assert still <= seen


def test_a_user_sees_nothing_of_another():
    store = FhirStore("r4")
    patient = store.ingest(1, a_chart(), at=AT)
    with pytest.raises(NotFound):
        store.read(2, "Patient", patient)
    with pytest.raises(NotFound):
        store.everything(2, patient)
    assert store.search(2, "Patient").total == 0
    assert list(store.truth(2)) == []
    assert store.patients(2) == []


def of_types(*names):
    return Narrowing(types=frozenset(names))


def test_types_select():
    store = FhirStore("r4")
    patient = store.ingest(1, a_chart(), at=AT)
    page = store.everything(1, patient, by=of_types("Practitioner", "MedicationRequest", "Unheard"))
    assert [identity(body)[0] for body in page.entries] == ["MedicationRequest", "Practitioner"]
    assert store.everything(1, patient, by=of_types("Pract")).total == 0


@pytest.mark.parametrize(
    ("since", "left"),
    [
        ("2026-03-04T10:15:00.120Z", 3),
        ("2026-03-04T10:15:00.121Z", 0),
        ("2026-03-04T11:15:00.120+01:00", 3),
        ("2026-03-04T11:15:00.120 01:00", 3),  # a plus, unquoted
        ("2026", 3),
    ],
)
def test_since_is_a_moment_that_counts_itself(since, left):
    store = FhirStore("r4")
    patient = store.ingest(1, a_chart(), at=AT)
    assert store.everything(1, patient, by=Narrowing(since=since)).total == left


def test_patients_of_a_user_are_one_for_each_chart():
    store = FhirStore("r4")
    first = store.ingest(1, a_chart(), at=AT)
    second = store.ingest(1, a_chart(system_id=4707), at=AT)
    held = store.patients(1)
    assert {(patient.patient_id, patient.system_id) for patient in held} == {(first, 4706), (second, 4707)}
    assert [patient.patient_id for patient in store.patients(1, system_id=4707)] == [second]
    assert store.search(1, "Patient").total == 2


def test_search_by_id_and_time_and_page_by_page():
    store = FhirStore("r4")
    notes = [{"resourceType": "Observation", "id": f"o{number}"} for number in range(5)]
    store.ingest(1, a_chart(*notes), at=AT)
    found = store.search(1, "Observation", count=3)
    more = store.search(1, "Observation", count=3, after=found.next_cursor)
    assert (found.total, len(found.entries), len(more.entries), more.next_cursor) == (5, 3, 2, None)
    assert store.search(1, "Observation", count=3, skip=3).entries == more.entries
    one = identity(found.entries[1])[1]
    assert store.search(1, "Observation", parameters=[("_id", f"{one},nobody")]).entries == found.entries[1:2]
    assert store.search(1, "Observation", parameters=[("_lastUpdated", "gt2026-03-04")]).total == 0
    assert store.search(1, "Observation", parameters=[("_lastUpdated", "2026-03")]).total == 5


@pytest.mark.parametrize(
    "parameters", [[("_lastUpdated", "soon")], [("_lastUpdated", "2026-13")], [("colour", "red")]]
)
def test_a_parameter_nobody_can_read_is_refused(parameters):
    with pytest.raises(BadParameter):
        FhirStore("r4").search(1, "Patient", parameters=parameters)


@pytest.mark.parametrize("cursor", ["x", "!!!", "bnVsbA", "WzFd", "Å"])
def test_a_cursor_of_somebody_else_is_refused(cursor):
    store = FhirStore("r4")
    patient = store.ingest(1, a_chart(), at=AT)
    with pytest.raises(BadParameter):
        store.everything(1, patient, after=cursor)


def test_truth_says_the_digest_of_what_is_served():
    store = FhirStore("r4")
    patient = store.ingest(1, a_chart(), at=AT)
    served = store.everything(1, patient, count=10).entries
    assert [truth.digest for truth in store.truth(1)] == [digest(body) for body in served]
    assert {truth.fhir_version for truth in store.truth(1)} == {"r4"}


def test_forgetting_takes_one_chart_or_all_of_a_user():
    store = FhirStore("r4")
    patient = store.ingest(1, a_chart(), at=AT)
    store.ingest(1, a_chart(system_id=4707), at=AT)
    store.ingest(2, a_chart(), at=AT)
    assert store.forget(1, patient) == 3
    assert store.forget(1, patient) == 0
    assert store.forget(1) == 3
    assert store.search(2, "Patient").total == 1
    store.ingest(1, a_chart(), at=LATER)
    assert json.loads(store.read(1, "Patient", patient))["meta"]["versionId"] == "9000000000000"


def test_a_chart_that_does_not_fit_is_refused_and_leaves_the_store_as_it_was():
    store = FhirStore("r4")
    patient = store.ingest(1, a_chart(), at=AT)
    with pytest.raises(ValueError, match="does not fit"):
        store.ingest(1, a_chart(version="stu3"), at=AT)
    with pytest.raises(ValueError, match="same type and id"):
        store.ingest(1, a_chart({"resourceType": "Practitioner", "id": "doc"}), at=AT)
    with pytest.raises(ValueError, match="zone"):
        store.ingest(1, a_chart(), at=datetime(2026, 1, 1))
    assert store.everything(1, patient).total == 3
