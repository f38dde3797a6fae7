"""The International Patient Summary: readable by an independent reader, from every version, and never a
reassurance.
"""

import json
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from fhir.resources.R4B.bundle import Bundle

from ground.viewer import Viewer
from records.fhir import parsing
from records.fhir.r4 import as_r4
from records.taking import summary
from records.taking.whose import Whose
from tests import factories as make

pytestmark = pytest.mark.django_db
FIXTURES = Path(__file__).parents[2] / "data/fhir"
REQUIRED = {"48765-2", "11450-4", "10160-0"}


@pytest.fixture
def rosa():
    return make.patient(make.user())


def made(patient, viewer=None):
    """The document, held against FHIR R4B by somebody else's reader, and against its own references."""
    raw = summary.summary(viewer or make.looking(patient), Whose("Rosa Delgado", patient.birth_date))
    Bundle.model_validate_json(raw)
    told = json.loads(raw)
    urls = [entry["fullUrl"] for entry in told["entry"]]
    assert len(urls) == len(set(urls))
    named = re.findall(rb'"reference":"([^"]*)"', raw)
    assert {one.decode() for one in named} <= set(urls)
    return told


def resources(told, name):
    return [e["resource"] for e in told["entry"] if e["resource"]["resourceType"] == name]


def sections(told):
    first = told["entry"][0]["resource"]
    assert first["resourceType"] == "Composition"
    assert first["type"]["coding"][0]["code"] == "60591-5"
    return {one["code"]["coding"][0]["code"]: one for one in first["section"]}


def everything(version):
    return [json.loads(path.read_text()) for path in sorted(FIXTURES.glob(f"*/{version}/*.json"))]


@pytest.fixture
def charts(rosa):
    """All charts of all three versions, each version from a place of its own."""
    for number, version in enumerate(("DSTU2", "STU3", "R4")):
        place = make.source(rosa, key=f"oneup:{number}", name=f"Place {version}")
        make.records(rosa, *everything(version.lower()), source=place, fhir_version=version)
        make.settled(place)
    return made(rosa)


def test_charts_of_all_versions_become_one_document_that_another_reader_takes(charts):
    more = {"11369-6", "30954-2", "47519-4", "46264-8", "8716-3", "18776-5"}
    assert more | REQUIRED <= set(sections(charts))
    assert len(resources(charts, "Patient")) == 1
    assert {one["name"] for one in resources(charts, "Organization")} == {
        "Place DSTU2",
        "Place STU3",
        "Place R4",
    }
    tags = {one["meta"]["tag"][0]["display"] for one in resources(charts, "AllergyIntolerance")}
    assert tags == {"Place DSTU2", "Place R4", "Place STU3"}


def test_every_resource_is_said_to_be_from_its_place(charts):
    told = {t["reference"] for one in resources(charts, "Provenance") for t in one["target"]}
    clinical = {e["fullUrl"] for e in charts["entry"] if "tag" in e["resource"].get("meta", {})}
    assert told == clinical


def test_narratives_are_escaped_and_well_formed(rosa):
    hostile = '<script>alert(1)</script> & "quoted" \x0b ]]> </div>'
    make.records(rosa, make.condition(text=hostile), make.observation(code={"text": hostile}))
    told = made(rosa)
    texts = [e["resource"].get("text") for e in told["entry"]] + [s["text"] for s in sections(told).values()]
    divs = [text["div"] for text in texts if text]
    assert any("&lt;script&gt;" in div for div in divs)
    for div in divs:
        assert "<script" not in div
        ElementTree.fromstring(div)


def test_nothing_is_said_as_nothing_and_never_as_none_known(rosa):
    make.settled(make.source(rosa, name="Harbor Hospital"))
    found = sections(made(rosa))
    assert set(found) == REQUIRED
    for section in found.values():
        assert section["emptyReason"]["coding"][0]["code"] == "unavailable"
        assert "entry" not in section
        assert "Harbor Hospital" in section["text"]["div"]
        assert "This does not mean" in section["text"]["div"]
    assert "no known" not in json.dumps(found).lower()


def test_what_was_not_fetched_yet_is_not_called_unavailable(rosa):
    make.source(rosa)
    reasons = {one["emptyReason"]["coding"][0]["code"] for one in sections(made(rosa)).values()}
    assert reasons == {"notstarted"}


def test_only_past_conditions_are_not_called_none(rosa):
    make.records(rosa, make.condition(clinicalStatus={"coding": [{"code": "resolved"}]}))
    found = sections(made(rosa))
    assert "Past conditions" in found["11450-4"]["text"]["div"]
    assert "sent no record" not in found["11450-4"]["text"]["div"]
    assert "Asthma" in found["11348-0"]["text"]["div"]


def test_neither_withdrawn_nor_gated_nor_somebody_elses_records_are_in_it(rosa):
    error = {"coding": [{"code": "entered-in-error"}]}
    make.records(rosa, make.condition(text="Wrongly", verificationStatus=error), make.condition())
    make.records(rosa, make.condition(text="Gated"), source=make.source(rosa, key="oneup:2", gate="question"))
    make.records(make.patient(given="Ana"), make.condition(text="Ana's"))
    said = json.dumps(made(rosa))
    assert "Asthma" in said
    assert not [word for word in ("Wrongly", "Gated", "Ana's") if word in said]


def test_what_is_labelled_is_kept_from_others_than_the_patient(rosa):
    label = {"security": [{"code": "R"}]}
    make.records(rosa, make.condition(text="Private", meta=label), make.condition())
    assert "Private" in json.dumps(made(rosa))
    staff = Viewer(kind="staff", patients=(rosa.pk,), user_id=1, clinic_id=1)
    assert "Private" not in json.dumps(made(rosa, staff))


def test_the_same_record_has_the_same_address_in_every_document(rosa):
    make.records(rosa, make.condition("c-1"), make.observation("o-1"))
    first, second = made(rosa), made(rosa)
    assert [e["fullUrl"] for e in first["entry"][1:]] == [e["fullUrl"] for e in second["entry"][1:]]
    assert first["identifier"] != second["identifier"]


def test_two_people_have_two_addresses(rosa):
    mine, theirs = made(rosa), made(make.patient(given="Ana"))
    assert mine["entry"][1]["resource"]["resourceType"] == "Patient"
    assert mine["entry"][1]["fullUrl"] != theirs["entry"][1]["fullUrl"]


def test_of_each_test_the_newest_stands_in_it(rosa):
    make.records(rosa, *[make.observation(on=f"20{year}-01-01", value=year) for year in range(10, 20)])
    (observation,) = resources(made(rosa), "Observation")
    assert observation["effectiveDateTime"] == "2019-01-01"


def test_a_report_leads_to_its_results_in_the_document(rosa):
    report = {
        "resourceType": "DiagnosticReport",
        "id": "r-1",
        "status": "final",
        "code": {"text": "Panel"},
        "result": [{"reference": "Observation/o-1"}, {"reference": "Observation/gone"}],
    }
    make.records(rosa, make.observation("o-1"), report)
    told = made(rosa)
    (found,), (result,) = resources(told, "DiagnosticReport"), resources(told, "Observation")
    assert found["result"] == [{"reference": f"urn:uuid:{result['id']}"}]


@pytest.mark.parametrize(
    ("kind", "version", "name", "says"),
    [
        ("medicines", "dstu2", "inhaler", {"resourceType": "MedicationRequest", "intent": "order"}),
        ("medicines", "stu3", "not-taken", {"resourceType": "MedicationStatement", "status": "not-taken"}),
        ("vaccines", "dstu2", "refused", {"status": "not-done"}),
        ("vaccines", "stu3", "declined", {"status": "not-done"}),
        ("procedures", "dstu2", "not-performed", {"status": "not-done"}),
        ("procedures", "stu3", "not-done", {"status": "not-done"}),
    ],
)
def test_older_versions_say_the_same_in_r4(kind, version, name, says):
    resource = parsing.parse((FIXTURES / kind / version / f"{name}.json").read_bytes())
    told = as_r4(resource, "Title", "urn:uuid:x", {})
    assert {key: told[key] for key in says} == says


def test_a_value_keeps_its_digits_and_its_unit():
    resource = parsing.parse((FIXTURES / "test-results/dstu2/cholesterol.json").read_bytes())
    told = as_r4(resource, "", "urn:uuid:x", {})
    assert told["valueQuantity"] == resource["valueQuantity"]
    assert isinstance(told["interpretation"], list)


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("2019-02-30", None),
        ("2019-05-03T10:00", "2019-05-03"),
        ("2019-05-03T10:00:00Z", "2019-05-03T10:00:00Z"),
        ("last spring", None),
    ],
)
def test_a_date_is_kept_as_far_as_it_is_one(sent, kept):
    told = as_r4(make.condition(on=sent), "", "urn:uuid:x", {})
    assert told.get("onsetDateTime") == kept


def test_a_status_that_r4_does_not_know_is_not_guessed():
    told = as_r4(make.observation(status="sort-of"), "", "urn:uuid:x", {})
    assert told["status"] == "unknown"
    told = as_r4({"resourceType": "MedicationRequest", "status": "active"}, "Aspirin", "urn:uuid:x", {})
    assert "intent" not in told
    assert told["_intent"]["extension"][0]["valueCode"] == "unknown"
    assert as_r4({"resourceType": "Immunization", "status": "maybe"}, "", "urn:uuid:x", {}) is None


def test_what_must_not_be_taken_is_not_told_as_a_prescription(rosa):
    no = {"resourceType": "MedicationRequest", "status": "active", "intent": "order", "doNotPerform": True}
    told = as_r4(no, "Ibuprofen", "urn:uuid:x", {})
    assert (told["doNotPerform"], told["status"]) == (True, "active")
    turning = [{"url": "http://example.org/never", "valueBoolean": True}]
    for hidden in ({"modifierExtension": turning}, {"dosageInstruction": [{"modifierExtension": turning}]}):
        assert as_r4({**no, **hidden}, "Ibuprofen", "urn:uuid:x", {}) is None
    make.records(rosa, {**no, "id": "m-1", "modifierExtension": turning})
    section = sections(made(rosa))["10160-0"]
    assert "entry" not in section
    assert "told in words" in section["emptyReason"]["text"]


def test_the_file_asks_for_the_password_and_is_fhir(client, rosa):
    make.records(rosa, make.condition())
    client.force_login(rosa.holdings.get().user)
    where = "/records/take/summary.json"
    assert where in client.get("/records/take/").content.decode()
    asked = client.get(where)
    client.post(asked.url, {"password": make.PASSWORD})
    answer = client.get(where)
    assert answer["Content-Type"] == "application/fhir+json"
    assert answer["Content-Disposition"].startswith('attachment; filename="patient-summary-20')
    Bundle.model_validate_json(answer.content)
