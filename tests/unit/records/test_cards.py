"""The vaccine card and the emergency page: what is ticked stands on them, and nothing is never "none"."""

import json
import pathlib

import pypdfium2
import pytest
from django.contrib.auth import get_user

from ground import scope
from ground.models import Look
from ground.viewer import job_viewer
from records import reading, services
from records.fhir.kinds import BY_SLUG
from records.taking import cards
from records.taking.whose import Whose
from records.typesetting import text
from tests import factories as make

pytestmark = pytest.mark.django_db
FIXTURES = pathlib.Path(__file__).parents[2] / "data/fhir"
ALL = [part.slug for part in cards.EMERGENCY.parts]


@pytest.fixture
def rosa(client):
    user = make.user()
    client.force_login(user)
    return make.patient(user)


def chart(path):
    return json.loads((FIXTURES / f"{path}.json").read_text())


def medicine(key, name, **more):
    called = {"medicationCodeableConcept": {"text": name}}
    return {"resourceType": "MedicationRequest", "id": key, "status": "active", **called, **more}


def allergy(key, name, day, criticality, reaction, **more):
    return {
        "resourceType": "AllergyIntolerance",
        "id": key,
        "clinicalStatus": {"coding": [{"code": "active"}]},
        "code": {"text": name},
        "recordedDate": day,
        **({"criticality": criticality} if criticality else {}),
        "reaction": [{"manifestation": [{"text": reaction}], **more}],
    }


def a_blood_type(value):
    code = {"text": "Blood type", "coding": [{"system": "http://loinc.org", "code": "882-1"}]}
    told = make.observation(code=code, valueCodeableConcept={"text": value})
    return {name: value for name, value in told.items() if name not in ("valueQuantity", "referenceRange")}


def on(patient, card, ticked):
    whose = Whose("Rosa Delgado", patient.birth_date)
    return " ".join("".join(text(cards.card(make.looking(patient), whose, card, ticked))).split())


def test_the_emergency_page_says_what_helps(rosa):
    relative = {
        "resourceType": "RelatedPerson",
        "id": "mateo",
        "name": [{"text": "Mateo Delgado"}],
        "relationship": [{"text": "Husband"}],
        "telecom": [{"system": "phone", "value": "555-0110"}],
    }
    blood = a_blood_type("O positive")
    sent = ("allergies/r4/penicillin", "medicines/r4/lisinopril", "other/r4/pump", "coverage/r4/plan")
    make.records(rosa, *map(chart, sent), make.condition(), relative, blood)
    said = on(rosa, "emergency", ALL)
    for part in ("Rosa Delgado", "May 14, 1968", "Penicillin", "Lisinopril", "Asthma", "O positive"):
        assert part in said, part
    assert "Mateo Delgado: Husband · 555-0110" in said
    assert "Member number: " in said
    assert "pump" in said.lower()


def test_only_what_is_ticked_stands_on_it(rosa):
    make.records(rosa, chart("allergies/r4/penicillin"), make.condition())
    said = on(rosa, "emergency", ["conditions"])
    assert "Asthma" in said
    assert "Penicillin" not in said
    assert "Allergies" not in said


def test_nothing_is_never_taken_for_none(rosa):
    make.settled(make.source(rosa, name="Harbor Hospital"))
    said = on(rosa, "emergency", ALL)
    assert (
        "Harbor Hospital sent no record of this kind. This does not mean that there are no allergies." in said
    )
    assert "This does not mean that no medicines are taken." in said
    assert "No device or implant was sent. This does not mean that there is none." in said
    assert "No result that says the blood type was sent." in said
    assert "vaccines were given." in on(rosa, "vaccine-card", [])


def test_what_is_over_is_left_out_and_that_is_said(rosa):
    over = make.condition(text="Broken arm", clinicalStatus={"coding": [{"code": "resolved"}]})
    make.records(rosa, over, make.condition())
    said = on(rosa, "emergency", ["conditions"])
    assert "Broken arm" not in said
    assert "left out here: 1." in said


def test_a_sheet_made_of_a_part_says_so(rosa, monkeypatch):
    monkeypatch.setattr("records.taking.cards._MOST", 2)
    make.records(rosa, *[make.condition(on=f"201{year}") for year in range(4)])
    said = on(rosa, "emergency", ["conditions"])
    assert "Made of the newest 2 of 4 records." in said
    assert "left out here" not in said


def test_what_must_not_be_taken_stands_apart_from_what_is_taken(rosa):
    make.records(rosa, medicine("no", "Ibuprofen", doNotPerform=True), medicine("yes", "Metformin"))
    taken, forbidden = on(rosa, "emergency", ["medicines"]).split("Not to be given")
    assert "Metformin" in taken
    assert "Ibuprofen" not in taken
    assert "left out here" not in taken
    assert "Ibuprofen: " in forbidden


def test_what_one_place_gives_and_another_forbids_is_said_twice(rosa):
    make.records(rosa, medicine("yes", "Ibuprofen"))
    other = make.source(rosa, key="oneup:2", name="Harbor Hospital")
    make.records(rosa, medicine("no", "Ibuprofen", doNotPerform=True), source=other)
    taken, forbidden = on(rosa, "emergency", ["medicines"]).split("Not to be given")
    assert "They differ on how it stands" in taken
    assert "Harbor Hospital, no date given · Not to be taken" in taken
    assert "Lakeside" not in forbidden.replace("says", "").partition("Harbor Hospital, ")[2]


def test_the_most_dangerous_allergy_is_first_with_the_danger_beside_its_name(rosa):
    mild = allergy("a-1", "Ibuprofen", "2025-01-01", "low", "Rash")
    group = allergy("a-2", "PENICILLINS", "2024-01-01", "low", "Rash")
    severe = allergy("a-3", "Latex", "2012-01-01", "", "Wheezing", severity="severe")
    worst = allergy("a-4", "Penicillin", "2010-01-01", "high", "Anaphylaxis", severity="severe")
    make.records(rosa, mild, group, severe, worst)
    said = on(rosa, "emergency", ["allergies"])
    names = (
        "Penicillin · Anaphylaxis · High risk of a dangerous reaction · Severe reaction: ",
        "Latex · Severe reaction: Wheezing",
        "Ibuprofen: Rash · Low risk of a dangerous reaction",
        "PENICILLINS: Rash",
    )
    assert sorted(names, key=said.index) == list(names)


def test_places_that_differ_on_a_danger_are_one_line_that_says_so(rosa):
    make.records(rosa, allergy("a-1", "Penicillin", "2025-01-01", "low", "Rash"))
    other = make.source(rosa, key="oneup:2", name="Harbor Hospital")
    make.records(rosa, allergy("a-2", "Penicillin", "2010-01-01", "high", "Rash"), source=other)
    said = on(rosa, "emergency", ["allergies"])
    assert said.count("Penicillin") == 1
    assert "Penicillin · High risk of a dangerous reaction: They differ on how dangerous it is: " in said
    assert "Lakeside Clinic says low, Harbor Hospital says high." in said
    assert "Lakeside Clinic, Jan. 1, 2025 · Rash · Low risk of a dangerous reaction" in said
    assert "Harbor Hospital, Jan. 1, 2010 · Rash" in said


def test_a_fact_from_several_places_is_one_line_with_its_places(rosa):
    for name in ("Lakeside Clinic", "Harbor Hospital"):
        sent = [medicine(name[:4], "Metformin"), make.condition(text="Essential hypertension")]
        make.records(rosa, *sent, source=make.source(rosa, key=f"oneup:{name}", name=name))
    said = on(rosa, "emergency", ["medicines", "conditions"])
    assert said.count("Metformin") == said.count("Essential hypertension") == 1
    assert said.count("Harbor Hospital, ") == said.count("Lakeside Clinic, ") == 2


def test_of_own_words_only_the_word_on_a_fact_is_carried_about(client, rosa):
    make.records(rosa, medicine("m-1", "Metformin"), chart("vaccines/r4/influenza"))
    viewer, speaker = make.looking(rosa, get_user(client)), services.Speaker("Rosa", own=True)
    with scope.open(viewer):
        for kind, word in (("medicines", "past"), ("vaccines", "had")):
            (line,) = reading.listing(viewer, BY_SLUG[kind]).rows
            about = {"viewer": viewer, "line": line, "speaker": speaker}
            services.say(**about, word=word, comment="It makes me dizzy")
            services.ask(**about, text="Can I stop this pill?")
            services.doubt(**about, wrong="Not mine", right="", to="Lakeside Clinic")
    for card, word in (("emergency", "I stopped taking this"), ("vaccine-card", "I had this")):
        said = " ".join(client.get(f"/records/take/{card}/card.txt").content.decode().split())
        assert word in said
        for private in ("dizzy", "To ask", "Can I stop", "Not mine", "Noted here"):
            assert private not in said, private


def test_on_screen_the_name_stands_out_and_where_from_is_small(client, rosa):
    make.records(rosa, make.condition())
    page = client.get("/records/take/emergency/").content.decode()
    assert (
        '<dl class="named card"><div><dt>Asthma</dt><dd class="small quiet">Lakeside Clinic, May 2019' in page
    )
    assert "a sheet or two to carry with you" in page


def test_two_blood_types_both_stand(rosa):
    make.records(rosa, a_blood_type("O positive"), a_blood_type("A positive"))
    said = on(rosa, "emergency", ["blood"])
    assert "O positive" in said
    assert "A positive" in said


def test_the_vaccine_card_has_doses_by_name_with_lot_and_place(rosa):
    flu, tetanus = chart("vaccines/r4/influenza"), chart("vaccines/dstu2/tetanus")
    refused = chart("vaccines/dstu2/refused")
    make.records(rosa, flu)
    make.records(rosa, tetanus, refused, fhir_version="DSTU2")
    said = on(rosa, "vaccine-card", ["lot", "place", "declined"])
    assert f"Lot number: {flu['lotNumber']}" in said
    assert f"Lot number: {tetanus['lotNumber']}" in said
    assert "Place: Lakeside Clinic" in said
    assert "Not given" in said
    plain = on(rosa, "vaccine-card", [])
    assert flu["lotNumber"] not in plain
    assert "Lakeside Clinic" not in plain.split("Vaccines ---")[0].split("Vaccine:")[-1]
    assert "Not given" not in plain


def test_page_paper_and_text_say_the_same_for_the_same_ticks(client, rosa):
    make.records(rosa, chart("allergies/r4/penicillin"), make.condition())
    where, query = "/records/take/emergency/", "?chosen=yes&part=conditions"
    page = client.get(where + query).content.decode()
    assert f'href="{where}card.pdf{query.replace("&", "&amp;")}"' in page
    paper = pypdfium2.PdfDocument(client.get(f"{where}card.pdf{query}").content)
    (sheet,) = [each.get_textpage().get_text_bounded() for each in paper]
    paper.close()
    plain = client.get(f"{where}card.txt{query}").content.decode()
    for said in (page, sheet, plain):
        assert "Asthma" in said
        assert "Penicillin" not in said
    assert "Penicillin" in client.get(where).content.decode()
    assert "Asthma" not in client.get(f"{where}?chosen=yes").content.decode()


def test_whom_to_call_is_typed_by_the_patient_and_stands_on_the_emergency_page_for_nobody_else(client, rosa):
    where = "/records/take/emergency/"
    typed = {"name_0": "Ines Delgado", "relation_0": "Daughter", "phone_0": "(207) 555-0142"}
    wrong = client.post(f"{where}contacts/", {**typed, "name_1": "Tom", "phone_1": "tomorrow"})
    assert "This is no phone number." in wrong.content.decode()
    assert client.post(f"{where}contacts/", {**typed, "phone_1": "555"}).status_code == 200  # whose?
    assert client.post(f"{where}contacts/", typed).url == where
    paper = client.get(f"{where}card.txt").content.decode()
    page = client.get(where).content.decode()
    for said in ("Ines Delgado", "(207) 555-0142", "Daughter", "Written down on"):
        assert said in page
        assert said in " ".join(paper.split())
    assert "No contact person was sent" not in page
    assert 'value="Ines Delgado"' in client.get(f"{where}contacts/").content.decode()
    with scope.open(job_viewer(rosa.pk)):
        assert Look.objects.filter(what="contacts").count() >= 3
    make.grant(rosa, clinic_id=7, sensitive=True, words=True)
    with scope.open(make.staff(rosa)) as staff:
        assert reading.to_call(staff) == ()
    client.post(f"{where}contacts/", {})
    assert "Ines" not in client.get(where).content.decode()


def test_the_code_of_a_link_that_was_chosen_is_printed(client, rosa):
    make.records(rosa, make.condition())
    link = make.health_link(rosa, viewer=make.looking(rosa, get_user(client)))
    where = "/records/take/emergency/card.pdf?chosen=yes"
    drawn = {}
    for code in ("", str(link.public_id), "no-such-code"):
        paper = pypdfium2.PdfDocument(client.get(f"{where}&code={code}").content)
        drawn[code] = (
            sum(1 for _each in paper[0].get_objects(max_depth=9)),
            paper[0].get_textpage().get_text_bounded(),
        )
        paper.close()
    assert drawn[""] == drawn["no-such-code"]
    assert "This code opens a summary of these records" in drawn[str(link.public_id)][1]
    assert drawn[str(link.public_id)][0] > drawn[""][0] + 1


def test_a_card_writes_its_looks_and_no_other_card_is_there(client, rosa):
    make.records(rosa, make.condition())
    client.get("/records/take/emergency/")
    with scope.open(job_viewer(rosa.pk)):
        assert Look.objects.filter(what="paper", record_kind="conditions").count() == 1
    assert client.get("/records/take/loyalty/").status_code == 404
