"""The Celery application. Redis is its broker and nothing else; the truth about work is in Postgres."""

import os

from celery import Celery

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
