"""FHIR's data types in words: text before display, meaning before code."""

import pytest

from records.fhir.elements import (
    address,
    all_words,
    at,
    choice,
    code_words,
    codings,
    contacts,
    first_code,
    human_name,
    items,
    status_code,
    words,
)

ICD = {"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": "J45", "display": "Asthma, unspecified"}
SNOMED = {"system": "http://snomed.info/sct", "code": "195967001", "display": "Asthma (disorder)"}


def test_the_clinicians_text_comes_before_any_display():
    assert words({"text": "Asthma since school", "coding": [ICD]}) == "Asthma since school"


def test_the_display_the_author_chose_comes_before_the_first():
    assert words({"coding": [ICD, {**SNOMED, "userSelected": True}]}) == "Asthma"


def test_a_text_that_only_repeats_a_code_gives_way_to_the_display():
    assert words({"text": "M", "coding": [{"code": "M", "display": "Married"}]}) == "Married"
    assert words({"text": "M", "coding": [{"code": "M"}]}) == "M"


def test_snomeds_shelf_mark_is_left_off_but_other_brackets_stay():
    assert words({"text": "Sprain (disorder)"}) == "Sprain"
    assert words({"text": "Vitamin D (25-OH)"}) == "Vitamin D (25-OH)"


def test_a_code_alone_is_no_name():
    assert words({"coding": [{"system": "http://loinc.org", "code": "4548-4"}]}) == ""


def test_a_bare_coding_a_string_a_list_and_an_r5_reference_are_read_too():
    assert words(ICD) == "Asthma, unspecified"
    assert (
        words("Asthma") == words([{"text": "Asthma"}]) == words({"concept": {"text": "Asthma"}}) == "Asthma"
    )
    assert codings({"concept": {"coding": [ICD]}}) == [ICD]


def test_several_concepts_are_said_once_each():
    assert all_words([{"text": "Hives"}, {"text": "Hives"}, {}, {"text": "Itch"}]) == "Hives, Itch"


def test_the_best_code_is_the_most_widely_understood():
    assert first_code({"coding": [ICD, SNOMED]}) == "http://snomed.info/sct|195967001"
    assert first_code({"coding": [{"code": "x"}]}) == "|x"
    assert first_code({"text": "x"}) == ""


def test_an_object_identifier_becomes_the_usual_address():
    concept = {"coding": [{"system": "urn:oid:2.16.840.1.113883.6.1", "code": "4548-4"}]}
    assert first_code(concept) == "http://loinc.org|4548-4"
    assert code_words(concept) == "LOINC 4548-4"


@pytest.mark.parametrize("spelled", ["entered-in-error", "Entered in Error", "ENTERED_IN_ERROR"])
def test_a_status_is_known_in_every_spelling(spelled):
    assert status_code(spelled) == status_code({"coding": [{"code": spelled}]}) == "entered-in-error"


def test_the_first_status_there_is_counts():
    assert status_code(None, {"coding": []}, "active") == "active"


def test_one_thing_is_a_list_of_one():
    assert items({"a": 1}) == [{"a": 1}] and items(None) == [] and len(items([0] * 500)) == 100


def test_a_path_goes_through_lists():
    assert at({"content": [{"attachment": {"title": "x"}}]}, "content.attachment.title") == "x"
    assert at({"content": 7}, "content.attachment.title") is None


def test_a_choice_of_type_is_found_by_its_stem():
    assert choice({"onsetAge": {"value": 3}, "onset": "x"}, "onset") == ("Age", {"value": 3})
    assert choice({"valueSet": 1}, "value") == ("Set", 1)
    assert choice({}, "onset") == ("", None)


def test_the_official_name_comes_before_the_old_one():
    names = [
        {"use": "old", "text": "R. Marin"},
        {"use": "official", "family": "Delgado", "given": ["Rosa", "M."]},
    ]
    assert human_name(names) == "Rosa M. Delgado"
    assert human_name({"family": ["de", "Vries"], "prefix": ["Dr."]}) == "Dr. de Vries"


def test_an_address_is_one_line():
    place = {"line": ["1 Lake Road", None], "city": "Springfield", "state": "IL", "postalCode": "62701"}
    assert address([place]) == "1 Lake Road, Springfield, IL 62701"
    assert contacts([{"value": "555-0100"}, {"system": "email"}, 7]) == "555-0100"
