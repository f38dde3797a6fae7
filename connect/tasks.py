"""Tells `ground.jobs` what an import job does. The one Celery task is ground's;

it runs one slice at a time.
"""

from connect import importing
from ground import jobs

jobs.register(importing.JOB, importing.one_slice, give_up=importing.give_up)
