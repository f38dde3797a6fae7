"""Rosa, whose records most of these tests are about: signed in, looked at, sent records by a place."""

import pytest

from ground import scope
from tests import factories as make


@pytest.fixture
def owner():
    """Whose account it is, five hours behind the clocks that places write in."""
    return make.user(time_zone="America/New_York")


@pytest.fixture
def rosa(owner):
    return make.patient(owner)


@pytest.fixture
def viewer(rosa, owner):
    """Rosa looking at her own records, with her scope open."""
    with scope.open(make.looking(rosa, owner)) as looking:
        yield looking


@pytest.fixture
def lakeside(rosa):
    """A place that sends her records."""
    return make.source(rosa)


@pytest.fixture
def browser(client, owner, rosa):
    """A client of Django's in which she is signed in."""
    client.force_login(owner)
    return client
