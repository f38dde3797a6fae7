"""The shapes 1up's services answer and fail in (docs/oneup.md, errors). One function per shape."""

import json
from collections.abc import Mapping
from typing import Any

from starlette.responses import Response


class Refusal(Exception):
    """Ends a request with the answer it carries."""

    def __init__(self, response: Response) -> None:
        super().__init__(response.status_code)
        self.response = response


def answer(
    body: Any, status: int = 200, *, kind: str = "application/json", headers: Mapping[str, str] | None = None
) -> Response:
    """Any JSON value, written compactly."""
    text = json.dumps(body, separators=(",", ":"), ensure_ascii=False).encode()
    return Response(text, status, headers=dict(headers or {}), media_type=kind)


def account_failure(error: str, status: int) -> Refusal:
    """User management says no."""
    return Refusal(answer({"success": False, "error": error}, status))


def token_failure(error: str, description: str, status: int = 400) -> Refusal:
    """The token endpoint says no, in OAuth's own shape."""
    return Refusal(answer({"error": error, "error_description": description}, status))


def search_failure(message: str, status: int) -> Refusal:
    """System Search says no."""
    return Refusal(answer({"success": False, "message": message}, status))


def gateway_failure(message: str, status: int, headers: Mapping[str, str] | None = None) -> Refusal:
    """The gateway in front of the API says no: Unauthorized, Forbidden, Too Many Requests."""
    return Refusal(answer({"message": message}, status, headers=headers))


def outcome(status: int, code: str, text: str, severity: str = "error") -> Response:
    """A FHIR OperationOutcome."""
    issue = {"severity": severity, "code": code, "details": {"text": text}}
    body = {"resourceType": "OperationOutcome", "issue": [issue]}
    return answer(body, status, kind="application/fhir+json")


def fhir_failure(status: int, code: str, text: str) -> Refusal:
    """A FHIR path says no."""
    return Refusal(outcome(status, code, text))
