"""A share of the hostile requests of `make fuzz`, with a seed that stays."""

from collections.abc import Iterator

import pytest
from django.test import override_settings
from django.urls import path

from tests.fuzz import visits
from tests.house.site_world import World
from tests.sandbox_process import CLIENT_ID, CLIENT_SECRET, start_sandbox

SEED = 3
pytestmark = pytest.mark.django_db


@pytest.fixture
def gateway(settings) -> Iterator[None]:
    """A sandbox that answers, as in life."""
    with start_sandbox() as sandbox:
        told = {"api": sandbox.api, "auth": sandbox.auth, "search": sandbox.search}
        settings.ONEUP = {**settings.ONEUP, **told, "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}
        yield


@pytest.mark.rota(5)  # `make fuzz` runs it each time
def test_no_hostile_request_is_answered_with_an_error_or_led_off_the_site(gateway):
    *_, result = visits.Visitor(World(), SEED).run(range(600))
    assert result.problems == []
    assert (result.requests, result.errors, result.off_site) == (600, 0, 0)
    assert len(result.names) > 60


def _broken(request):
    raise ValueError("broken")


urlpatterns = [path("broken/", _broken)]


def test_an_error_is_noticed(monkeypatch):
    world = World()
    monkeypatch.setattr(visits.addresses, "all_of", lambda world: [("broken", "/broken/", [])])
    with override_settings(ROOT_URLCONF=__name__):
        *_, result = visits.Visitor(world, SEED).run(range(20))
    assert result.errors > 0
    assert len(result.problems) == result.errors
