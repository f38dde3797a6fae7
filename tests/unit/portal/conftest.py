"""Mail goes to the outbox, as in life: Django's test runner would put it aside."""

from datetime import UTC, datetime

import pytest
from time_machine import TimeMachineFixture


@pytest.fixture(autouse=True)
def _mail_goes_to_the_outbox(settings) -> None:
    settings.EMAIL_BACKEND = "ground.outbox.Backend"


@pytest.fixture
def clock(time_machine: TimeMachineFixture) -> TimeMachineFixture:
    """Time stands still at now; `clock.shift(seconds)` moves it."""
    time_machine.move_to(datetime.now(UTC), tick=False)
    return time_machine
