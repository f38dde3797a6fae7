"""What may stand in a log: short events, ids, counts, durations, codes. Nothing else gets through."""

import json
import logging
import re
import traceback
from datetime import UTC, datetime
from types import TracebackType
from typing import Any

from django.http import HttpRequest
from django.views.debug import SafeExceptionReporterFilter

from ground.correlation import request_id

#: The only extra keys a line may carry.
KEYS = frozenset(
    {
        "account",
        "alarm",
        "attempt",
        "call",
        "count",
        "error",
        "gateway",
        "job",
        "kept",
        "kind",
        "millis",
        "path",
        "place",
    }
    | {"run", "seconds", "slices", "state", "status", "user", "waiting"}
)
_TOKEN_SHAPED = re.compile(r"[A-Za-z0-9_\-]{32,}|eyJ[A-Za-z0-9_\-]{10,}|[\w.+-]+@[\w-]+\.[\w.]+")

#: Django's loggers that write the address of a request: which record of whom somebody opened.
_NAMING_ADDRESSES = ("django.request", "django.security", "django.server")

#: Loggers of others that put the text of an error into their own line; it may hold values.
_SAYING_TEXTS = ("celery", "kombu", "granian", "django.db", "psycopg")


class Clean(logging.Filter):
    """Replaces a line that holds a token-shaped word or an address; says nothing when it fails itself."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Always lets the line pass, scrubbed where needed."""
        try:
            text = record.getMessage()
        except Exception:  # noqa: BLE001  (what cannot be said may raise anything, and must not end the work)
            text = "log.unreadable"
        if record.name.startswith(_NAMING_ADDRESSES):
            text, record.path = text.partition(":")[0], _route(record)
            text = "answered" if record.name == "django.server" else text
        if record.name.startswith(_SAYING_TEXTS) and (record.exc_info or record.levelno >= logging.ERROR):
            text = "trouble"
        record.msg, record.args = ("log.scrubbed" if _TOKEN_SHAPED.search(text) else text), None
        return True


class Line(logging.Formatter):
    """One JSON object a line: time, level, logger, event, request id, the allowed extras, bare frames."""

    def format(self, record: logging.LogRecord) -> str:
        """The line; unknown keys are dropped, not printed. Never fails: `logging` would then print it all."""
        try:
            return self._line(record)
        except Exception:  # noqa: BLE001  (whatever it is, nothing of the record may get out)
            return '{"event": "log.scrubbed"}'

    def _line(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage(),
        }
        if asked := request_id.get() or getattr(getattr(record, "request", None), "id", ""):
            line["request"] = asked
        line |= {key: _plain(record.__dict__[key]) for key in KEYS & record.__dict__.keys()}
        if record.exc_info and record.exc_info[2] is not None:
            line["trouble"] = _where(record.exc_info[0], record.exc_info[2])
        return json.dumps(line, ensure_ascii=False)


class NothingToReport(SafeExceptionReporterFilter):
    """Error reports carry no settings, no parameters, no local variables."""

    def is_active(self, request: HttpRequest | None) -> bool:
        """Always: whatever DEBUG says."""
        return True

    def get_traceback_frame_variables(self, request: HttpRequest | None, tb_frame: Any) -> Any:
        """None of them."""
        return {}.items()


def _route(record: logging.LogRecord) -> str:
    """Which address was asked for, with the names of its parts in place of their values."""
    match = getattr(getattr(record, "request", None), "resolver_match", None)
    return match.route if match is not None else ""


def _plain(value: object) -> object:
    if isinstance(value, int | float | bool) or value is None:
        return value
    text = str(value)[:120]
    return "scrubbed" if _TOKEN_SHAPED.search(text) else text


def _where(kind: type[BaseException] | None, trace: TracebackType) -> list[str]:
    """The error's type and its frames; never its text, which may hold values."""
    frames = [
        f"{frame.name} {frame.filename.rsplit('/', 1)[-1]}:{frame.lineno}"
        for frame in traceback.extract_tb(trace)
    ]
    return [kind.__name__ if kind else "?", *frames[-12:]]
