"""Whose records a place sent, from how many places, and what a second look changes."""

import pytest

from tests.journeys.visitor import HARBOR, PRAIRIE, Come, Visitor
from tests.site import Site


def left_of(visitor: Visitor, site: Site) -> dict[str, int]:
    """How much of what a place sent is still somewhere in our tables."""
    tables = ("records_record", "records_version", "records_quarantined")
    said = "select 1 from connect_connection where said_sealed is not null and patient_id = %s"
    counts = {table: visitor.witness.of_theirs(table) for table in tables}
    return {**counts, "said": len(site.rows(said, visitor.witness.patient))}


def test_another_persons_chart_is_not_asked_about_and_not_kept(rosa: Visitor, site: Site):
    rosa.connect(HARBOR, "Helen")
    rosa.wait_until("sent someone else's name. We collected nothing under it.")
    assert set(left_of(rosa, site).values()) == {0}
    for page in (rosa.page, rosa.go("/records/"), rosa.go("/connect/places/")):
        assert "Brandt" not in page.text
    assert "Not yours" in rosa.page.text


def test_a_name_written_differently_waits_for_an_answer_and_no_deletes_it(come: Come, site: Site):
    maria = come("Rosa", "Marin")
    maria.connect(HARBOR, "Rosa")
    maria.wait_until("says about the person is not as you told us")
    assert left_of(maria, site) == {
        "records_record": 0, "records_version": 0, "records_quarantined": 0, "said": 1,
    }  # fmt: skip
    page = maria.follow("^Answer the question")
    for words in ("Whose records are these?", "Rosa Marin", "Another name", "The same"):
        assert words in page.text
    assert "Delgado" not in page.text
    maria.press("Send my answer", tick=("They are not mine",))
    assert (
        "You told us that what Harbor Teaching Hospital (demo) holds is somebody else's." in maria.page.text
    )
    assert set(left_of(maria, site).values()) == {0}


def test_yes_it_is_me_collects_what_waited(come: Come):
    maria = come("Rosa", "Marin")
    maria.connect(HARBOR, "Rosa")
    maria.wait_until("says about the person is not as you told us")
    maria.follow("^Answer the question")
    maria.press("Send my answer", tick=("These are mine",))
    maria.wait_for_records()
    assert maria.witness.difference() == {}


@pytest.mark.rota(3)
def test_two_places_a_second_look_that_writes_no_row_and_one_that_brings_what_is_new(
    rosa: Visitor, site: Site
):
    for place in (HARBOR, PRAIRIE):
        rosa.connect(place)
        rosa.wait_for_records()
    assert rosa.witness.difference() == {}
    overview = rosa.go("/records/").text
    assert "Harbor Teaching Hospital" in overview
    assert "Prairie Clinics" in overview

    before, feed = rosa.witness.row_marks(), site.rows("select xmin::text, * from records_feed")
    check(rosa)
    rosa.wait_until("Nothing new. Last checked")
    assert rosa.witness.row_marks() == before
    assert site.rows("select xmin::text, * from records_feed") == feed
    assert rosa.witness.of_theirs("records_version") == 0

    goal = {
        "resourceType": "Goal",
        "id": "new-goal",
        "lifecycleStatus": "active",
        "description": {"text": "Swim on Sundays"},
        "subject": {"reference": "Patient/rosa-delgado"},
    }
    site.sandbox.change_chart(rosa.witness.app_user, 4706, add=[goal])
    site.sandbox.tick()
    site.five_minutes_pass()
    check(rosa)
    rosa.wait_until("1 (new record|record came)")
    assert rosa.witness.difference() == {}
    assert len(set(rosa.witness.row_marks()) - set(before)) == 1
    assert "Swim on Sundays" in rosa.go("/records/goals/").text

    held = rosa.witness.row_marks()
    site.sandbox.end_source(rosa.witness.app_user, 4706, gone=True)
    site.five_minutes_pass()
    check(rosa)
    rosa.wait_until("Nothing new. Last checked")
    rosa.go("/connect/places/")
    rosa.follow(f"^{HARBOR}")
    assert "needs you to sign in again" in rosa.page.text
    assert rosa.witness.row_marks() == held
    rosa.connect(HARBOR)
    rosa.wait_until("Nothing new. Last checked")
    rosa.go("/connect/places/")
    rosa.follow(f"^{HARBOR}")
    assert "Up to date" in rosa.page.text
    assert len(rosa.witness.row_marks()) == len(held)


def check(rosa: Visitor) -> None:
    """Look for new records at the first place."""
    rosa.go("/connect/places/")
    rosa.follow(f"^{HARBOR}")
    rosa.press("Check now")
