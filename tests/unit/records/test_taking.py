"""Taking records away: the zip holds the store byte for byte, and no file does harm where it is opened."""

import csv
import hashlib
import io
import json
import subprocess
import zipfile

import pytest

from ground import scope
from ground.models import Look
from ground.viewer import job_viewer
from records import bodies, reading, taking
from records.models import Record
from tests import factories as make

pytestmark = pytest.mark.django_db
MINED = "=HYPERLINK(1)"


@pytest.fixture
def rosa():
    return make.patient()


def unzipped(patient):
    whose = taking.Whose(patient.full_name, patient.birth_date, zone="America/New_York")
    whole = b"".join(taking.whole(make.looking(patient), whose))
    return opened(whole)


def opened(whole):
    parcel = zipfile.ZipFile(io.BytesIO(whole))
    assert len(set(parcel.namelist())) == len(parcel.namelist())
    assert parcel.testzip() is None
    return parcel


def kept(patient):
    with scope.open(job_viewer(patient.pk)):
        rows = Record.objects.filter(patient=patient)
        return sorted(bodies.unpack(row.dictionary, bytes(row.body)) for row in rows)


def held(parcel):
    return sorted(parcel.read(name) for name in parcel.namelist() if name.startswith("fhir/"))


def test_the_zip_equals_the_store_record_by_record(rosa, monkeypatch):
    monkeypatch.setattr("records.reading.whole._BATCH", 2)
    spaced = b'{ "resourceType":"Condition",\n "id":"odd" , "code":{"text":"Asthma"} }'
    make.records(rosa, make.condition(), make.observation(), spaced, make.condition())
    other = make.source(rosa, key="oneup:2", name="Prairie Clinics")
    make.records(rosa, make.condition("shared"), source=other, fhir_version="STU3")
    parcel = unzipped(rosa)
    assert held(parcel) == kept(rosa)
    assert any("/stu3/Condition/shared.json" in name for name in parcel.namelist())


def test_the_list_names_every_file_with_its_checksum(rosa):
    make.records(rosa, make.condition("wrong", verificationStatus={"coding": [{"code": "entered-in-error"}]}))
    make.records(rosa, make.observation())
    parcel = unzipped(rosa)
    listed = json.loads(parcel.read("manifest.json"))["files"]
    assert {one["path"] for one in listed} == {*parcel.namelist()} - {"manifest.json", "SHA256SUMS"}
    assert all(hashlib.sha256(parcel.read(one["path"])).hexdigest() == one["sha256"] for one in listed)
    records = [one for one in listed if one["path"].startswith("fhir/")]
    assert [one["enteredInError"] for one in records] == [True, False]


def test_the_checksums_can_be_checked_with_a_program_that_everybody_has(rosa, tmp_path):
    make.records(rosa, make.condition(), make.observation())
    unzipped(rosa).extractall(tmp_path)
    subprocess.run(["sha256sum", "--check", "--strict", "--quiet", "SHA256SUMS"], cwd=tmp_path, check=True)
    (tmp_path / "results.csv").write_bytes(b"changed")
    assert subprocess.run(
        ["sha256sum", "--check", "SHA256SUMS"], cwd=tmp_path, capture_output=True
    ).returncode


def test_nobody_elses_records_and_none_behind_a_closed_gate_are_in_it(rosa):
    make.records(make.patient(given="Ana"), make.condition(text="Ana's"))
    make.records(rosa, make.condition(), source=make.source(rosa, gate="question"))
    assert held(unzipped(rosa)) == []


@pytest.mark.parametrize("name", ["..", ".", "é" * 40, "con:aux", "CON", "nul.txt", "end."])
def test_a_strange_id_leads_nowhere(rosa, name):
    make.records(rosa, make.condition(name))
    (path,) = (each for each in unzipped(rosa).namelist() if each.startswith("fhir/"))
    assert ".." not in path
    assert path.split("/")[4].startswith("id-")


def test_the_table_computes_nothing_that_a_hospital_wrote(rosa):
    make.records(rosa, make.observation(code={"text": MINED}), make.observation(value=-1.5))
    text = "".join(taking.results(make.looking(rosa)))
    heading, *rows = csv.reader(io.StringIO(text.removeprefix("\ufeff")))
    assert heading[:4] == ["Date", "Kind", "Name", "Result"]
    assert {row[2] for row in rows} == {f"'{MINED}", "Hemoglobin A1c"}
    assert {row[4] for row in rows} == {"6.1", "-1.5"}
    assert not any(cell.startswith("=") for row in rows for cell in row)


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "＝", "＋", "－", "＠"])
def test_no_sign_begins_a_formula_in_the_table(rosa, sign):
    make.records(
        rosa, make.observation(code={"text": f"{sign}1+1"}, valueQuantity={"value": 1, "unit": f"{sign}2"})
    )
    text = "".join(taking.results(make.looking(rosa)))
    assert text.startswith("\ufeff")
    (row,) = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))[1:]
    assert row[2] == f"'{sign}1+1"
    assert row[5] in (f"'{sign}2", "")
    assert not [cell for cell in row if cell.startswith(sign)]


def test_taking_leaves_one_look(rosa):
    make.records(rosa, make.condition(), make.condition())
    list(reading.everything(make.looking(rosa)))
    with scope.open(job_viewer(rosa.pk)):
        assert list(Look.objects.filter(what="export").values_list("rows", flat=True)) == [2]


def test_no_transaction_is_open_while_a_browser_is_slow(rosa):
    make.records(rosa, make.condition(), make.condition())
    walk = reading.everything(make.looking(rosa))
    next(walk)
    assert scope.current.get() is None


def test_the_files_ask_for_the_password_first(client):
    user = make.user()
    make.records(make.patient(user), make.condition())
    client.force_login(user)
    assert "Download everything" in client.get("/records/take/").content.decode()
    for file in ("everything.zip", "results.csv"):
        where = f"/records/take/{file}"
        asked = client.get(where)
        assert asked.url.startswith("/accounts/reauthenticate/")
        back = client.post(asked.url, {"password": make.PASSWORD}).url  # a file would leave them on the form
        assert back == "/records/take/?confirmed=yes"
        assert "Thank you, it is you." in client.get(back).content.decode()
        answer = client.get(where)
        assert answer["Content-Disposition"].startswith('attachment; filename="records-20')
        assert "no-store" in answer["Cache-Control"]
        assert b"".join(answer.streaming_content)
        client.logout()
        client.force_login(user)
