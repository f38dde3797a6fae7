"""What no reader knows is laid out as sent: labelled, bounded, without noise."""

import pytest

from records.fhir.kinds import read
from records.fhir.labels import label


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("productOrService", "Product or service"),
        ("onsetDateTime", "Onset"),
        ("effectivePeriod", "Date"),
        ("birthDate", "Born"),
        ("approvalDate", "Approval"),
        ("FamilyMemberHistory", "Family member history"),
        ("hasURLInside", "Has URL inside"),
        ("::", "Field"),
    ],
)
def test_a_field_name_becomes_words(name, shown):
    assert label(name) == shown


def shown(**members):
    facts = read({"resourceType": "Basic", "id": "noise-1", **members}, "R4").facts
    return {" > ".join((*fact.under, fact.label)): fact.value for fact in facts}


def test_ids_meta_narrative_and_identifiers_are_left_out():
    noise = {
        "meta": {"profile": ["noise-2"]},
        "text": {"div": "noise-3"},
        "identifier": [{"value": "noise-4"}],
    }
    assert shown(**noise) == {}


def test_an_extension_is_called_by_the_end_of_its_address():
    base = "http://hl7.org/fhir/StructureDefinition/"
    nested = [{"url": "kind", "valueCode": "metric"}, {"url": "since", "valueDate": "2019-05"}]
    sent = [
        {"url": f"{base}patient-mothersMaidenName", "valueString": "Ruiz"},
        {"url": f"{base}habit", "extension": nested},
    ]
    assert shown(extension=sent) == {
        "Mothers maiden name": "Ruiz",
        "Habit > Kind": "metric",
        "Habit > Since": "2019-05",
    }


def test_data_types_are_recognised_by_their_members():
    found = shown(
        a={"coding": [{"display": "Walking"}]},
        b={"reference": "Practitioner/1", "display": "Dr. Kim"},
        c={"start": "2019", "end": "2020"},
        d={"value": 5, "unit": "mg"},
        e={"value": 10, "currency": "USD"},
        f={"family": "Okafor", "given": ["N."]},
        g={"numerator": {"value": 1}, "denominator": {"value": 2}},
        h="2019-05-03",
        i=True,
        j=[1, 2],
        k={"system": "phone", "value": "555-0100"},
    )
    expected = {
        "A": "Walking",
        "B": "Dr. Kim",
        "C": "2019/2020",
        "D": "5 mg",
        "E": "$10.00",
        "F": "N. Okafor",
    }
    assert found.items() >= {**expected, "G": "1:2", "H": "2019-05-03", "I": "Yes", "J": "2"}.items()


def test_parts_are_told_apart_by_number():
    found = shown(entry=[{"item": {"text": "Bread"}}, {"item": {"text": "Milk"}}])
    assert found["Entry > 1 > Item"] == "Bread" and found["Entry > 2 > Item"] == "Milk"


def test_a_title_is_found_where_there_is_one():
    assert read({"resourceType": "Basic", "name": [{"family": "Okafor"}]}, "R4").head.title == "Okafor"
    assert read({"resourceType": "Basic", "description": "A box"}, "R4").head.title == "A box"
    assert read({"resourceType": "Basic"}, "R4").head.title == ""


def test_a_remark_that_may_turn_the_meaning_round_is_never_silent():
    assert "Attention" in shown(modifierExtension=[{"url": "x", "valueBoolean": True}])
    assert "Attention" in shown(
        modifierExtension=[{"url": "x", "extension": [{"url": "y", "valueCode": "z"}]}]
    )
    assert "Attention" not in shown(modifierExtension=[{"url": "x", "extension": [{"valueBoolean": False}]}])
    assert "Attention" not in shown()


def test_a_huge_resource_is_cut():
    facts = read({"resourceType": "Basic", **{f"field{n}": "x" for n in range(900)}}, "R4").facts
    assert len(facts) == 150
