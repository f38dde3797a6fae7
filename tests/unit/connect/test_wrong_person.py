"""Whose records are these? Kinds of people who are not the patient, and ways to write the one who is
(threats T01 and T35, goal G29).
"""

import json
from datetime import date
from typing import Any

import pytest

from connect.gateway import PatientRef
from connect.importing import gate, identity
from connect.importing.identity import Known

ROSA = Known("Rosa", "Delgado", date(1968, 5, 14))
MATEO = Known("Mateo", "Delgado Jr.", date(1968, 5, 14))
ANDREA = Known("Andrea", "Vega", date(1990, 1, 2), frozenset({"female"}))
MARIA_JOSE = Known("María José", "Vega", date(1990, 1, 2))
YOUSEF = Known("Yousef", "al-Najjar", date(1990, 1, 2))


def name(given: object = ("Rosa",), family: object = "Delgado", **more: object) -> dict[str, object]:
    return {"given": list(given) if isinstance(given, tuple) else given, "family": family, **more}


def sent(*names: Any, born: object = "1968-05-14", **more: object) -> PatientRef:
    """What a place sends of somebody; Rosa where nothing else is said."""
    told = {"resourceType": "Patient", "name": list(names or [name()]), "birthDate": born, **more}
    return PatientRef("r4", "p1", "4706", json.dumps(told).encode())


SOMEBODY_ELSE = {
    "a twin": (sent(name(("Clara",))), ROSA, {"name"}),
    "a twin whose name begins alike": (
        sent(name(("María", "Inés"), "Vega"), born="1990-01-02"),
        MARIA_JOSE,
        {"name"},
    ),
    "a twin of one first name, by the flag": (
        sent(name(("María",), "Vega"), born="1990-01-02", multipleBirthBoolean=True),
        MARIA_JOSE,
        {"name"},
    ),
    "senior to a junior": (sent(name(("Mateo",), "Delgado", suffix=["Sr"])), MATEO, {"name ending"}),
    "no ending to a junior": (sent(name(("Mateo",))), MATEO, {"name ending"}),
    "the third, in the last name": (sent(name(("Rosa",), "Delgado III")), ROSA, {"name ending"}),
    "a mother of the same name": (sent(born="1941-02-03"), ROSA, {"birth date"}),
    "first and last name swapped": (sent(name(("Delgado",), "Rosa")), ROSA, {"name"}),
    "another last name since a wedding": (sent(name(family="Marin")), ROSA, {"name"}),
    "half of a double name only": (
        sent(name(family="Delgado-Ruiz")),
        Known("Rosa", "Delgado-Marin", date(1968, 5, 14)),
        {"name"},
    ),
    "a typo of one letter": (sent(name(family="Delgada")), ROSA, {"name"}),
    "a typo in the first name": (sent(name(("Rose",))), ROSA, {"name"}),
    "day and month transposed": (
        sent(born="1968-12-05"),
        Known("Rosa", "Delgado", date(1968, 5, 12)),
        {"birth date"},
    ),
    "no birth date": (sent(born=None), ROSA, {"birth date"}),
    "a year only": (sent(born="1968"), ROSA, {"birth date"}),
    "a year and month only": (sent(born="1968-05"), ROSA, {"birth date"}),
    "a nickname": (sent(name(("Rosie",))), ROSA, {"name"}),
    "the second first name as the first": (
        sent(name(("Maria",))),
        Known("Rosa Maria", "Delgado", date(1968, 5, 14)),
        {"name"},
    ),
    "an initial for the first name": (sent(name(("R.",))), ROSA, {"name"}),
    "another second first name": (
        sent(name(("Rosa", "Elena"))),
        Known("Rosa Maria", "Delgado", date(1968, 5, 14)),
        {"name"},
    ),
    "of the other sex, other places say": (
        sent(name(("Andrea",), "Vega"), born="1990-01-02", gender="male"),
        ANDREA,
        {"other"},
    ),
    "somebody who died": (sent(deceasedDateTime="2019-04-01"), ROSA, {"other"}),
    "somebody who died, it says": (sent(deceasedBoolean=True), ROSA, {"other"}),
    "a newborn without a name yet": (sent(name(use="temp")), ROSA, {"other"}),
    "a made-up name": (sent(name(use="anonymous")), ROSA, {"other"}),
    "a name and no more": (sent(name(), name(family="Marin"), born=""), ROSA, {"birth date"}),
    "a shared particle": (
        sent(name(("Yousef",), "al-Masri"), born="1990-01-02"),
        YOUSEF,
        {"name"},
    ),
    "the name of one and the last name of another": (
        sent(name(("Rosa",), "Marin"), name(("Clara",), "Delgado")),
        ROSA,
        {"name"},
    ),
    "linked to the patient, and somebody else": (
        sent(name(("Clara",)), link=[{"type": "seealso", "other": {"reference": "Patient/rosa"}}]),
        ROSA,
        {"name"},
    ),
    "a stranger": (sent(name(("Helen",), "Brandt"), born="1974-12-30"), ROSA, {"name", "birth date"}),
    "a stranger linked to the patient": (
        sent(name(("Helen",), "Brandt"), born="1974-12-30", link=[{"type": "replaced-by"}]),
        ROSA,
        {"name", "birth date"},
    ),
    "a child in a parent's chart": (
        sent(name(("Mateo",)), born="2017-09-02"),
        ROSA,
        {"name", "birth date"},
    ),
    "nobody": (sent({}, born=None), ROSA, {"name", "birth date"}),
    "a name nobody can read": (sent(name({"a": 1}, 7, use=["official"], suffix={})), ROSA, {"name"}),
}  # fmt: skip


THE_SAME = {
    "as it was told": (sent(), ROSA),
    "accents": (sent(name(("José",), "Núñez")), Known("Jose", "Nunez", ROSA.birth_date)),
    "capitals": (sent(name(("ROSA",), "DELGADO")), ROSA),
    "a hyphen": (sent(name(("Mary-Jane",))), Known("Mary Jane", "Delgado", ROSA.birth_date)),
    "an apostrophe": (sent(name(("Rosa",), "O’Brien")), Known("Rosa", "O'Brien", ROSA.birth_date)),
    "one half of a double last name": (sent(name(family="Delgado-Ruiz")), ROSA),
    "a list of last names": (sent(name(family=["Delgado", "Ruiz"])), ROSA),
    "the middle name missing": (sent(), Known("Rosa Maria", "Delgado", ROSA.birth_date)),
    "the middle name told there only": (sent(name(("Rosa", "Maria"))), ROSA),
    "an initial for the middle name": (
        sent(name(("Rosa", "M."))),
        Known("Rosa Maria", "Delgado", ROSA.birth_date),
    ),
    "a title before and after": (
        sent(name(("Dr. Rosa",), "Delgado MD", prefix=["Dr."], suffix=["PhD"])),
        ROSA,
    ),
    "a junior on both sides": (sent(name(("Mateo",), "Delgado", suffix=["II"])), MATEO),
    "the name of before a wedding, its period ended": (
        sent(name(family="Marin"), name(use="old", period={"end": "1999-06-01"})),
        ROSA,
    ),
    "a maiden name": (sent(name(family="Marin"), name(use="maiden")), ROSA),
    "a nickname that the place knows": (
        sent(name(), {"use": "nickname", "given": ["Rosie"]}),
        Known("Rosie", "Delgado", ROSA.birth_date),
    ),
    "a particle left out": (sent(name(("Yousef",), "Najjar"), born="1990-01-02"), YOUSEF),
    "a name written out": (sent({"text": "Delgado, Rosa Maria"}), ROSA),
    "a name written out the other way": (sent({"text": "Rosa Maria Delgado"}), ROSA),
    "the sex that other places say": (
        sent(name(("Andrea",), "Vega"), born="1990-01-02", gender="female"),
        ANDREA,
    ),
    "a sex that is not told": (sent(name(("Andrea",), "Vega"), born="1990-01-02", gender="unknown"), ANDREA),
    "alive, it says": (sent(deceasedBoolean=False, link=[{"type": "refer"}]), ROSA),
    "a twin, named whole": (
        sent(name(("María", "José"), "Vega"), born="1990-01-02", multipleBirthInteger=2),
        MARIA_JOSE,
    ),
}  # fmt: skip


@pytest.mark.parametrize(("ref", "known", "parts"), SOMEBODY_ELSE.values(), ids=SOMEBODY_ELSE)
def test_nobody_else_is_taken_for_the_patient_without_a_question(ref, known, parts):
    assert set(gate.differences(ref, known)) == parts


@pytest.mark.parametrize(("ref", "known"), THE_SAME.values(), ids=THE_SAME)
def test_the_patient_written_differently_is_not_asked(ref, known):
    assert gate.differences(ref, known) == ()


def test_only_who_has_neither_the_name_nor_the_birth_date_is_refused_without_a_question():
    refused = {
        kind
        for kind, (ref, known, _parts) in SOMEBODY_ELSE.items()
        if not identity.may_ask(gate.differences(ref, known))
    }
    assert refused == {
        "a stranger", "a stranger linked to the patient", "a child in a parent's chart", "nobody",
    }  # fmt: skip


def test_of_several_people_the_one_to_ask_about_is_asked_about_first():
    stranger = sent(name(("Helen",), "Brandt"), born="1974-12-30")
    dead_twin = sent(name(("Clara",), suffix=["Jr"]), deceasedBoolean=True)
    assert gate.nearest([stranger, dead_twin], ROSA) == (dead_twin, ("name", "name ending", "other"))
