"""The Celery application. Redis is its broker and nothing else; the truth about work is in Postgres."""

import os
from typing import Any

import django
from celery import Celery, signals
from django.core.exceptions import ImproperlyConfigured
from django.db import connections
from django.utils.module_loading import import_string

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

app = Celery("portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["ground", "connect", "records", "portal"])
app.autodiscover_tasks(["portal"], related_name="sweep")


def ring_quickly() -> None:
    """In a web process: a dead or hung Redis may cost a request half a second, never more."""
    app.conf.broker_transport_options = {
        **(app.conf.broker_transport_options or {}),
        "socket_timeout": 0.4,
        "socket_connect_timeout": 0.4,
        "max_retries": 0,
    }


@signals.worker_init.connect  # type: ignore[untyped-decorator]
@signals.beat_init.connect  # type: ignore[untyped-decorator]
def refuse_unsafe(**_: Any) -> None:
    """Before worker or beat begins: end with a sentence where the settings are unsafe or the keys wrong."""
    django.setup(set_prefix=False)
    try:
        import_string("portal.checks.refuse")()
    except ImproperlyConfigured as no:
        raise SystemExit(str(no)) from None
    connections.close_all()  # the children that do the work have connections of their own
