"""Vaccines, visits, procedures, reports, documents, plans, money, people: what each must not get wrong."""

import pytest

from records.fhir.kinds import head, read
from tests.unit.records.fhir.fhir_charts import facts, row


def said(resource, label):
    return [fact.value for fact in read(resource, "R4").facts if fact.label == label]


@pytest.mark.parametrize("members", [{"status": "not-done"}, {"notGiven": True}, {"wasNotGiven": True}])
def test_a_vaccine_that_was_not_given_never_reads_as_given(members):
    resource = {"resourceType": "Immunization", "status": "completed", **members}
    assert head(resource, "STU3").status == "not-done"
    assert said(resource, "Status") == ["Not given"]


def test_who_ordered_a_vaccine_did_not_give_it():
    assert facts("vaccines/r4/influenza")["Given by"] == "Nurse Kim"


@pytest.mark.parametrize("sent", [{"code": "AMB"}, "ambulatory", [{"coding": [{"code": "AMB"}]}]])
def test_the_class_of_a_visit_is_known_in_every_version(sent):
    assert said({"resourceType": "Encounter", "class": sent}, "Kind of visit") == ["Office or clinic visit"]


def test_a_class_we_do_not_know_is_shown_as_sent():
    resource = {"resourceType": "Encounter", "class": {"code": "XX", "display": "Mobile unit"}}
    assert said(resource, "Kind of visit") == ["Mobile unit"]
    assert head(resource, "R4").title == "Mobile unit"


def test_a_visit_is_named_by_its_reason_when_it_has_no_type():
    assert head({"resourceType": "Encounter", "reasonCode": [{"text": "Cough"}]}, "R4").title == "Cough"


def test_a_procedure_that_was_not_done_says_so_and_why():
    found = facts("procedures/stu3/not-done")
    assert (found["Status"], found["Why it was not done"]) == ("Not done", "Fever")


def test_a_report_names_its_results_and_reads_those_inside_it():
    total, hdl = row("reports/r4/lipids").results
    assert (total.name, total.target) == ("Total cholesterol", "Observation/chol")
    assert (hdl.name, hdl.value, hdl.target) == ("HDL", "55 mg/dL", "")


def test_a_scan_without_a_name_is_called_what_was_pictured():
    series = [{"modality": {"code": "US", "display": "Ultrasound"}, "bodySite": {"display": "chest"}}]
    assert head({"resourceType": "ImagingStudy", "series": series}, "R4").title == "Ultrasound, chest"


def test_a_document_is_named_by_its_type_and_not_by_its_file():
    found = row("documents/r4/discharge").head
    assert (found.title, found.value) == ("Discharge summary", "DS_0001.pdf")


@pytest.mark.parametrize(
    ("members", "status"),
    [
        ({"status": "current", "docStatus": "final"}, "current"),
        ({"status": "current", "docStatus": "preliminary"}, "preliminary"),
        ({"status": "superseded", "docStatus": "preliminary"}, "superseded"),
        ({"status": "current", "docStatus": "entered-in-error"}, "entered-in-error"),
    ],
)
def test_a_documents_own_state_counts_when_it_says_more(members, status):
    assert head({"resourceType": "DocumentReference", **members}, "R4").status == status


def test_an_order_is_named_dated_and_addressed():
    found = row("care-plans/r4/referral").head
    assert (found.title, found.when) == ("Referral to eye clinic", "2026-04")
    assert facts("care-plans/r4/referral")["Sent to"] == "Northside Eye Clinic"


def test_a_goal_shows_what_is_to_be_reached():
    assert row("goals/r4/walk").head.value == "Hemoglobin A1c ≤ 7 %"
    assert head({"resourceType": "Goal", "status": "in-progress"}, "DSTU2").status == "active"


def test_the_total_of_a_bill_is_what_was_submitted():
    assert row("claims/r4/benefit").head.value == "$129.50"
    assert head({"resourceType": "Claim", "total": {"value": 100, "code": "USD"}}, "STU3").value == "$100.00"
    assert head({"resourceType": "ExplanationOfBenefit", "total": []}, "R4").value == ""


def test_a_card_has_payer_plan_and_number():
    found = facts("coverage/r4/plan")
    assert (found["Payer"], found["Plan"], found["Member number"]) == (
        "Sample Health Plan",
        "Gold PPO",
        "MEM-0001",
    )


def test_a_patient_is_called_by_the_official_name():
    assert row("people-and-places/r4/rosa").head.title == "Rosa María Delgado"
    assert facts("people-and-places/r4/rosa")["Ethnicity"] == "Hispanic or Latino"


def test_alive_is_not_something_a_page_says():
    assert said({"resourceType": "Patient", "deceasedBoolean": False}, "Died") == []
    assert said({"resourceType": "Patient", "deceasedBoolean": True}, "Died") == ["Yes"]


def test_a_role_is_called_by_its_person():
    role = {
        "resourceType": "PractitionerRole",
        "practitioner": {"display": "Dr. Kim"},
        "organization": {"display": "X"},
    }
    assert head(role, "R4").title == "Dr. Kim"
