"""The sandbox, and the product pointed at it."""

from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.test import override_settings

from tests.sandbox_process import Sandbox, start_sandbox
from tests.unit.connect.linked.people import CALLBACK, Person, pointed_at, work


@pytest.fixture(scope="session")
def process() -> Iterator[Sandbox]:
    """One sandbox process for all of these tests."""
    with start_sandbox(callback=CALLBACK, systems=300, big=600) as started:
        yield started


@pytest.fixture
def sandbox(process: Sandbox, transactional_db: None) -> Iterator[Sandbox]:
    """The sandbox, emptied, and the product pointed at it."""
    process.reset()
    process.heal()
    process.limits()
    cache.clear()
    with override_settings(ONEUP=pointed_at(process)):
        yield process


@pytest.fixture
def rosa(sandbox: Sandbox) -> Person:
    """Rosa Delgado, whom two places of the sandbox know."""
    return Person()


@pytest.fixture
def linked(sandbox: Sandbox, rosa: Person) -> Person:
    """Rosa with one place connected, one link open and one question."""
    rosa.links(sandbox)
    sandbox.tick()
    work()
    rosa.leaves_for("4707")
    return rosa
