"""The sandbox, new before each contract test."""

from collections.abc import Iterator

import pytest

from tests.sandbox_process import Member, Sandbox, start_sandbox


@pytest.fixture(scope="session")
def contract_process() -> Iterator[Sandbox]:
    with start_sandbox() as running:
        yield running


@pytest.fixture
def sandbox(contract_process: Sandbox) -> Sandbox:
    contract_process.reset()
    return contract_process


@pytest.fixture
def member(sandbox: Sandbox) -> Member:
    return sandbox.member()
