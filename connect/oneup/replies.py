"""1up's small answers as values, and its many ways of saying no (docs/oneup.md §2.3) as errors.

Nothing of a body gets into an error: texts are looked at here and forgotten here.
"""

import re
from collections.abc import Iterator
from typing import Any

import msgspec

from connect.gateway import (
    AlreadyExists,
    GatewayError,
    NotFound,
    Refused,
    SignInAgain,
    Tokens,
    TryLater,
    Unreadable,
)
from connect.http import Answer, trouble
from connect.oneup.rules import USER_ID

_ASSUMED_LIFE = 600  # seconds, when the reply does not say
_LONGEST_LIFE = 86_400  # seconds; nothing longer was ever seen, and a date must be able to hold it
_SECRET = re.compile(r"[!-~]{1,8192}")  # what can travel in a header and hides nothing
BOM = b"\xef\xbb\xbf"
_NOT_JSON = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


def json_of(body: bytes) -> Any:
    """The body as plain values, None when it is not JSON."""
    try:
        return msgspec.json.decode(body.removeprefix(BOM))
    except _NOT_JSON:
        return None


def checked(call: str, answer: Answer) -> Any:
    """The JSON of a good answer. Raises the error that status, body or shape stand for."""
    reply = json_of(answer.body)
    by_status = trouble(call, answer)
    if by_status is not None:
        raise _by_text(call, answer.status, reply) if type(by_status) in {Refused, NotFound} else by_status
    if reply is None:
        raise not_json(call, answer)
    if says_no(reply):
        raise _by_text(call, answer.status, reply)
    return reply


def not_json(call: str, answer: Answer) -> GatewayError:
    """A web page where JSON was due is 1up's old way to ask for a sign-in (§2.3); the rest is unreadable."""
    page = answer.content_type == "text/html" or answer.body.lstrip()[:1] == b"<"
    return (SignInAgain if page else Unreadable)(call, answer.status)


def not_a_record(call: str, answer: Answer) -> GatewayError:
    """Why a good answer is not the resource or Bundle that was due: a polite no, a web page, or nonsense."""
    try:
        checked(call, answer)
    except GatewayError as error:
        return type(error)(call, answer.status)
    return Unreadable(call, answer.status)


def account(call: str, answer: Answer, app_user_id: str) -> tuple[str, str]:
    """1up's number of the user, as text (§2.6), and the one-time code (§3.2, §3.4)."""
    reply = checked(call, answer)
    if not isinstance(reply, dict) or str(reply.get("app_user_id", app_user_id)) != app_user_id:
        raise Unreadable(call, answer.status)
    number = number_of(reply)
    code = reply.get("code")
    if not number:
        raise Unreadable(call, answer.status)
    if code is None and call == "create_account":
        # Seed wording has it that asking for an existing user "does not fail" (§3.2): then no code comes.
        raise AlreadyExists(call, answer.status)
    return number, _secret(call, answer, code)


def tokens(call: str, answer: Answer) -> Tokens:
    """Tokens from either grant (§4.1, §4.2).

    A refused code is `TryLater` with one second: the token endpoint may not know a fresh code yet (§2.5).
    A refused refresh token is `SignInAgain`: a new code heals it (§4.3).
    """
    if (early := _refused_grant(call, answer)) is not None:
        raise early
    reply = checked(call, answer)
    if not isinstance(reply, dict) or str(reply.get("token_type", "bearer")).lower() != "bearer":
        raise Unreadable(call, answer.status)
    access = _secret(call, answer, reply.get("access_token"))
    refresh = reply.get("refresh_token")
    return Tokens(access, _secret(call, answer, refresh) if refresh else "", _life(reply.get("expires_in")))


def number_of(reply: object) -> str:
    """1up's number of the user a reply is about, as text; "" where it names none that can be one."""
    if not isinstance(reply, dict):
        return ""
    return _number_text(reply.get("oneup_user_id", reply.get("oneUpUserId")))


def check_deleted(call: str, answer: Answer) -> None:
    """Nothing, when something was deleted: 2xx with good news, or without a word. Raises the error it is.

    1up answers deletes with an OperationOutcome either way (§2.3, §9.2): its severities tell.
    """
    reply = json_of(answer.body)
    fine = not answer.body.strip() or (_is_outcome(reply) and not _is_bad_news(reply))
    if trouble(call, answer) is not None or not fine:
        checked(call, answer)


def words_of(reply: object) -> str:
    """All that a failing reply says, in lower case. To be looked at and forgotten: never for an error."""
    return " ".join(_texts(reply))


def _is_outcome(reply: object) -> bool:
    return isinstance(reply, dict) and reply.get("resourceType") == "OperationOutcome"


def _is_bad_news(reply: Any) -> bool:
    issues = reply.get("issue")
    severities = {issue.get("severity") if isinstance(issue, dict) else None for issue in issues or [None]}
    return not severities <= {"information", "success", "warning"}


def _refused_grant(call: str, answer: Answer) -> GatewayError | None:
    if answer.status not in {200, 400}:
        return None
    said = words_of(json_of(answer.body))
    if "invalid_grant" not in said and "invalid code" not in said:
        return None
    if call == "redeem":
        return TryLater(call, answer.status, retry_after=1.0)
    return SignInAgain(call, answer.status)


def _life(value: object) -> int:
    text = _number_text(int(value) if isinstance(value, float) else value)
    return min(int(text), _LONGEST_LIFE) if text else _ASSUMED_LIFE


def _number_text(value: object) -> str:
    """A JSON number or a string of digits as text; "" for everything else."""
    text = str(value) if isinstance(value, int | str) and not isinstance(value, bool) else ""
    return text if re.fullmatch(USER_ID, text) else ""


def _secret(call: str, answer: Answer, value: object) -> str:
    if not isinstance(value, str) or not _SECRET.fullmatch(value):
        raise Unreadable(call, answer.status)
    return value


def says_no(reply: object) -> bool:
    """Whether a reply says, under whatever status, that it did not work."""
    if not isinstance(reply, dict):
        return False
    if _is_outcome(reply):
        return True
    return reply.get("success") in (False, "false") or bool(reply.get("error"))


def _by_text(call: str, status: int, reply: object) -> GatewayError:
    """Which kind of no. The words decide: statuses disagree (§15.1: 200, 400 and 404 for one thing)."""
    said = words_of(reply)
    if "already exists" in said:
        return AlreadyExists(call, status)
    if "does not exist" in said or status in {404, 410}:
        return NotFound(call, status)
    if status < 400 and ("unauthorized" in said or "access token" in said):
        return SignInAgain(call, status)
    if status < 400 and ("server_error" in said or "temporarily_unavailable" in said):
        return TryLater(call, status)
    return Refused(call, status)


def _texts(reply: object, depth: int = 0) -> Iterator[str]:
    """Everything a failing reply says, in lower case, whatever its shape."""
    if not isinstance(reply, dict) or depth > 3:
        return
    for name in ("error_description", "error", "message", "diagnostics", "text", "details"):
        if isinstance(value := reply.get(name), str):
            yield value.lower()
        else:
            yield from _texts(value, depth + 1)
    issues = reply.get("issue")
    for issue in issues if isinstance(issues, list) else ():
        yield from _texts(issue, depth + 1)
