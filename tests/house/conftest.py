"""Worlds that a whole file shares: made once, in a transaction inside which each test has its own."""

import pytest
from django.db import transaction

from tests.access import roles
from tests.house.site_world import ADA, World


@pytest.fixture(scope="module")
def rosa(django_db_setup, django_db_blocker):
    """Rosa, for tests whose mark is `django_db`: what they do is taken back after each."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield World()
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def ada(rosa):
    """Somebody else with one of everything."""
    return World(ADA)


@pytest.fixture(scope="module")
def cast(rosa):
    """A user for each role, around Rosa."""
    return roles.cast(rosa)
