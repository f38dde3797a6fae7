"""Redis is a bell and nothing else: without it people sign up, sign in and read. Mail waits in a row."""

import time

import pytest
from celery import current_app
from kombu import pools

from ground import jobs
from ground.models import Job, Mail
from portal.celery import ring_quickly
from tests import factories as make
from tests.unit.portal import somebody as they

pytestmark = pytest.mark.django_db(transaction=True)


def forget_connections():
    """Celery keeps its way to the broker for the life of the process, and would pass it to the next test."""
    pools.reset()
    current_app._pool = current_app.amqp._producer_pool = None


@pytest.fixture
def _no_redis():
    """A port where nobody listens, with the time limits of a web process."""
    conf = current_app.conf
    before = conf.broker_url, conf.broker_transport_options
    forget_connections()
    conf.broker_url = "redis://127.0.0.1:1/0"
    ring_quickly()
    yield
    forget_connections()
    conf.broker_url, conf.broker_transport_options = before


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


def test_afterwards_a_bell_rings_again(caplog):
    """The next test in this process must not wait for a broker that was taken away from an earlier one."""
    jobs.put("mail", subject=1)
    assert "bell did not ring" not in caplog.text
