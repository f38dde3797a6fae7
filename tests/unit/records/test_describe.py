"""`manage.py describe`: one resource as a person reads it, and the share of values that reach the page."""

import gzip
import json

import pytest
from django.core.management import CommandError, call_command

from tests.unit.records.fhir.fhir_charts import FOLDER

BENEFIT = FOLDER / "claims/r4/benefit.json"


def said(capsys, *words):
    call_command("describe", *words)
    return capsys.readouterr().out


def test_a_resource_is_told_in_lines_a_person_can_read(capsys):
    lines = said(capsys, str(BENEFIT)).splitlines()
    assert lines[:3] == ["Office visit", "============", "Claim · March 4, 2026 · Active"]
    assert "  Paid by the plan: $100.00" in lines


def test_the_facts_can_be_had_as_json(capsys):
    found = json.loads(said(capsys, str(BENEFIT), "--json"))
    assert (found["resourceType"], found["head"]["value"]) == ("ExplanationOfBenefit", "$129.50")
    assert {"label": "Insurer", "value": "Sample Health Plan", "under": [], "quiet": False} in found["facts"]


def test_resources_of_a_bundle_know_each_other_by_name(tmp_path, capsys):
    tablet = {"resourceType": "Medication", "id": "m", "code": {"text": "Amoxicillin"}}
    taken = {"resourceType": "MedicationStatement", "medicationReference": {"reference": "urn:uuid:7"}}
    entries = [{"fullUrl": "urn:uuid:7", "resource": tablet}, {"resource": taken}]
    path = tmp_path / "bundle.json.gz"
    path.write_bytes(gzip.compress(json.dumps({"resourceType": "Bundle", "entry": entries}).encode()))
    assert said(capsys, str(path), "--fhir-version", "stu3").count("Amoxicillin\n====") == 2


def test_the_report_counts_by_version_and_type_and_names_what_is_lost(tmp_path, capsys, monkeypatch):
    folder = tmp_path / "r4"
    folder.mkdir()
    sent = {"resourceType": "Condition", "code": {"text": "Asthma"}, "madeUp": "a value nobody knows"}
    (folder / "one.json").write_text(json.dumps(sent))
    assert "100.00%" in said(capsys, "--report", str(tmp_path))
    monkeypatch.setattr("records.fhir.asked.left_over", lambda *_given: [])
    _heading, condition, total = said(capsys, "--report", str(tmp_path)).splitlines()
    assert condition.split() == ["r4", "Condition", "2", "50.00%", "madeUp", "(1)"]
    assert total.split() == ["all", "2", "50.00%"]


@pytest.mark.parametrize(
    ("name", "content", "complaint"),
    [
        ("a.json", b"{}", "which FHIR version"),
        ("r4/a.json", b"not json: rosa", "no FHIR resource"),
        ("r4/a.json.gz", b"\x1f\x8bnot gzip", "cannot be read"),
    ],
)
def test_what_is_no_fhir_file_is_refused_in_a_sentence(tmp_path, name, content, complaint):
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)
    with pytest.raises(CommandError, match=complaint) as caught:
        call_command("describe", str(path))
    assert "rosa" not in str(caught.value)


def test_one_file_or_one_folder():
    with pytest.raises(CommandError, match="Name one file"):
        call_command("describe")
