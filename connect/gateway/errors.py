"""What can go wrong at a gateway. An error says what to do next (wait, sign in, stop).

It remembers which call and which HTTP status, never a body and never an address: either may hold health data
or a secret.
"""

from typing import Literal

IngestNo = Literal[
    "user",  # 400: the account is not known, or not named
    "place",  # 400: the place is not known, or not named
    "version",  # 400: the FHIR version is not known, or not named
    "not_connected",  # 400: this patient never connected this place
    "no_sign_in",  # 400: the place's sign-in is used up; the patient signs in there again
    "forbidden",  # 403: the account is not ours
    "unknown",  # a no that we cannot read
]
"""Why a place was not asked anew, or a permission not taken back."""


class GatewayError(Exception):
    """A call to a gateway did not work.

    `call` is our own name of the call ("everything"), `status` the HTTP status or None when no whole
    answer came.
    """

    def __init__(self, call: str, status: int | None = None) -> None:
        super().__init__(call, status)  # plain arguments, so that a copy or a pickle is the same error
        self.call = call
        self.status = status

    def __str__(self) -> str:
        """One short line without anything that came from outside."""
        return f"{self.call}: {type(self).__name__} ({self.status or 'no answer'})"


class TryLater(GatewayError):
    """No answer, a cut answer, 429 or 5xx: the same call may work later.

    `retry_after` is in seconds, 0 to 900, or None when the gateway did not say.
    """

    def __init__(self, call: str, status: int | None = None, retry_after: float | None = None) -> None:
        super().__init__(call, status)
        self.args = (call, status, retry_after)
        self.retry_after = retry_after


class SignInAgain(GatewayError):
    """401, a token that is no longer good, or a redirect or web page where JSON was due: new tokens are
    needed.
    """


class Refused(GatewayError):
    """Any other 4xx, or a polite 200 that says it did not work: asking again the same way will not help."""


class AlreadyExists(Refused):
    """The account is there already; ask for a new code instead."""


class NotFound(Refused):
    """The gateway does not know the account, place, patient or resource, or it was deleted."""


class Unreadable(GatewayError):
    """An answer we cannot use: not JSON, wrong shape, not whole, too large, or a link to another server."""


class TooLarge(Unreadable):
    """An answer of more bytes than we take; the rest of it was not read."""


class CannotIngest(Refused):
    """The gateway will not ask this place anew, or has nothing of it to take back. `reason` says why."""

    def __init__(self, call: str, status: int | None = None, reason: IngestNo = "unknown") -> None:
        super().__init__(call, status)
        self.args = (call, status, reason)
        self.reason: IngestNo = reason
