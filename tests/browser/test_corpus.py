"""Every patient of a folder of bundles, in all three versions, each with an account of their own.

CORPUS=folder make test TESTS=tests/browser/test_corpus.py

Each goes from no account to a record page by what a person sees; afterwards every resource of their bundle
is in the store exactly once.
"""

import gzip
import json
import os
import re
import secrets
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import pytest
import requests
from playwright.sync_api import Browser

from records import bodies
from sandbox.patients.versions import version_of
from tests.browser.person import Person
from tests.evidence import Witness
from tests.site import Site, start_site

FOLDER = os.environ.get("CORPUS", "")
PLACES = {
    "R4": "Corpus Hospital (demo)",
    "STU3": "Corpus Clinic STU3 (demo)",
    "DSTU2": "Corpus Clinic DSTU2 (demo)",
}
_SOMEBODY = re.compile(r"^    (.+) (\S+), born (\d+ \w+ \d{4}): (\S+) / ", re.M)

pytestmark = [
    pytest.mark.skipif(not FOLDER, reason="CORPUS names no folder of FHIR bundles"),
    pytest.mark.slow,
    pytest.mark.timeout(1800),
]


@dataclass(frozen=True)
class Stranger:
    """Somebody on the place's sign-in page."""

    given: str
    family: str
    born: str
    username: str
    place: str


@pytest.fixture(scope="module")
def hospital(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site whose sandbox knows the people of the folder."""
    home = tmp_path_factory.mktemp("corpus")
    with start_site(home, settings={"MINIMUM_AGE": "0"}, corpus=str(Path(FOLDER).resolve())) as site:
        yield site


def strangers(site: Site, place: str) -> list[Stranger]:
    """Who can sign in at a place of the folder, as the sandbox's front page lists them."""
    page = requests.get(site.sandbox.url, timeout=60).text
    part = page.partition(f"{place}\n")[2]
    listed = _SOMEBODY.finditer(re.split(r"\n(?=\S)", part)[0])
    return [Stranger(*found.groups(), place) for found in listed]


def bundles() -> dict[tuple[str, str], Counter[str]]:
    """Types of the resources in each bundle, by version and by patient as a sign-in page names them."""
    found = {}
    for path in sorted(Path(FOLDER).rglob("*.json*")):
        raw = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        held = [entry["resource"] for entry in json.loads(raw).get("entry", []) if "resource" in entry]
        version = version_of(PurePosixPath(path.relative_to(FOLDER)), held).upper()
        for patient in (each for each in held if each["resourceType"] == "Patient"):
            found[version, name_of(patient)] = Counter(each["resourceType"] for each in held)
    return found


def name_of(patient: dict[str, Any]) -> str:
    """Given names and family name, which older versions send as a list."""
    names = patient.get("name") or [{}]
    name = next((each for each in names if each.get("use") == "official"), names[0])
    family = name.get("family", "")
    return " ".join([*name.get("given", []), *([family] if isinstance(family, str) else family)])


def listed(value: Any) -> list[Any]:
    """DSTU2 sends one category where later versions send a list."""
    return value if isinstance(value, list) else [value] if value else []


def has_laboratory_result(site: Site, patient: int) -> bool:
    """Whether the chart holds an Observation that its source calls a laboratory's."""
    rows = site.rows(
        "select dictionary, body from records_record where patient_id = %s and resource_type = 'Observation'",
        patient,
    )
    held = (json.loads(bodies.unpack(dictionary, bytes(body))) for dictionary, body in rows)
    return any(
        coding.get("code") == "laboratory"
        for observation in held
        if observation.get("status") != "entered-in-error"
        for category in listed(observation.get("category"))
        for coding in category.get("coding", [])
    )


def the_main_job(person: Person, who: Stranger) -> None:
    """From no account to a page with a record on it."""
    person.sign_up()
    person.say_who_i_am()
    person.find(who.place.removesuffix(" (demo)"))
    person.leave_for(who.place)
    person.sign_in_there(who.username)
    person.agree()
    person.wait_for_records(seconds=300)


def rows_of_results(person: Person) -> int:
    """How many test results the list shows on its first page."""
    person.page.goto(person.site + "/records/test-results/")
    return person.page.get_by_role("main").locator("ul.rows > li").count()


def pages_that_fail(person: Person, site: Site, patient: int) -> list[tuple[int, str]]:
    """Every resource's own page that does not answer 200, asked for in the person's own browser."""
    rows = site.rows(
        "select kind, origin_id, resource_type, fhir_id from records_record where patient_id = %s", patient
    )
    bad = []
    for kind, origin, resource_type, fhir_id in rows:
        where = f"/records/{kind}/{origin}/{resource_type}/{fhir_id}/"
        answer = person.page.context.request.get(person.site + where)
        if answer.status != 200:
            bad.append((answer.status, resource_type))
        answer.dispose()
    return bad


def one(browser: Browser, site: Site, who: Stranger) -> dict[str, Any]:
    """One person's whole journey; what there is to say of it."""
    context = browser.new_context()
    email = f"{who.username}.{secrets.token_hex(3)}@example.org".lower()
    person = Person(context, site.url, who.given, who.family, who.born, email)
    began = time.monotonic()
    the_main_job(person, who)
    person.follow("^(Conditions|Test results|Visits|Vaccines)")
    person.page.get_by_role("main").locator("ul.rows a").first.click()
    seconds = time.monotonic() - began
    witness = Witness(site, email)
    found = {
        "seconds": round(seconds, 1),
        "kept": Counter(kind for _version, kind, _key, _digest in witness.kept()),
        "quarantined": witness.of_theirs("records_quarantined"),
        "difference": witness.difference(),
        "pages": pages_that_fail(person, site, witness.patient),
        "results": rows_of_results(person),
        "has laboratory": has_laboratory_result(site, witness.patient),
        "troubles": person.troubles,
    }
    context.close()
    return found


@pytest.mark.parametrize("version", PLACES)
def test_everybody_in_the_folder_gets_every_resource_exactly_once(
    chrome: Browser, hospital: Site, version: str
):
    people, charts, wrong, entries = strangers(hospital, PLACES[version]), bundles(), [], 0
    assert people or not any(each == version for each, _name in charts), "nobody can sign in"
    for who in people:
        found = one(chrome, hospital, who)
        held = charts[version, f"{who.given} {who.family}"]
        entries += held.total()
        shown = f"{found['results']} test results on the first page"
        print(f"\n{version} {who.given} {who.family}: {held.total()} entries, {found['kept'].total()} kept,"
              f" {found['quarantined']} quarantined, {found['seconds']} s, {shown}", end="")  # fmt: skip
        faults = {
            "difference": found["difference"],
            "not as in the bundle": (held - found["kept"]) + (found["kept"] - held),
            "pages": found["pages"],
            "no result in the list": found["has laboratory"] and not found["results"],
            "console": found["troubles"],
        }
        wrong += [f"{who.given} {who.family}: {name}: {what}" for name, what in faults.items() if what]
    print(f"\n{version}: {entries} entries in all")
    assert wrong == []
