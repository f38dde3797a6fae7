"""Twin Rivers Hospital, which sends more than one Patient for one sign-in.

Rosa Delgado was registered there twice and the two records were never merged: both are hers. When she signs
in as a parent, her son's record comes beside one of hers: it is somebody else's.
"""

from sandbox.charts import Login
from sandbox.patients import tests_and_vaccines as use
from sandbox.patients.notebook import Notebook
from sandbox.patients.parts import TEST_DATA, Part, concept, icd10, quantity, reference, rxnorm, snomed

SYSTEM = 4712


def logins(rosa: str) -> list[Login]:
    """The two sign-ins: `rosa` as herself, and with her son; it is how a sign-in page calls her."""
    both = (_first().chart(SYSTEM), _second().chart(SYSTEM))
    family = (both[0], _son().chart(SYSTEM))
    return [
        Login(SYSTEM, "rosa", "rosa-demo", f"{rosa} (two records)", both),
        Login(SYSTEM, "rosa.family", "rosa-demo", f"{rosa}, and her son Mateo", family),
    ]


def _patient(key: str, number: str, given: list[str], born: str, gender: str) -> Part:
    return {
        "resourceType": "Patient",
        "id": key,
        "meta": {"security": [TEST_DATA]},
        "identifier": [{"system": "https://twin-rivers.example/mrn", "value": number}],
        "active": True,
        "name": [{"use": "official", "family": "Delgado", "given": given}],
        "gender": gender,
        "birthDate": born,
    }


def _first() -> Notebook:
    """Made when she came to the hospital's own doctors."""
    book = Notebook(_patient("tr-118", "118", ["Rosa"], "1968-05-14", "female"))
    house = book.add("Organization", "tr-house", active=True, name="Twin Rivers Hospital")
    visit = book.visit("tr-check", concept("Office visit"), "2008-03-18", "2008-03-18", why="New patient",
                       serviceProvider=reference(house, "Twin Rivers Hospital"))  # fmt: skip
    asthma = concept("Seasonal asthma", snomed("195967001", "Asthma"), icd10("J45.909", "Unspecified asthma"))
    book.condition("tr-asthma", asthma, status="resolved", onset="2008-03", encounter=reference(visit))
    book.prescription(
        "tr-inhaler",
        concept("albuterol 90 mcg inhaler", rxnorm("745679", "albuterol 0.09 MG/ACTUAT inhaler")),
        "2 puffs every 4 hours when wheezing",
        status="completed",
        authoredOn="2008-03-18",
        dispenseRequest={"quantity": quantity(1, "inhaler", "")},
    )
    book.vital("tr-weight", use.WEIGHT_POUNDS, 151, "2008-03-18")
    book.vaccine("tr-flu", use.FLU, "2008-10-21")
    return book


def _second() -> Notebook:
    """Made in a hurry in its emergency department."""
    book = Notebook(_patient("tr-90277", "90277", ["Rosa", "Elena"], "1968-05-14", "female"))
    visit = book.visit(
        "tr-emergency",
        concept("Emergency room visit"),
        "2009-08-02T19:40:00-04:00",
        "2009-08-02T23:05:00-04:00",
        kind="EMER",
        why="Bee sting",
    )
    book.allergy(
        "tr-bees",
        concept("Bee venom", snomed("424213003", "Allergy to bee venom")),
        category=["environment"],
        reactions=[(concept("Swelling of the arm", snomed("442672001", "Swelling")), "moderate")],
        encounter=reference(visit),
    )
    book.blood_pressure("tr-pressure", 138, 88, "2009-08-02")
    book.lab("tr-sugar", use.GLUCOSE, 108, "2009-08-02", flag="H")
    return book


def _son() -> Notebook:
    """Her son's, whom her sign-in may see."""
    book = Notebook(_patient("tr-90931", "90931", ["Mateo"], "2017-09-02", "male"))
    visit = book.visit("tr-fall", concept("Emergency room visit"), "2024-06-08", "2024-06-08", kind="EMER",
                       why="Fell from a swing")  # fmt: skip
    book.condition(
        "tr-chin",
        concept("Cut of the chin"),
        status="resolved",
        category="encounter-diagnosis",
        onset="2024-06-08",
        encounter=reference(visit),
    )
    book.vital("tr-height", use.HEIGHT, 121.0, "2024-06-08")
    return book
