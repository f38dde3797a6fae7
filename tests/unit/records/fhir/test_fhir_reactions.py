"""An allergy with several reactions: each keeps its own severity."""

from records.fhir import kinds

TWO = {
    "resourceType": "AllergyIntolerance",
    "code": {"text": "Penicillin"},
    "reaction": [
        {"manifestation": [{"text": "Anaphylaxis"}], "severity": "severe"},
        {"manifestation": [{"text": "Hives"}], "severity": "mild"},
    ],
}


def test_each_of_several_reactions_stands_apart_with_its_severity():
    facts = [fact for fact in kinds.read(TWO, "r4").facts if fact.under]
    parts = {fact.under: [] for fact in facts}
    for fact in facts:
        parts[fact.under].append(fact.value)
    assert [values[0] for values in parts.values()] == ["Anaphylaxis", "Hives"]
    assert parts[("Reaction", "1")][1] != parts[("Reaction", "2")][1]
