"""kill -9 of the worker, of Redis and of Postgres, each in the middle of an import of 700 resources.

Three people import at once, so that the time until a dead worker's lease runs out passes once for all.
"""

from collections.abc import Iterator

import pytest

from tests.journeys.visitor import BIG, Visitor
from tests.site import Site

pytestmark = pytest.mark.rota(5)  # `make faults` kills a hundred times

KILLED = ("worker", "redis", "postgres")


@pytest.fixture(scope="module")
def survivors(running_site: Site) -> Iterator[dict[str, Visitor]]:
    """Somebody for each server that was killed while their import was under way; all of it is over."""
    site = running_site
    site.sandbox.heal()
    people = {name: Visitor(site).sign_up() for name in KILLED}
    site.sandbox.fault(route="*/$everything", delay=0.8, times=None)
    for name, person in people.items():
        person.connect(BIG)
        site.until(lambda mine=person: is_in_the_middle(mine), what="some pages")
        site.kill(name)
        site.start(name)
    for person in people.values():
        site.until(person.witness.is_over, seconds=240, what="the import")
    site.sandbox.heal()
    yield people


def is_in_the_middle(person: Visitor) -> bool:
    """Whether pages of theirs were kept and more are to come."""
    phase = person.witness.runs()[-1][0]
    assert phase != "ended", "it was over before anybody could kill anything"
    return phase == "fetching" and person.witness.of_theirs("records_record") > 150


@pytest.mark.parametrize("name", KILLED)
def test_an_import_outlives_the_kill_of(survivors: dict[str, Visitor], name: str):
    person = survivors[name]
    assert person.witness.runs() == [("ended", "done", "")]
    assert person.witness.difference() == {}
    assert len(person.witness.kept()) == 700
    assert person.witness.of_theirs("records_version") == 0
    assert person.witness.of_theirs("records_quarantined") == 0
    person.go("/connect/places/")
    assert "Up to date" in person.page.text


@pytest.mark.parametrize("name", ["redis", "postgres"])
def test_pages_do_not_hang_and_come_back_when_this_dies(site: Site, rosa: Visitor, name: str):
    """Redis is never in the path of reading; without Postgres a plain error page says to come back."""
    site.kill(name)
    try:
        page = rosa.go("/connect/places/")
        assert page.seconds < 10
        assert page.status == (200 if name == "redis" else 503)
        assert name == "redis" or "Traceback" not in page.text
    finally:
        site.start(name)
    site.until(lambda: rosa.go("/connect/places/").status == 200, what="the page")
