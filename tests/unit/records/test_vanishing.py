"""What a complete pass did not bring any more."""

import pytest

from ground import scope
from ground.viewer import job_viewer
from records import reading, services, store
from records.models import Record
from tests import factories as make

pytestmark = pytest.mark.django_db


def passed(place, *seen: str, who: str = "rosa-1") -> int:
    """A pass that saw these ("Condition/c")."""
    with scope.open(job_viewer(place.patient_id)):
        return store.note_gone(
            patient_id=place.patient_id,
            source_id=place.pk,
            origin=make.origin(),
            upstream_patients=[who],
            seen={store.mark(*one.split("/")) for one in seen},
        )


def here(patient) -> set[str]:
    with scope.open(job_viewer(patient.pk)):
        rows = Record.objects.filter(patient=patient, removed_at=None)
        return set(rows.values_list("fhir_id", flat=True))


def test_what_was_not_seen_is_gone_and_told(rosa, lakeside):
    make.records(rosa, make.condition("a"), make.condition("b"), source=lakeside)
    viewer = make.looking(rosa)
    with scope.open(viewer):
        services.mark_seen(viewer=viewer, number=reading.upto(viewer).number)
    assert passed(lakeside, "Condition/a") == 1
    assert here(rosa) == {"a"}
    with scope.open(viewer):
        (piece,) = reading.news(viewer).pieces
        assert (piece.what, piece.is_gone, piece.line.record.fhir_id) == ("withdrawn", True, "b")
    make.records(rosa, make.condition("b"), source=lakeside)
    assert here(rosa) == {"a", "b"}
    with scope.open(viewer):
        assert reading.news(viewer).pieces[0].is_back


def test_a_second_pass_finds_nothing_more(rosa, lakeside):
    make.records(rosa, make.condition("a"), make.condition("b"), source=lakeside)
    assert [passed(lakeside, "Condition/a") for _ in range(2)] == [1, 0]


def test_a_type_that_did_not_come_at_all_stays(rosa, lakeside):
    make.records(rosa, make.condition("a"), make.observation("o"), source=lakeside)
    assert passed(lakeside, "Condition/a") == 0
    assert here(rosa) == {"a", "o"}


def test_people_and_files_stay(rosa, lakeside):
    shared = [{"resourceType": name, "id": name} for name in ("Practitioner", "Binary", "Medication")]
    more = [{"resourceType": name, "id": "2"} for name in ("Practitioner", "Binary", "Medication")]
    make.records(rosa, *shared, *more, source=lakeside)
    assert passed(lakeside, *(f"{one['resourceType']}/{one['id']}" for one in shared)) == 0


def test_another_place_and_another_chart_are_left_alone(rosa, lakeside):
    harbor = make.source(rosa, key="oneup:77", name="Harbor Health")
    make.records(rosa, make.condition("a"), source=lakeside)
    make.records(rosa, make.condition("h"), source=harbor)
    make.records(rosa, make.condition("other"), source=lakeside, upstream_patient="rosa-2")
    assert passed(lakeside, "Condition/a") == 0
    assert here(rosa) == {"a", "h", "other"}
