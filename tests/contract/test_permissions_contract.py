"""Letting another user see a Patient behaves as docs/oneup.md §13 says."""

import pytest

from connect.gateway import NotFound


@pytest.fixture
def rosa(sandbox, member):
    sandbox.connect(member)
    sandbox.connect(member, 4707)
    return member


@pytest.fixture
def clinic(sandbox):
    return sandbox.member("clinic-1")


def ask(sandbox, method, patient, number, headers, version="r4"):
    where = f"{sandbox.api}/{version}/Patient/{patient}/_permission/{number}"
    return sandbox.http.request(method, where, headers=headers, timeout=30)


def test_a_permission_shows_one_patient_and_its_end_hides_it(sandbox, oneup, rosa, clinic):
    first, second = oneup.patients(rosa.access, "r4")
    reply = ask(sandbox, "PUT", first.id, clinic.id, rosa.bearer)
    assert (reply.status_code, reply.json()) == (200, {"success": True})
    assert [each.id for each in oneup.patients(clinic.access, "r4")] == [first.id]
    seen = oneup.everything(clinic.access, first.id, "r4")
    assert seen == oneup.everything(rosa.access, first.id, "r4")
    assert oneup.read(clinic.access, "r4", "Patient", first.id)
    with pytest.raises(NotFound):
        oneup.everything(clinic.access, second.id, "r4")
    assert ask(sandbox, "DELETE", first.id, clinic.id, rosa.bearer).json() == {"success": True}
    assert oneup.patients(clinic.access, "r4") == ()
    with pytest.raises(NotFound):
        oneup.everything(clinic.access, first.id, "r4")


def test_what_is_shared_is_in_nobodys_export_but_its_owners(sandbox, oneup, rosa, clinic):
    patient = oneup.patients(rosa.access, "r4")[0].id
    ask(sandbox, "PUT", patient, clinic.id, rosa.bearer)
    where = f"{sandbox.url}/analytics/bulk-data/r4/$export"
    assert sandbox.http.get(where, headers=clinic.bearer).json()["output"] == []
    assert sandbox.truth(clinic.id) == []


def test_only_the_owner_gives_and_only_what_is_there(sandbox, oneup, rosa, clinic):
    patient = oneup.patients(rosa.access, "r4")[0].id
    for method in ("PUT", "DELETE"):
        assert ask(sandbox, method, patient, clinic.id, clinic.bearer).status_code == 403
        assert ask(sandbox, method, patient, clinic.id, {}).status_code == 401
        assert ask(sandbox, method, "0123456789ab", clinic.id, rosa.bearer).status_code == 404
        assert ask(sandbox, method, patient, 99999, rosa.bearer).status_code == 404
        assert ask(sandbox, method, patient, clinic.id, rosa.bearer, "dstu2").status_code == 404
    assert sandbox.control("GET", "grants")["grants"] == []


def test_twice_is_as_once_and_what_was_not_given_can_be_taken_back(sandbox, oneup, rosa, clinic):
    patient = oneup.patients(rosa.access, "r4")[0].id
    for method, left in (("DELETE", 0), ("PUT", 1), ("PUT", 1), ("DELETE", 0), ("DELETE", 0)):
        assert ask(sandbox, method, patient, clinic.id, rosa.bearer).status_code == 200
        assert len(sandbox.control("GET", "grants")["grants"]) == left
