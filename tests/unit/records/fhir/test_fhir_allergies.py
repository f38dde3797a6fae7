"""Allergies: the substance, the reaction, the danger, in every version's words."""

import pytest

from records.fhir.kinds import head, read
from tests.unit.records.fhir.fhir_charts import facts, row


@pytest.mark.parametrize(
    ("members", "status"),
    [
        ({"clinicalStatus": "active", "verificationStatus": "confirmed"}, "active"),
        ({"clinicalStatus": "active", "verificationStatus": "unconfirmed"}, "unconfirmed"),
        ({"clinicalStatus": "active", "verificationStatus": "refuted"}, "refuted"),
        ({"status": "confirmed"}, "active"),
        ({"status": "resolved"}, "resolved"),
        ({}, ""),
    ],
)
def test_how_an_allergy_stands_is_evened_out(members, status):
    assert head({"resourceType": "AllergyIntolerance", **members}, "DSTU2").status == status


def test_dstu2_says_danger_in_other_codes():
    assert facts("allergies/dstu2/peanut")["Danger"] == "High risk of a dangerous reaction"


def test_a_reaction_is_what_the_list_shows():
    assert row("allergies/r4/penicillin").head.value == "Hives, Swollen lips"
    assert facts("allergies/r4/penicillin")["How bad the reaction was"] == "Severe"


def test_a_reaction_only_described_is_still_shown():
    found = read({"resourceType": "AllergyIntolerance", "reaction": [{"description": "Rash"}]}, "R4")
    assert found.head.value == "Rash"


def test_a_substance_named_only_in_the_reaction_is_the_title():
    members = {"reaction": [{"substance": {"text": "Latex"}, "manifestation": [{"text": "Itch"}]}]}
    assert head({"resourceType": "AllergyIntolerance", **members}, "R4").title == "Latex"


@pytest.mark.parametrize(
    ("members", "when"),
    [
        ({"onsetDateTime": "2001", "recordedDate": "2015"}, "2001"),
        ({"onsetPeriod": {"start": "2002"}}, "2002"),
        ({"onset": "2003"}, "2003"),
        ({"assertedDate": "2004"}, "2004"),
        ({"onsetString": "as a child"}, ""),
    ],
)
def test_an_allergy_is_dated_by_when_it_began(members, when):
    assert head({"resourceType": "AllergyIntolerance", **members}, "R4").when == when
