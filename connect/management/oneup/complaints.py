"""What went wrong, as one plain line. Nothing of an answer is in it, and no address."""

from connect.gateway import (
    AlreadyExists,
    CannotIngest,
    GatewayError,
    IngestNo,
    NotFound,
    SignInAgain,
    TooLarge,
    TryLater,
    Unreadable,
)
from connect.gateways import Busy

_INGEST: dict[IngestNo, str] = {
    "user": "1up does not know this user.",
    "place": "1up does not know this place.",
    "version": "The place does not have this FHIR version.",
    "not_connected": "This user never connected this place in this version.",
    "no_sign_in": "The sign-in at the place is used up: the patient has to sign in there again.",
    "forbidden": "This user belongs to another app.",
    "unknown": "1up refused, for a reason that could not be read.",
}
_SENTENCES: tuple[tuple[type[GatewayError], str], ...] = (
    (AlreadyExists, "There is a user of that name already."),
    (NotFound, "1up does not know it, or it was deleted."),
    (
        SignInAgain,
        "1up did not accept our credentials or token: check ONEUP_CLIENT_ID and ONEUP_CLIENT_SECRET.",
    ),
    (TooLarge, "The answer was larger than we take."),
    (Unreadable, "1up's answer could not be read."),
    (GatewayError, "1up refused what was asked."),
)


def sentence(error: GatewayError) -> str:
    """One line for an error of a gateway, with the status where there is one."""
    if isinstance(error, CannotIngest):
        said = _INGEST[error.reason]
    elif isinstance(error, TryLater):
        said = _later(error)
    else:
        said = next(words for kind, words in _SENTENCES if isinstance(error, kind))
    return f"{said} ({error.status})" if error.status else said


def _later(error: TryLater) -> str:
    wait = f" Try again in {error.retry_after:.0f} seconds." if error.retry_after else " Try again later."
    if isinstance(error, Busy):
        return f"Our own budget of calls is used up; nothing was asked.{wait}"
    if error.call == "redeem" and error.status == 400:
        return f"1up does not take the code it made yet.{wait}"
    return f"1up is busy or did not answer.{wait}"
