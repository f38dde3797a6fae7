"""The request being answered, for logs and looks: its id and which page it asks for.

Free of models: logging needs it early.
"""

from contextvars import ContextVar

#: Set by portal.middleware; empty outside a request.
request_id: ContextVar[str] = ContextVar("ground.request_id", default="")

#: The name of the address, as `portal.urls` has it ("records:one"); never the address itself.
route: ContextVar[str] = ContextVar("ground.route", default="")
