"""One line for each fact: grouped in the database, every record visible, counts that stay true."""

import pytest

from records import reading
from records.fhir.kinds import BY_SLUG
from records.models import Record
from records.reading.facts import fact_of, with_fact
from tests import factories as make

pytestmark = pytest.mark.django_db
MEDICINES, CONDITIONS, VACCINES = BY_SLUG["medicines"], BY_SLUG["conditions"], BY_SLUG["vaccines"]
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"


def medicine(fhir_id, *, text="Lisinopril", code="29046", on="2026-03-04", says="10 mg daily", **more):
    concept = {"text": text, **({"coding": [{"system": RXNORM, "code": code}]} if code else {})}
    return {
        "resourceType": "MedicationRequest",
        "id": fhir_id,
        "status": "active",
        "medicationCodeableConcept": concept,
        "authoredOn": on,
        "dosageInstruction": [{"text": says}],
        **more,
    }


def vaccine(fhir_id, *, on="2024-10-01", code="208", **more):
    coding = {"system": "http://hl7.org/fhir/sid/cvx", "code": code}
    concept = {"text": "Flu", "coding": [coding]}
    return {
        "resourceType": "Immunization",
        "id": fhir_id,
        "status": "completed",
        "vaccineCode": concept,
        "occurrenceDateTime": on,
        **more,
    }


@pytest.fixture
def harbor(rosa):
    return make.source(rosa, key="oneup:9", name="Harbor Health")


def shown(found):
    return [(row.title, row.total, row.places) for row in found.rows]


def test_the_same_code_from_two_places_is_one_line_that_names_both(rosa, lakeside, harbor, viewer):
    make.records(rosa, medicine("a"), source=lakeside)
    make.records(rosa, medicine("b", text="LISINOPRIL TABS", on="2025-05", says="20 mg daily"), source=harbor)
    make.records(rosa, medicine("c", text="Metformin", code="6809", on="2020"), source=harbor)
    found = reading.gathered(viewer, MEDICINES)
    assert shown(found) == [("Lisinopril", 2, 2), ("Metformin", 1, 1)]
    assert [part.text for part in found.rows[0].parts] == [
        "Lakeside Clinic, March 4, 2026 · prescription · Active · 10 mg daily",
        "Harbor Health, May 2025 · prescription · Active · 20 mg daily",
    ]
    assert found.rows[0].differs == [
        "They differ on the dose: Lakeside Clinic says 10 mg, Harbor Health says 20 mg."
    ]
    assert (found.total, found.everything, found.senders) == (2, 3, 2)
    assert found.rows[1].parts == []
    assert found.rows[1].source == "Harbor Health, 2020"


def test_the_database_and_the_reader_agree_on_what_is_one_fact(rosa, lakeside, viewer):
    codes = ("29046", "", "29047")
    texts = ("Lisinopril", "LISINOPRIL", "Épilepsie", "épilepsie", "Epilepsie", "Straße", "", "İ", "Ⅻ")
    make.records(
        rosa,
        *(
            medicine(f"{kind}{n}{m}", text=text, code=code)
            for n, code in enumerate(codes)
            for m, text in enumerate(texts)
            for kind in "ab"
        ),
        *(medicine(f"bare{n}", medicationCodeableConcept=odd) for n, odd in enumerate(ODD)),
        *(
            vaccine(f"v{n}", on=on)
            for n, on in enumerate(("2024-10-01", "2024-10-01T23:00:00Z", "2024-10", ""))
        ),
        source=lakeside,
    )
    for kind in ("medicines", "vaccines"):
        rows = list(with_fact(Record.objects.filter(patient=rosa, kind=kind), kind))
        both = {(row.fact, fact_of(row)) for row in rows}
        assert len(rows) > 3
        assert len({fact for fact, _ in both}) == len(both), "the database joins what the reader keeps apart"
        plain = {(one, other) for one, other in both if one.isascii() and other.isascii()}
        assert {one for one, _ in plain} == {other for _, other in plain}


ODD = [
    {"text": "Aspirin", "coding": [{"code": "7"}]},
    {"text": "ASPIRIN", "coding": [{"code": "7"}]},
    {"text": "Heparin", "coding": [{"code": "7"}]},
    {"text": "Aspirin", "coding": [{"system": "http://hl7.org/fhir/v3/NullFlavor", "code": "UNK"}]},
    {"text": "Heparin", "coding": [{"system": "http://hl7.org/fhir/v3/NullFlavor", "code": "UNK"}]},
    {"coding": [{"system": "http://hl7.org/fhir/v3/NullFlavor", "code": "UNK"}]},
    {"coding": [{"system": "http://snomed.info/sct", "code": "74964007"}], "text": "Heparin"},
]


def test_two_doses_are_two_facts_and_one_dose_told_twice_is_one(rosa, lakeside, harbor, viewer):
    make.records(rosa, vaccine("a"), vaccine("b", on="2025-10-01"), source=lakeside)
    make.records(rosa, vaccine("c", on="2024-10-01T09:30:00-05:00", status="not-done"), source=harbor)
    found = reading.gathered(viewer, VACCINES)
    assert shown(found) == [("Flu", 1, 1), ("Flu", 2, 2)]
    assert "“Not given”" in found.rows[1].differs[0]


def test_what_has_neither_code_nor_name_stays_by_itself(rosa, lakeside, viewer):
    make.records(rosa, *({"resourceType": "Condition", "id": f"c{n}"} for n in range(3)), source=lakeside)
    assert shown(reading.gathered(viewer, CONDITIONS)) == [("Condition without a name", 1, 1)] * 3


def test_of_many_the_newest_of_each_place_are_named_and_the_rest_counted(rosa, lakeside, harbor, viewer):
    make.records(rosa, *(medicine(f"a{n}", on=f"2025-01-{n + 1:02}") for n in range(9)), source=lakeside)
    make.records(rosa, medicine("old", on="2012"), source=harbor)
    (only,) = reading.gathered(viewer, MEDICINES).rows
    assert [part.line.place for part in only.parts] == ["Lakeside Clinic"] * 3 + ["Harbor Health"]
    assert (only.total, only.rest) == (10, "and 6 more records")


def test_a_choice_finds_a_fact_by_any_of_its_records_and_shows_all_of_them(rosa, lakeside, harbor, viewer):
    make.records(rosa, medicine("a"), medicine("m", text="Metformin", code="6809"), source=lakeside)
    make.records(rosa, medicine("b", status="stopped", on="2020-01-01"), source=harbor)
    for sift in (
        reading.Sift(place=harbor.pk),
        reading.Sift(status="stopped"),
        reading.Sift(words="lisinopril"),
    ):
        found = reading.gathered(viewer, MEDICINES, sift=sift)
        assert shown(found) == [("Lisinopril", 2, 2)]
        assert (found.total, found.facts, found.everything) == (1, 2, 3)
    old = reading.gathered(viewer, MEDICINES, sift=reading.Sift(place=harbor.pk))
    assert [year.year for year in old.years] == [2020]


def test_pages_and_years_count_facts(rosa, lakeside, harbor, viewer):
    every = [medicine(f"a{n}", text=f"M{n}", code=str(n), on=f"{2000 + n}-01-01") for n in range(25)]
    make.records(rosa, *every, source=lakeside)
    make.records(
        rosa, *({**one, "id": f"b{one['id']}", "authoredOn": "1999"} for one in every), source=harbor
    )
    found = reading.gathered(viewer, MEDICINES, 2)
    assert (found.total, found.everything, found.start, found.end) == (25, 50, 21, 25)
    assert shown(found) == [(f"M{n}", 2, 2) for n in (4, 3, 2, 1, 0)]
    assert next((one.year, one.page) for one in found.years if one.current) == (2004, 2)
    assert reading.gathered(viewer, MEDICINES, 99).page == 2


def test_nothing_of_a_place_that_is_not_open_joins_a_fact(rosa, lakeside, viewer):
    make.records(rosa, medicine("a"), source=lakeside)
    make.records(rosa, medicine("b"), source=make.source(rosa, key="oneup:8", gate="question"))
    make.records(rosa, medicine("c", status="entered-in-error"), source=lakeside)
    assert shown(reading.gathered(viewer, MEDICINES)) == [("Lisinopril", 1, 1)]


@pytest.mark.parametrize("count", [1, 70])
def test_a_grouped_list_asks_the_same_few_questions(
    rosa, lakeside, harbor, viewer, count, django_assert_num_queries
):
    for place in (lakeside, harbor):
        every = [medicine(f"{a}-{b}-{place.pk}", code=str(a)) for a in range(count) for b in range(2)]
        make.records(rosa, *every, source=place)
    with django_assert_num_queries(6):  # tally, places, facts, their records, what was said, the look
        reading.gathered(viewer, MEDICINES)
    with django_assert_num_queries(7):  # and how many facts there are in all
        reading.gathered(viewer, MEDICINES, sift=reading.Sift(status="active"))


def test_the_page_of_a_fact_has_all_its_records(rosa, lakeside, harbor, viewer):
    make.records(rosa, *(medicine(f"a{n}") for n in range(9)), source=lakeside)
    make.records(rosa, medicine("b", says="20 mg"), make.observation("o"), source=harbor)
    origin = make.origin().pk
    found = reading.together(viewer, origin, "MedicationRequest", "a3")
    assert (len(found.every), found.total, len(found.differs)) == (10, 10, 1)
    for name, key in (("Observation", "o"), ("MedicationRequest", "gone")):
        with pytest.raises(reading.NotThere):
            reading.together(viewer, origin, name, key)
    assert reading.one(viewer, origin, "MedicationRequest", "b").together.total == 10
    assert reading.one(viewer, origin, "Observation", "o").together is None
