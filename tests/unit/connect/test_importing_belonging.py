"""Whose a resource is, when a gateway sends more than the chart it was asked for."""

import json

import pytest

from connect.importing import belonging


def body(kind: str = "Condition", **members: object) -> bytes:
    return json.dumps({"resourceType": kind, "id": "1", **members}).encode()


def to(patient: str) -> dict[str, str]:
    return {"reference": patient}


OURS = [
    body(subject=to("Patient/ours")),
    body(subject=to("https://api.example/r4/Patient/ours")),
    body(subject=[to("Patient/other")], focus=to("Patient/ours")),
    body(subject=to("Patient/nobody-we-know")),
    body(subject={"display": "Patient/other"}),
    body("Patient", id="ours"),
    body("Practitioner", name="Patient/other"),
    b"\xff not JSON",
]
OTHERS = [
    body(subject=to("Patient/other")),
    body("Immunization", patient=to("Patient/other/_history/3")),
    body("Observation", subject=to("http://127.0.0.1:1/api/r4/Patient/other")),
    body("Patient", id="other"),
    body("Condition", subject=to("Patient/other"), note=[{"text": "resourceType Binary"}]),
]


def theirs(resource: bytes, *, strangers: bool = False) -> bool:
    found = belonging.theirs([resource], "ours", ["other"], strangers=strangers)
    return found == (resource,)


@pytest.mark.parametrize("resource", OURS, ids=str)
def test_what_is_ours_or_nobodys_is_kept(resource: bytes):
    assert theirs(resource)
    assert theirs(resource, strangers=True)


@pytest.mark.parametrize("resource", OTHERS, ids=str)
def test_what_is_another_patients_is_left_to_that_patient(resource: bytes):
    assert not theirs(resource)
    assert belonging.theirs([resource], "ours", [], strangers=True) == (resource,)


def test_a_file_does_not_say_whose_it_is():
    assert theirs(body("Binary", data="QQ=="))
    assert not theirs(body("Binary", data="QQ=="), strangers=True)
