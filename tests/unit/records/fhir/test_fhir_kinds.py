"""Which page a record belongs on, and the rules for lists."""

import pytest

from records.fhir.catalogue import BEHIND, BY_TYPE
from records.fhir.kinds import BY_SLUG, KINDS, head, kind_of, read, singular, untitled
from records.fhir.row import Head
from records.fhir.wording import status_words


def observation(*categories, **more):
    return {
        "resourceType": "Observation",
        "category": [{"coding": [{"code": one}]} for one in categories],
        **more,
    }


@pytest.mark.parametrize(
    ("resource", "slug"),
    [
        (observation("laboratory"), "test-results"),
        (observation("LAB"), "test-results"),
        (observation("vital-signs"), "vitals"),
        (observation("vital-sign"), "vitals"),
        (observation("Vital-Signs"), "vitals"),
        (observation("our-own-group", "laboratory"), "test-results"),
        (observation("social-history"), "observations"),
        (observation("our-own-group"), "observations"),
        (observation("", code={"coding": [{"code": "8867-4"}]}), "vitals"),
        (observation(valueQuantity={"value": 1}), "test-results"),
        (observation(specimen={"display": "Blood"}), "test-results"),
        (observation(valueString="Feels well"), "observations"),
        (observation(code={"coding": [{"code": ["8867-4"]}]}), "observations"),
        ({"resourceType": "MedicationOrder"}, "medicines"),
        ({"resourceType": "Medication"}, "other"),
        ({"resourceType": "SomethingNew"}, "other"),
        ({"resourceType": ["Condition"]}, "other"),
        ({}, "other"),
    ],
)
def test_a_record_goes_to_the_page_people_look_on(resource, slug):
    assert kind_of(resource).slug == slug


def test_one_category_sent_as_an_object_is_read_as_dstu2_meant_it():
    assert (
        kind_of({"resourceType": "Observation", "category": {"coding": [{"code": "laboratory"}]}}).slug
        == "test-results"
    )


def test_no_type_belongs_to_two_pages():
    names = [name for kind in BY_SLUG.values() for name in kind.types if name != "Observation"]
    assert len(names) == len(set(names)) == len(BY_TYPE)


def test_slugs_headings_and_purposes_are_there_and_differ():
    all_kinds = (*KINDS, BEHIND)
    assert (
        len(BY_SLUG)
        == len(all_kinds)
        == len({kind.heading for kind in all_kinds})
        == len({kind.purpose for kind in all_kinds})
    )
    assert all(kind.singular and kind.untitled and kind.icon for kind in all_kinds)


def test_what_belongs_to_another_record_is_in_no_menu():
    assert BEHIND not in KINDS
    assert kind_of({"resourceType": "Provenance"}) is BEHIND


def test_what_was_entered_in_error_is_hidden_everywhere():
    assert all("entered-in-error" in kind.hidden for kind in KINDS)


def test_nothing_is_both_hidden_and_marked():
    assert all(not kind.hidden & kind.marked for kind in KINDS)


def test_every_marked_status_has_words():
    assert [
        (kind.slug, code) for kind in KINDS for code in kind.marked if not status_words(kind.slug, code)
    ] == []


def test_the_list_and_the_page_say_the_same():
    resource = {"resourceType": "Condition", "code": {"text": "Asthma"}, "onsetDateTime": "2019-05"}
    assert head(resource, "R4") == read(resource, "R4").head
    assert (head(resource, "R4").title, head(resource, "R4").when) == ("Asthma", "2019-05")


def test_a_visit_without_a_name_is_called_what_its_class_says():
    visits, conditions = BY_SLUG["visits"], BY_SLUG["conditions"]
    assert untitled(visits, Head(category="EMER")) == "Emergency visit"
    assert untitled(visits, Head()) == "Visit without a name"
    assert untitled(conditions, Head(category="EMER")) == "Condition without a name"


def test_the_narrative_is_passed_on_for_somebody_else_to_sanitise():
    assert read({"text": {"status": "generated", "div": "<div>x</div>"}}, "R4").narrative == "<div>x</div>"
    assert read({"text": "x"}, "R4").narrative == ""


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Flag", "Warning"),
        ("QuestionnaireResponse", "Answers to a questionnaire"),
        ("Condition", "Condition"),
        ("SomethingNobodyKnows", "Something nobody knows"),
        ("", "Record"),
    ],
)
def test_one_record_is_called_what_people_call_it(name, said):
    assert singular(kind_of({"resourceType": name}), name) == said


def test_a_nameless_record_is_called_by_what_it_is():
    others = BY_SLUG["other"]
    assert untitled(others, Head(), "Communication") == "Message"
    assert untitled(others, Head(), "SomethingNobodyKnows") == "Record without a name"
