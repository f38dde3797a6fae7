"""A request as the web server hands it over, before any middleware has seen it."""

from typing import Any

from django.core.handlers.wsgi import WSGIHandler, WSGIRequest


class Arriving(WSGIRequest):
    """A request whose claim about its charset is not believed: our forms come back in UTF-8.

    Django would ask Python for whatever codec a stranger names. Some raise there, some where the query is
    read, and no page of ours could answer that.
    """

    def _set_content_type_params(self, meta: dict[str, Any]) -> None:
        self.content_type = meta.get("CONTENT_TYPE", "").partition(";")[0].strip().lower()
        self.content_params = {}


class Site(WSGIHandler):
    """Django's WSGI application, on requests of ours."""

    request_class = Arriving
