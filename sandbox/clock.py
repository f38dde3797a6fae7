"""The sandbox's own time, which can be moved forward so that a test need not wait for a lifetime to pass."""

from datetime import UTC, datetime, timedelta


class Clock:
    """Real time plus an offset that only grows."""

    def __init__(self) -> None:
        self._ahead = timedelta(0)

    def now(self) -> datetime:
        """The sandbox's present, aware, in UTC."""
        return datetime.now(UTC) + self._ahead

    def forward(self, seconds: float) -> None:
        """Move the present forward. Raises ValueError for a step back: expired things must stay expired."""
        if seconds < 0:
            raise ValueError("the clock only moves forward")
        self._ahead += timedelta(seconds=seconds)


def instant(at: datetime) -> str:
    """A FHIR instant in UTC with milliseconds, as 1up writes them (docs/oneup.md, FHIR search)."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
