"""Tells `ground.jobs` what its jobs do. The one Celery task is ground's;

it runs one slice at a time.
"""

from connect import importing
from connect.services import linking, picking
from ground import jobs

jobs.register(importing.FILES_JOB, importing.one_file)
jobs.register(importing.JOB, importing.one_slice, give_up=importing.give_up)
jobs.register(linking.NAMING, picking.one_name, give_up=picking.never_named)
