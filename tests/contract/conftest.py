"""The sandbox, new before each contract test, and the product's own client pointed at it."""

from collections.abc import Iterator

import pytest

from connect.oneup import OneUp, OneUpSettings
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


@pytest.fixture
def settings(sandbox: Sandbox) -> OneUpSettings:
    return OneUpSettings(
        api=sandbox.api,
        auth=sandbox.auth,
        search=sandbox.search,
        analytics=sandbox.analytics,
        bulk=sandbox.bulk,
        customer=sandbox.client_id,
        client_id=sandbox.client_id,
        client_secret=sandbox.client_secret,
        forbidden_hosts=("localhost",),
        allow_insecure=True,
        deadline=10.0,
    )


@pytest.fixture
def oneup(settings: OneUpSettings) -> OneUp:
    return OneUp(settings)


@pytest.fixture
def healed(sandbox: Sandbox) -> Iterator[Sandbox]:
    yield sandbox
    sandbox.heal()
