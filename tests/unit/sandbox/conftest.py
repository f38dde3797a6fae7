"""One sandbox process for these tests, made new before each."""

from collections.abc import Iterator

import pytest

from tests.sandbox_process import Member, Sandbox, start_sandbox


@pytest.fixture(scope="session")
def sandbox_process() -> Iterator[Sandbox]:
    with start_sandbox() as running:
        yield running


@pytest.fixture
def sandbox(sandbox_process: Sandbox) -> Sandbox:
    sandbox_process.reset()
    return sandbox_process


@pytest.fixture
def member(sandbox: Sandbox) -> Member:
    return sandbox.member()
