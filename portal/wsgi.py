"""The WSGI entry point."""

import os

import django

from portal.arriving import Site
from portal.celery import ring_quickly

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

ring_quickly()
django.setup(set_prefix=False)
application = Site()
