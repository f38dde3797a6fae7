"""What differs between two states of a record, as a reader sees it."""

from records.fhir import kinds
from records.fhir.differing import Change, differing
from records.fhir.row import Fact, Head, Result, Row


def plain(fact: Fact) -> str:
    return fact.value


def between(old: dict, new: dict) -> list[tuple[str, str, str]]:
    found = differing(kinds.read(old, "R4"), kinds.read(new, "R4"), plain)
    return [(one.label, one.before, one.after) for one in found if not one.quiet]


def prescription(dose: str, status: str = "active", **more: object) -> dict:
    return {
        "resourceType": "MedicationRequest",
        "id": "m",
        "status": status,
        "medicationCodeableConcept": {"text": "Lisinopril"},
        "dosageInstruction": [{"text": dose}],
        **more,
    }


def row(*facts: Fact, title: str = "", results: tuple[Result, ...] = (), narrative: str = "") -> Row:
    return Row(Head(title=title), facts, results, narrative)


def test_a_dose_that_changed_is_said_with_both_doses():
    told = between(prescription("10 mg a day"), prescription("20 mg a day"))
    assert [(before, after) for _label, before, after in told] == [("10 mg a day", "20 mg a day")]


def test_another_name_is_a_difference_too():
    old, new = ({"resourceType": "Condition", "code": {"text": text}} for text in ("Asthma", "Severe asthma"))
    assert ("Name", "Asthma", "Severe asthma") in between(old, new)


def test_the_same_again_differs_in_nothing():
    one = kinds.read(prescription("10 mg"), "R4")
    assert differing(one, one, plain) == ()


def test_what_reads_the_same_is_the_same_however_it_is_spelled():
    old, new = row(Fact("Date", "2026-03-04T10:00:00Z")), row(Fact("Date", "2026-03-04T10:00:00+00:00"))
    assert differing(old, new, lambda _fact: "March 4, 2026") == ()
    assert differing(old, new, plain)


def test_a_line_that_only_moved_is_no_difference():
    one, other = Fact("Note", "first"), Fact("Note", "second")
    assert differing(row(one, other), row(other, one), plain) == ()


def test_a_part_put_in_between_leaves_the_others_alone():
    old = row(Fact("Amount", "5", under=("Item", "1")), Fact("Amount", "7", under=("Item", "2")))
    new = row(
        Fact("Amount", "5", under=("Item", "1")),
        Fact("Amount", "6", under=("Item", "2")),
        Fact("Amount", "7", under=("Item", "3")),
    )
    (change,) = differing(old, new, plain)
    assert (change.before, change.after) == ("", "6")


def test_a_line_that_stood_there_twice_and_stands_there_once_has_changed():
    note = Fact("Note", "again")
    assert differing(row(note, note), row(note), plain) == (Change("Note", "again", ""),)


def test_one_line_for_two_is_not_guessed_together():
    old = row(Fact("Note", "a"), Fact("Note", "b"))
    found = differing(old, row(Fact("Note", "c")), plain)
    assert [(one.before, one.after) for one in found] == [("a", ""), ("b", ""), ("", "c")]


def test_codes_stand_behind_what_everybody_reads():
    old = row(Fact("Code", "1", quiet=True), Fact("Dose", "10"))
    new = row(Fact("Code", "2", quiet=True), Fact("Dose", "20"))
    assert [one.label for one in differing(old, new, plain)] == ["Dose", "Code"]


def test_results_of_a_panel_are_compared_by_their_names():
    old = row(results=(Result("Sodium", "140 mmol/L"), Result("Potassium", "4.0 mmol/L")))
    new = row(results=(Result("Potassium", "4.0 mmol/L"), Result("Sodium", "141 mmol/L")))
    (change,) = differing(old, new, plain)
    assert (change.name, change.before, change.after) == ("Sodium", "140 mmol/L", "141 mmol/L")


def test_a_result_that_is_a_record_of_its_own_changes_there():
    old = row(results=(Result("Sodium", "140", target="Observation/1"),))
    assert differing(old, row(), plain) == ()


def test_the_words_of_the_source_differ_by_their_text_and_not_by_their_tags():
    assert differing(row(narrative="<p>Well</p>"), row(narrative="<div>Well</div>"), plain) == ()
    (change,) = differing(row(narrative="<p>Well</p>"), row(narrative="<p>Unwell</p>"), plain)
    assert change.quiet
