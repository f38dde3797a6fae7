"""Tells `ground.jobs` what this room's jobs do. The one Celery task is ground's: one slice at a time."""

from ground import jobs
from records.taking import handing, making

jobs.register(making.JOB, making.one_slice, give_up=making.give_up)
jobs.register(making.END_JOB, making.end)
jobs.register(handing.JOB, handing.one_slice, give_up=handing.give_up)
jobs.register(handing.END_JOB, handing.end)
