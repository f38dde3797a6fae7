"""The WSGI entry point."""

import os

import django
from django.utils.module_loading import import_string

from portal.arriving import Site
from portal.celery import ring_quickly
from portal.patience import answer_in_time

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

ring_quickly()
django.setup(set_prefix=False)
answer_in_time()
import_string("portal.checks.refuse")()  # it knows models, which are there by now
application = Site()
