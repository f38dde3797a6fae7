"""A server that says what a test wants, and a 1up client that knows no other."""

from collections.abc import Iterator

import pytest

from connect.oneup import OneUp, OneUpSettings
from tests.unit.connect.served import Served, says_json, serving

ACCESS = "token-for-nobody-else"
SECRET = "secret-of-the-app"


@pytest.fixture
def server() -> Iterator[Served]:
    with serving() as served:
        served.says(says_json({"fine": True}))
        yield served


@pytest.fixture
def told(server: Served) -> OneUpSettings:
    return OneUpSettings(
        api=f"{server.base}/api",
        auth=f"{server.base}/auth",
        search=f"{server.base}/search",
        client_id="the-app",
        client_secret=SECRET,
        forbidden_hosts=("portal.example",),
        allow_insecure=True,
        deadline=5.0,
        token_deadline=5.0,
    )


@pytest.fixture
def oneup(told: OneUpSettings) -> OneUp:
    return OneUp(told)
