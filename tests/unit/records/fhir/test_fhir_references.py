"""What a referenced resource is called, and which ones a page should look up."""

import pytest

from records.fhir.references import Known, called, key, references


@pytest.mark.parametrize(
    ("reference", "found"),
    [
        ("Medication/123", "Medication/123"),
        ("https://fhir.example/r4/Medication/123", "Medication/123"),
        ("Medication/123/_history/4", "Medication/123"),
        ("urn:uuid:0aa1", "urn:uuid:0aa1"),
        ("#inside", ""),
        ("Practitioner?identifier=x|1", ""),
        ("", ""),
        (None, ""),
        (["Medication/1"], ""),
    ],
)
def test_a_key_is_the_same_for_every_way_of_addressing(reference, found):
    assert key(reference) == found


def test_the_references_own_display_comes_first():
    known = Known({}, {"Practitioner/1": "Somebody else"})
    assert known.name({"reference": "Practitioner/1", "display": "Dr. Okafor"}) == "Dr. Okafor"


def test_a_display_loses_snomeds_shelf_mark_too():
    assert Known({}, None).name({"display": "Acute bronchitis (disorder)"}) == "Acute bronchitis"


def test_a_contained_resource_is_asked_for_its_name():
    known = Known({"contained": [{"id": "p", "name": [{"family": "Okafor"}]}, 7]}, None)
    assert known.name({"reference": "#p"}) == "Okafor"
    assert known.name({"reference": "#q"}) == ""


def test_a_name_the_page_knows_is_used():
    known = Known({}, {"Medication/1": "Lisinopril 10 mg", "urn:uuid:x": "Amlodipine"})
    assert known.name({"reference": "https://fhir.example/Medication/1"}) == "Lisinopril 10 mg"
    assert (
        known.names([{"reference": "Medication/1"}, {"reference": "urn:uuid:x"}])
        == "Lisinopril 10 mg, Amlodipine"
    )
    assert known.name({"reference": {"reference": "Medication/1"}}) == "Lisinopril 10 mg"
    assert known.name({"reference": "Medication/2"}) == ""


def test_anything_can_say_what_it_is_called():
    assert called({"name": "Lakeside Clinic"}) == "Lakeside Clinic"
    assert called({"code": {"text": "Penicillin"}}) == "Penicillin"
    assert called({"name": [{"text": "Ngozi Okafor"}]}) == "Ngozi Okafor"
    assert called(7) == ""


def test_only_nameless_references_to_others_are_to_be_looked_up():
    resource = {
        "subject": {"reference": "Patient/1"},
        "requester": {"reference": "Practitioner/1"},
        "performer": [{"actor": {"reference": "Practitioner/2", "display": "Dr. Kim"}}],
        "reasonReference": [{"reference": "Condition/1"}, {"reference": "Condition/1"}, {"reference": "#c"}],
    }
    assert references(resource) == ("Practitioner/1", "Condition/1")


def test_no_more_are_looked_up_than_asked_for():
    assert len(references({"result": [{"reference": f"Observation/{n}"} for n in range(90)]}, limit=5)) == 5
