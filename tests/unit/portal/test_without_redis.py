"""Redis is a bell and nothing else: without it people sign up, sign in and read. Mail waits in a row."""

import time

import pytest

from ground.models import Job, Mail
from tests import broker
from tests import factories as make
from tests.unit.portal import somebody as they

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def _no_redis():
    with broker.taken_away():
        yield


@pytest.mark.usefixtures("_no_redis")
def test_people_sign_up_and_in_without_redis_and_their_mail_waits():
    client = they.browser()
    began = time.monotonic()
    they.sign_up(client, "rosa@example.org")
    assert they.confirm(client, "rosa@example.org").status_code == 302
    assert time.monotonic() - began < 5
    assert they.is_in(client)
    mail = Mail.objects.get()
    assert Job.objects.filter(kind="mail", subject=mail.pk, state="waiting").exists()


@pytest.mark.usefixtures("_no_redis")
def test_signing_in_and_reading_need_no_redis():
    user = make.user("rosa@example.org")
    make.patient(user)
    client = they.browser()
    began = time.monotonic()
    they.sign_in(client, "rosa@example.org")
    assert client.get("/").status_code == 200
    assert client.get("/records/").status_code == 200
    assert time.monotonic() - began < 3
