"""Conditions: how it stands, how sure, and since when as precisely as recorded."""

import pytest

from records.fhir.kinds import head
from tests.unit.records.fhir.fhir_charts import facts, row


@pytest.mark.parametrize(
    ("clinical", "verified", "status"),
    [
        ("active", "confirmed", "active"),
        ("active", "refuted", "refuted"),
        ("active", "provisional", "provisional"),
        ("active", "unconfirmed", "unconfirmed"),
        ("resolved", None, "resolved"),
        (None, "confirmed", ""),
        (None, None, ""),
    ],
)
def test_a_condition_the_source_is_not_sure_of_is_not_shown_as_simply_active(clinical, verified, status):
    found = head(
        {"resourceType": "Condition", "clinicalStatus": clinical, "verificationStatus": verified}, "STU3"
    )
    assert found.status == status


def test_a_condition_keeps_the_precision_it_was_recorded_with():
    assert row("conditions/r4/asthma").head.when == "2019-05"
    assert facts("conditions/r4/asthma")["Began"] == "2019-05"


def test_an_age_is_kept_as_an_age_and_not_made_a_date():
    assert facts("conditions/dstu2/migraine")["Age when it began"] == "17 years"
    assert row("conditions/dstu2/migraine").head.when == "2011-03-04"


def test_a_page_never_says_both_active_and_ruled_out():
    assert "Status" not in facts("conditions/r4/ruled-out")
    assert facts("conditions/r4/ruled-out")["How sure"] == "Ruled out"


def test_a_condition_entered_in_error_is_withdrawn():
    assert row("conditions/r4/in-error").head.withdrawn
    assert not row("conditions/r4/ruled-out").head.withdrawn
