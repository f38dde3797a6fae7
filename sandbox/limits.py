"""1up's known rate limits as sliding windows, off unless asked for (docs/oneup.md, rate limits)."""

import math
from collections import deque
from datetime import datetime, timedelta

PER_MINUTE = 60  # calls of an application
USERS_PER_HOUR = 300  # calls on user management


class Window:
    """At most `limit` calls in `seconds`; a limit of None lets everything pass."""

    def __init__(self, limit: int | None, seconds: float) -> None:
        self.limit = limit
        self._span = timedelta(seconds=seconds)
        self._calls: deque[datetime] = deque()

    def take(self, now: datetime) -> int:
        """0 when the call may pass, else whole seconds until one may."""
        if self.limit is None:
            return 0
        while self._calls and self._calls[0] <= now - self._span:
            self._calls.popleft()
        if len(self._calls) < self.limit:
            self._calls.append(now)
            return 0
        oldest = self._calls[0] if self._calls else now
        return max(1, math.ceil((oldest + self._span - now).total_seconds()))


class Limits:
    """The two windows 1up is known or said to have."""

    def __init__(self, on: bool) -> None:
        self.calls = Window(PER_MINUTE if on else None, 60)
        self.users = Window(USERS_PER_HOUR if on else None, 3600)

    def take(self, path: str, now: datetime) -> int:
        """0 when a call on this path may pass, else the seconds for Retry-After."""
        if not path.startswith(("/api/", "/auth/", "/search/")):
            return 0
        wait = self.users.take(now) if path.startswith("/api/user-management/") else 0
        return wait or self.calls.take(now)
