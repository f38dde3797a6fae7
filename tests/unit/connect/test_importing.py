"""The whole way against the real sandbox: leave, sign in, come back, and every record is here exactly once."""

import pytest
from django.core import mail
from django.test import override_settings

from connect.models import Connection, ImportRun
from ground.models import Job, Mail
from records.models import Source
from tests.sandbox_process import Sandbox
from tests.unit.connect import linked
from tests.unit.connect.linked import Person, process, rosa, sandbox, scoped, slice_once, work  # noqa: F401


def app_user(person: Person) -> str:
    from connect.models import Account

    with scoped(person.patient):
        return Account.objects.of(person.patient).get().app_user_id


def truth(sandbox: Sandbox, person: Person) -> list[tuple[str, str]]:
    return sorted((each["type"], each["id"]) for each in sandbox.truth(app_user(person)))


def test_everything_the_place_holds_is_here_exactly_once(sandbox, rosa):
    progress = rosa.links(sandbox)
    sandbox.tick()
    work()
    assert rosa.records() == truth(sandbox, rosa)
    assert len(rosa.records()) > 100
    run = rosa.run()
    assert (run.outcome, rosa.connection().state) == ("done", "connected")
    assert "new records from Harbor" in rosa.browser.get(progress).content.decode()
