"""One whole site for all journeys, with every secret that it keeps noted down from the start."""

from collections.abc import Iterator

import pytest

from tests.evidence import watch_secrets
from tests.journeys.visitor import Come, Visitor
from tests.site import Site, start_site


@pytest.fixture(scope="package")
def running_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The processes."""
    with start_site(tmp_path_factory.mktemp("journeys"), slow_seconds=4) as running:
        watch_secrets(running)
        yield running


@pytest.fixture
def site(running_site: Site) -> Iterator[Site]:
    """The site, with a sandbox that behaves, whatever the last journey asked of it."""
    running_site.sandbox.heal()
    running_site.sandbox.limits()
    yield running_site
    running_site.sandbox.heal()


@pytest.fixture
def come(site: Site) -> Come:
    """Lets somebody new come by: `rosa = come()`."""
    return lambda *who: Visitor(site, *who).sign_up()


@pytest.fixture
def rosa(come: Come) -> Visitor:
    """Rosa, signed up, at the page where she finds her first place."""
    return come()
