"""A folder of FHIR bundles as people who can sign in."""

import gzip
import json
import os
import shutil
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sandbox.charts import load
from sandbox.fhir_store import FhirStore
from sandbox.patients import BundleError, logins
from sandbox.patients.bundles import read_folder
from sandbox.patients.people import person_of, sign_ins, spoken_date

BUNDLES = Path(__file__).parents[2] / "data" / "bundles"
SYSTEMS = {"r4": 1, "stu3": 2, "dstu2": 3}


@pytest.fixture(scope="module")
def charts():
    dstu2, loose, r4 = read_folder(BUNDLES, SYSTEMS)
    return {"dstu2": dstu2, "loose": loose, "r4": r4}


def read(chart):
    return [load(body) for body in (chart.patient, *chart.resources)]


def types(chart):
    return Counter(resource["resourceType"] for resource in read(chart))


def test_the_folder_or_the_content_tells_the_version(charts):
    assert {name: (chart.fhir_version, chart.system_id) for name, chart in charts.items()} == {
        "dstu2": ("dstu2", 3),
        "loose": ("stu3", 2),
        "r4": ("r4", 1),
    }


def test_a_folder_named_for_a_version_outweighs_the_content(tmp_path):
    (tmp_path / "R4" / "more").mkdir(parents=True)
    shutil.copy(BUNDLES / "dstu2" / "ana.json", tmp_path / "R4" / "more" / "ana.json")
    assert [chart.fhir_version for chart in read_folder(tmp_path, SYSTEMS)] == ["r4"]


def test_an_entry_without_an_id_takes_the_one_of_its_full_url(charts):
    observation = next(one for one in read(charts["r4"]) if one["resourceType"] == "Observation")
    assert observation["id"] == "7a0d5c52-1111-4c0a-9d0e-000000000002"


def test_every_entry_is_there_once_though_two_have_the_same_id(charts):
    assert types(charts["r4"]) == Counter(
        Patient=1, Observation=1, Practitioner=2, Encounter=1, DocumentReference=1, Binary=1
    )
    assert types(charts["dstu2"]) == Counter(Organization=1, Patient=1, MedicationOrder=2)
    for chart in charts.values():
        keys = [(resource["resourceType"], resource["id"]) for resource in read(chart)]
        assert len(keys) == len(set(keys))


def test_references_of_every_form_become_type_and_id(charts):
    by_type = {resource["resourceType"]: resource for resource in read(charts["r4"])}
    known, unknown = by_type["Observation"]["performer"]
    assert by_type["Observation"]["subject"]["reference"] == f"Patient/{by_type['Patient']['id']}"
    assert known["reference"] == "Practitioner/doc"
    assert unknown["reference"] == "Practitioner?identifier=https://npi.example|unknown"
    paper = by_type["DocumentReference"]
    assert paper["context"]["encounter"][0]["reference"] == "Encounter/5"
    assert paper["content"][0]["attachment"]["url"] == f"Binary/{by_type['Binary']['id']}"


def test_an_absolute_reference_to_an_entry_is_resolved_and_an_empty_one_left(charts):
    assert read(charts["loose"])[1]["subject"]["reference"] == "Patient/1"
    orders = [one for one in read(charts["dstu2"]) if one["resourceType"] == "MedicationOrder"]
    assert orders[0]["encounter"]["reference"] == ""
    assert orders[0]["patient"]["reference"] == "Patient/7a0d5c52-2222-4c0a-9d0e-000000000001"


def test_numbers_keep_their_text(charts):
    observation = next(body for body in charts["r4"].resources if b'"Observation"' in body)
    assert b'"value":7.0,' in observation
    assert b'"value":1.50E+2}' in observation


def test_minted_ids_are_the_same_on_every_reading_compressed_or_not(charts, tmp_path):
    shutil.copytree(BUNDLES, tmp_path / "again")
    assert read_folder(tmp_path / "again", SYSTEMS)[0] == charts["dstu2"]


def test_a_compressed_bundle_is_read_like_a_plain_one(charts, tmp_path):
    (tmp_path / "r4").mkdir()
    plain = (BUNDLES / "r4" / "ana.json").read_bytes()
    (tmp_path / "r4" / "ana.json.gz").write_bytes(gzip.compress(plain))
    (chart,) = read_folder(tmp_path, SYSTEMS)
    assert chart.patient == charts["r4"].patient
    assert types(chart) == types(charts["r4"])


def test_two_bundles_with_the_same_patient_id_stay_two_people(tmp_path):
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        shutil.copy(BUNDLES / "r4" / "ana.json", tmp_path / name / "ana.json")
    first, second = read_folder(tmp_path, SYSTEMS)
    store = FhirStore("r4")
    at = datetime(2026, 1, 1, tzinfo=UTC)
    patients = {store.ingest(1, first, at=at), store.ingest(1, second, at=at)}
    assert len(patients) == 2
    ids = [truth.id for truth in store.truth(1)]
    assert len(ids) == len(set(ids)) == 14


def test_a_broken_file_is_named_and_its_content_is_not(tmp_path):
    (tmp_path / "half.json").write_text('{"resourceType": "Bundle", "secret')
    with pytest.raises(BundleError, match="half") as caught:
        read_folder(tmp_path, SYSTEMS)
    assert "secret" not in str(caught.value)


def test_a_missing_folder_is_said_plainly(tmp_path):
    with pytest.raises(BundleError, match="no folder"):
        logins(tmp_path / "nowhere")


def test_each_bundle_gives_one_sign_in_with_its_own_user_name(charts):
    found = sign_ins(charts.values(), taken=["patient"])
    assert [(login.username, login.password, login.person) for login in found] == [
        ("ana.nunez", "ana.nunez-demo", "Ana Núñez, born February 1990"),
        ("patient2", "patient2-demo", "Name not recorded, birth date not recorded"),
        ("ana.nunez2", "ana.nunez2-demo", "Ana Núñez, born 28 February 1990"),
    ]


@pytest.mark.parametrize(
    ("date", "spoken"),
    [("1968-05-14", "14 May 1968"), ("1968-05", "May 1968"), ("1968", "1968"), ("unknown", "unknown")],
)
def test_a_date_is_spoken_with_the_precision_it_has(date, spoken):
    assert spoken_date(date) == spoken


def test_a_person_is_called_by_the_official_name():
    names = [{"use": "maiden", "family": "Old"}, {"use": "official", "family": "New", "given": ["A", "B"]}]
    assert person_of(json.dumps({"name": names, "birthDate": "1968"}).encode()) == "A B New, born 1968"


@pytest.mark.skipif("CORPUS" not in os.environ, reason="CORPUS names no folder of bundles")
def test_every_entry_of_a_given_corpus_is_served_once_with_its_numbers():
    folder = Path(os.environ["CORPUS"])
    given: Counter = Counter()
    for path in folder.rglob("*.json*"):
        content = path.read_bytes()
        bundle = json.loads(gzip.decompress(content) if path.suffix == ".gz" else content, parse_float=str)
        if any(entry["resource"]["resourceType"] == "Patient" for entry in bundle.get("entry", ())):
            given.update(_facts(entry["resource"]) for entry in bundle["entry"])
    stores = {version: FhirStore(version) for version in SYSTEMS}
    for chart in read_folder(folder, SYSTEMS):
        stores[chart.fhir_version].ingest(1, chart, at=datetime(2026, 1, 1, tzinfo=UTC))
    served: Counter = Counter()
    for store in stores.values():
        for patient in store.patients(1):
            entries = store.everything(1, patient.patient_id, count=100_000).entries
            served.update(_facts(json.loads(body, parse_float=str)) for body in entries)
    assert served == given
    assert served


def _facts(resource):
    """A resource without what the store may change: ids, references, the server's meta."""
    kept = {key: value for key, value in resource.items() if key not in ("id", "meta")}
    own = {
        k: v for k, v in resource.get("meta", {}).items() if k not in ("versionId", "lastUpdated", "source")
    }
    return json.dumps([_plain(kept), own], sort_keys=True)


def _plain(value):
    if isinstance(value, dict):
        return {key: "?" if key == "reference" else _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list) else value
