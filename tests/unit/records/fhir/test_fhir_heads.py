"""What every head has in common: labels that restrict, withdrawal, search."""

import pytest

from records.fhir.heads import build, sensitivity, withdrawn


def labelled(*labels):
    return {
        "security": [
            {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": one} for one in labels
        ]
    }


@pytest.mark.parametrize(
    ("labels", "found"),
    [(["N"], ""), (["R"], "R"), (["V"], "V"), (["N", "psy", "HIV"], "PSY"), (["DELAU"], ""), ([], "")],
)
def test_the_first_label_that_restricts_counts(labels, found):
    assert sensitivity(labelled(*labels)) == found


@pytest.mark.parametrize(
    "damage", [None, 7, {"security": 7}, {"security": {"code": "R"}}, {"security": [None, {"code": 7}]}]
)
def test_a_damaged_label_is_read_as_far_as_it_goes(damage):
    assert sensitivity(damage) in ("", "R")


@pytest.mark.parametrize(
    "resource",
    [
        {"status": "entered-in-error"},
        {"verificationStatus": "entered-in-error"},
        {"verificationStatus": {"coding": [{"code": "entered-in-error"}]}},
        {"docStatus": "entered-in-error"},
        {"status": "Entered in Error"},
    ],
)
def test_every_way_of_withdrawing_a_record_is_seen(resource):
    assert withdrawn(resource)
    assert build(resource, title="x").withdrawn


@pytest.mark.parametrize("status", ["cancelled", "error", "refuted", None, 7])
def test_what_is_not_withdrawn_stays(status):
    assert not withdrawn({"status": status})


def test_search_finds_title_other_names_and_notes():
    found = build(
        {"note": [{"text": "Worse in spring"}], "comments": "Ménière"},
        title="Asthma",
        about={"coding": [{"display": "Asthma (disorder)"}, {"display": "Reactive airway disease"}]},
    )
    assert found.search == "asthma reactive airway disease worse in spring meniere"


def test_a_text_that_is_no_date_is_not_a_date():
    assert build({}, title="x", when="last spring").when == ""
    assert build({}, title="x", when=["2019"]).when == ""
