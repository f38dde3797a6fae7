"""The id of the request being answered, for logs and looks. Free of models: logging needs it early."""

from contextvars import ContextVar

#: Set by portal.middleware; empty outside a request.
request_id: ContextVar[str] = ContextVar("ground.request_id", default="")
