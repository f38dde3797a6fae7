"""The invented people: who they are, what disagrees, how big a chart can be."""

import base64
import json
from collections import Counter
from datetime import UTC, datetime

import pytest

from sandbox.charts import identity
from sandbox.fhir_store import FhirStore
from sandbox.patients import big_chart, logins, population, training_samples

AT = datetime(2026, 1, 1, tzinfo=UTC)
READ_BY_THE_PRODUCT = {
    "AllergyIntolerance",
    "CarePlan",
    "Condition",
    "Device",
    "DiagnosticReport",
    "DocumentReference",
    "Encounter",
    "FamilyMemberHistory",
    "Goal",
    "Immunization",
    "MedicationRequest",
    "MedicationStatement",
    "Observation",
    "Organization",
    "Practitioner",
    "Procedure",
    "Provenance",
}


@pytest.fixture(scope="module")
def sign_ins():
    return {(login.system_id, login.username): login for login in logins()}


def resources_at(sign_ins, system_id, username="rosa"):
    (chart,) = sign_ins[system_id, username].charts
    return [json.loads(body) for body in (chart.patient, *chart.resources)]


def of_type(resources, resource_type):
    return [resource for resource in resources if resource["resourceType"] == resource_type]


def text(resource, field):
    return resource.get(field, {}).get("text", "")


def test_rosa_can_sign_in_everywhere_and_the_documented_login_is_hers(sign_ins):
    rosa = "Rosa Delgado, born 14 May 1968"
    documented = sign_ins[4706, "fhirjason"]
    assert (documented.password, documented.person) == ("epicepic1", rosa)
    assert documented.charts == sign_ins[4706, "rosa"].charts
    for system_id in (4706, 4707, 4710, 4715, 4720, 4791, 4792, 4793, 4794, 4795, 4796):
        login = sign_ins[system_id, "rosa"]
        assert (login.password, login.person) == ("rosa-demo", rosa)
        assert json.loads(login.charts[0].patient)["birthDate"] == "1968-05-14"
        assert login.charts[0].system_id == system_id


def test_no_two_sign_ins_of_a_place_share_a_user_name():
    found = [(login.system_id, login.username) for login in logins()]
    assert len(found) == len(set(found))


def test_the_people_are_the_same_for_a_seed_and_others_for_another():
    def bodies(seed):
        return [bytes(body) for login in logins(seed=seed, big=60) for body in login.charts[0].resources]

    assert bodies(3) == bodies(3)
    assert bodies(3) != bodies(4)


@pytest.mark.parametrize("system_id", [4706, 4707, 4710, 4712, 4715, 4720, 4793, 4796])
def test_every_reference_leads_to_a_resource_of_the_chart(sign_ins, system_id):
    for login in (login for (place, _), login in sign_ins.items() if place == system_id):
        for chart in login.charts:
            store = FhirStore(chart.fhir_version)
            patient = store.ingest(1, chart, at=AT)
            page = store.everything(1, patient, count=10_000)
            known = {"/".join(identity(body)) for body in page.entries}
            assert page.total == len(chart.resources) + 1 == len(known)
            assert {link for body in page.entries for link in links(json.loads(body))} <= known


def links(value):
    if isinstance(value, dict):
        for key, item in value.items():
            if key == "reference" or (key == "url" and str(item).startswith("Binary/")):
                yield item
            else:
                yield from links(item)
    elif isinstance(value, list):
        for item in value:
            yield from links(item)


def test_harbor_holds_every_kind_the_product_reads(sign_ins):
    assert {resource["resourceType"] for resource in resources_at(sign_ins, 4706)} >= READ_BY_THE_PRODUCT


def test_two_places_disagree_about_rosa(sign_ins):
    harbor, prairie = resources_at(sign_ins, 4706), resources_at(sign_ins, 4707)

    def lisinopril(chart):
        return {
            text(order, "medicationCodeableConcept").lower()
            for order in of_type(chart, "MedicationRequest")
            if order["status"] == "active" and "isinopril" in text(order, "medicationCodeableConcept")
        }

    assert [*lisinopril(harbor), *lisinopril(prairie)] == [
        "lisinopril 10 mg tablet",
        "lisinopril 20 mg oral tablet",
    ]

    def penicillin(chart):
        return [
            one["criticality"]
            for one in of_type(chart, "AllergyIntolerance")
            if "enicillin" in text(one, "code").lower()
        ]

    assert (penicillin(harbor), penicillin(prairie)) == (["high"], ["low"])
    for chart in (harbor, prairie):
        series = [one for one in of_type(chart, "Observation") if text(one, "code") == "Hemoglobin A1c"]
        assert len(series) >= 6


def test_harbor_has_the_awkward_cases(sign_ins):
    chart = resources_at(sign_ins, 4706)
    observations = of_type(chart, "Observation")
    statuses = {one["status"] for one in observations}
    assert {"final", "preliminary", "corrected", "entered-in-error", "cancelled"} <= statuses
    assert any("valueString" in one for one in observations)
    assert any("valueCodeableConcept" in one for one in observations)
    assert any(one.get("valueQuantity", {}).get("comparator") == "<" for one in observations)
    assert any(len(one.get("component", ())) == 2 for one in observations)
    assert any(one.get("interpretation") and one.get("referenceRange") for one in observations)
    assert {one["status"] for one in of_type(chart, "Encounter")} >= {"finished", "planned", "cancelled"}
    assert {one["status"] for one in of_type(chart, "Immunization")} == {"completed", "not-done"}
    assert {one["status"] for one in of_type(chart, "MedicationRequest")} >= {
        "active",
        "stopped",
        "completed",
    }
    onsets = [one.get("onsetDateTime") for one in of_type(chart, "Condition")]
    assert {None, "2019", "2014-03", "2016-08-02"} <= set(onsets)
    withdrawn = [one for one in of_type(chart, "Condition") if "clinicalStatus" not in one]
    assert [one["verificationStatus"]["coding"][0]["code"] for one in withdrawn] == ["entered-in-error"]


def test_written_numbers_keep_their_last_zero(sign_ins):
    (chart,) = sign_ins[4706, "rosa"].charts
    assert any(b'"value":7.0,' in body for body in chart.resources)


def test_a_payer_has_cover_and_claims_whose_lines_add_up(sign_ins):
    chart = resources_at(sign_ins, 4720)
    [cover] = of_type(chart, "Coverage")
    assert cover["subscriberId"]
    claims = of_type(chart, "ExplanationOfBenefit")
    assert len(claims) == 7
    for claim in claims:
        totals = amounts(claim["total"])
        assert set(totals) == {"submitted", "eligible", "benefit", "memberliability"}
        for name, total in totals.items():
            lines = [amounts(item["adjudication"])[name] for item in claim["item"]]
            assert total == pytest.approx(sum(lines))
        assert totals["eligible"] == pytest.approx(totals["benefit"] + totals["memberliability"])
        assert totals["submitted"] >= totals["eligible"]
        assert ("payment" in claim) is (totals["benefit"] > 0)


def amounts(rows):
    return {row["category"]["coding"][0]["code"]: row["amount"]["value"] for row in rows}


def test_papers_come_in_every_form_and_every_way(sign_ins):
    chart = resources_at(sign_ins, 4707)
    papers = [one["content"][0]["attachment"] for one in of_type(chart, "DocumentReference")]
    assert {one["contentType"] for one in papers} == {
        "text/html",
        "application/pdf",
        "application/rtf",
        "text/xml",
        "image/png",
        "text/plain",
    }
    assert {one.get("url", "inline").partition("Binary/")[0] for one in papers} == {"", "~/", "inline"}
    for one in (*papers, *of_type(chart, "Binary")):
        if "data" in one:
            assert base64.b64decode(one["data"], validate=True).startswith(STARTS[one["contentType"]])


STARTS = {
    "text/html": b"<!DOCTYPE html>",
    "application/pdf": b"%PDF-",
    "application/rtf": b"{\\rtf1",
    "text/xml": b"<?xml",
    "image/png": b"\x89PNG",
    "text/plain": b"PHONE",
}


def test_one_sign_in_may_send_two_patients_of_one_person_or_of_two(sign_ins):
    def people(username):
        return [
            (one["name"][0]["given"][0], one["birthDate"], one["id"])
            for one in (json.loads(chart.patient) for chart in sign_ins[4712, username].charts)
        ]

    hers, family = people("rosa"), people("rosa.family")
    assert [each[:2] for each in hers] == [("Rosa", "1968-05-14")] * 2
    assert [each[:2] for each in family] == [("Rosa", "1968-05-14"), ("Mateo", "2017-09-02")]
    assert len({each[2] for each in (*hers, *family)}) == 3


def test_a_big_chart_has_the_size_that_was_asked_for():
    chart = big_chart(1234, 7)
    store = FhirStore("r4")
    assert store.everything(1, store.ingest(1, chart, at=AT)).total == 1234


def test_a_big_chart_makes_a_page_only_when_it_is_asked_for():
    pages = big_chart(50_000, 7).resources
    assert len(pages) == 49_999
    assert pages[-1] == pages[49_998]
    assert pages[10:12] == [pages[10], pages[11]]
    with pytest.raises(IndexError):
        pages[49_999]


def test_a_chart_cut_short_refers_to_nothing_beyond_its_end():
    for count in range(5, 30):
        bodies = [json.loads(body) for body in big_chart(count, 7).resources]
        known = {f"{body['resourceType']}/{body['id']}" for body in bodies} | {
            f"Patient/{_patient_of(count)}"
        }
        assert {link for body in bodies for link in links(body)} <= known, count


def _patient_of(count):
    return json.loads(big_chart(count, 7).patient)["id"]


def test_the_population_has_the_shape_of_real_charts():
    bodies = list(population(3000, seed=5))
    kinds = Counter(identity(body)[0] for body in bodies)
    assert len({identity(body) for body in bodies}) == 3000
    assert 0.53 < kinds["Observation"] / 3000 < 0.57
    assert 1700 < sum(map(len, bodies)) / 3000 < 2300
    assert len(kinds) >= 10


def test_training_samples_are_the_same_for_a_seed_and_apart_from_the_population():
    samples = training_samples(300, seed=5)
    assert len(samples) == 300
    assert samples == training_samples(300, seed=5)
    assert not {identity(body) for body in samples} & {identity(body) for body in population(3000, seed=5)}
