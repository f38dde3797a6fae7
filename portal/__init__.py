"""The front door: who people are, the shell around every page, and the wiring."""

from portal.celery import app as celery_app

__all__ = ["celery_app"]
