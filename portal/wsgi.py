"""The WSGI entry point."""

import os

from django.core.wsgi import get_wsgi_application

from portal.celery import ring_quickly

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

ring_quickly()
application = get_wsgi_application()
