"""Every R4 patient of a folder of bundles, each with an account of their own: CORPUS=folder make test.

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
from pathlib import Path
from typing import Any

import pytest
import requests
from playwright.sync_api import Browser

from records import bodies
from tests.browser.person import Person
from tests.evidence import Witness
from tests.site import Site, start_site

FOLDER = os.environ.get("CORPUS", "")
PLACE = "Corpus Hospital (demo)"
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


@pytest.fixture(scope="module")
def hospital(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site whose sandbox knows the people of the folder."""
    home = tmp_path_factory.mktemp("corpus")
    with start_site(home, settings={"MINIMUM_AGE": "0"}, corpus=str(Path(FOLDER).resolve())) as site:
        yield site


def strangers(site: Site) -> list[Stranger]:
    """Who can sign in at the hospital of the folder, as the sandbox's front page lists them."""
    page = requests.get(site.sandbox.url, timeout=60).text
    part = page.partition(f"{PLACE}\n")[2]
    return [Stranger(*found.groups()) for found in _SOMEBODY.finditer(re.split(r"\n(?=\S)", part)[0])]


def bundles() -> dict[str, Counter[str]]:
    """The types of the resources in each bundle, by the name of its patient as a sign-in page writes it."""
    found = {}
    for path in sorted(Path(FOLDER).rglob("*.json*")):
        raw = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        held = [entry["resource"] for entry in json.loads(raw).get("entry", []) if "resource" in entry]
        for patient in (each for each in held if each["resourceType"] == "Patient"):
            found[name_of(patient)] = Counter(each["resourceType"] for each in held)
    return found


def name_of(patient: dict[str, Any]) -> str:
    """Given names and family name, which older versions send as a list."""
    names = patient.get("name") or [{}]
    name = next((each for each in names if each.get("use") == "official"), names[0])
    family = name.get("family", "")
    return " ".join([*name.get("given", []), *([family] if isinstance(family, str) else family)])


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
        for category in observation.get("category", [])
        for coding in category.get("coding", [])
    )


def the_main_job(person: Person, who: Stranger) -> None:
    """From no account to a page with a record on it."""
    person.sign_up()
    person.say_who_i_am()
    person.find("Corpus Hospital")
    person.leave_for(PLACE)
    person.sign_in_there(who.username)
    person.agree()
    person.wait_for_records(seconds=300)


def rows_of_results(person: Person) -> int:
    """How many test results the list shows on its first page."""
    person.page.goto(person.site + "/records/test-results/")
    return person.page.get_by_role("main").locator("ul.rows > li").count()


def one(browser: Browser, site: Site, who: Stranger) -> dict[str, Any]:
    """One person's whole journey; what there is to say of it."""
    context = browser.new_context()
    email = f"{who.username}.{secrets.token_hex(3)}@example.org"
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
        "difference": witness.difference(),
        "results": rows_of_results(person),
        "has laboratory": has_laboratory_result(site, witness.patient),
        "troubles": person.troubles,
    }
    context.close()
    return found


def test_everybody_in_the_folder_gets_every_resource_exactly_once(chrome: Browser, hospital: Site):
    people, charts, wrong = strangers(hospital), bundles(), []
    assert people, "nobody of the folder can sign in"
    for who in people:
        found = one(chrome, hospital, who)
        held = charts[f"{who.given} {who.family}"]
        shown = f"{found['results']} test results on the first page"
        print(f"\n{who.given} {who.family}: {held.total()} resources, {found['seconds']} s, {shown}", end="")
        faults = {
            "difference": found["difference"],
            "not as in the bundle": (held - found["kept"]) + (found["kept"] - held),
            "no result in the list": found["has laboratory"] and not found["results"],
            "console": found["troubles"],
        }
        wrong += [f"{who.given} {who.family}: {name}: {what}" for name, what in faults.items() if what]
    assert wrong == []
