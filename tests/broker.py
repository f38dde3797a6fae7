"""Taking Redis away from one test, and giving it back to the next."""

from collections.abc import Iterator
from contextlib import contextmanager

from celery import current_app
from kombu import pools

from portal.celery import ring_quickly


@contextmanager
def taken_away() -> Iterator[None]:
    """A port where nobody listens instead of the broker, with the time limits of a web process."""
    conf = current_app.conf
    before = conf.broker_url, conf.broker_transport_options
    _forget_connections()
    conf.broker_url = "redis://127.0.0.1:1/0"
    ring_quickly()
    try:
        yield
    finally:
        conf.broker_url, conf.broker_transport_options = before
        _forget_connections()


def bells() -> int:
    """How many bells wait at the broker."""
    with current_app.connection_for_write() as broker:
        return broker.default_channel.client.llen("celery")


def _forget_connections() -> None:
    """Celery keeps its way to the broker for the life of the process: every later bell would wait for it."""
    pools.reset()
    current_app._pool = current_app.amqp._producer_pool = None
