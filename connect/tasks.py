"""Tells `ground.jobs` what its jobs do. The one Celery task is ground's;

it runs one slice at a time.
"""

from functools import partial

from connect import importing, population, tokens
from connect.importing import history
from connect.services import imports, leaving, linking, mirroring, mirrors, parting, picking
from ground import jobs

#: Jobs that will ask the gateway something with a patient's token.
_WANT_TOKENS = (
    importing.JOB,
    importing.FILES_JOB,
    importing.schedule.JOB,
    leaving.JOB,
    linking.NAMING,
    mirroring.JOB,
)

jobs.register(importing.FILES_JOB, importing.one_file)
jobs.register(population.JOB, population.one_slice, give_up=population.give_up)
jobs.register(history.JOB, history.forget)
jobs.register(importing.JOB, importing.one_slice, give_up=importing.give_up, again=imports.again)
jobs.register(leaving.JOB, parting.one_slice, give_up=parting.give_up)
jobs.register(importing.schedule.JOB, importing.checks.one_check)
jobs.register(mirroring.JOB, mirroring.one_slice, give_up=mirroring.give_up)
jobs.register(mirrors.JOB, mirrors.one_slice, give_up=mirrors.give_up)
jobs.register(linking.NAMING, picking.one_name, give_up=picking.never_named)
jobs.register(tokens.AHEAD, partial(tokens.renew_ahead, kinds=_WANT_TOKENS))
