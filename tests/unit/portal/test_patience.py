"""A page gives up on its database before whoever waits for it does; a job may take longer."""

from collections.abc import Iterator

import pytest
from django.db import connection
from django.db.backends.signals import connection_created

from portal import patience

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def _in_a_web_process() -> Iterator[None]:
    patience.answer_in_time()
    connection.close()
    yield
    connection_created.disconnect(dispatch_uid=patience.__name__)
    connection.close()


def limit() -> str:
    with connection.cursor() as cursor:
        cursor.execute("show statement_timeout")
        return str(cursor.fetchone()[0])


@pytest.mark.usefixtures("_in_a_web_process")
def test_a_page_waits_five_seconds_for_a_statement():
    assert limit() == "5s"


def test_a_job_waits_thirty():
    connection.close()
    assert limit() == "30s"
