"""What pages of records cost: queries, and time inside one process."""

from statistics import median
from time import perf_counter

from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from portal.models import Holding, Patient, User

_ROUNDS = 15
_LIST = "test-results/"


class Reader:
    """A signed-in person who looks after one patient."""

    def __init__(self, patient: Patient) -> None:
        owner = User.objects.create(email=f"bench{patient.pk}@example.org")
        Holding.objects.create(user=owner, patient=patient)
        self._browser = Client(headers={"host": "localhost"})
        self._browser.force_login(owner, backend=settings.AUTHENTICATION_BACKENDS[0])

    def get(self, page: str = _LIST) -> str:
        """The page of records."""
        answer = self._browser.get(f"/records/{page}")
        if answer.status_code != 200:
            raise RuntimeError(f"{page} answered {answer.status_code}")
        return answer.content.decode()

    def queries(self, page: str = _LIST) -> int:
        """How many statements the page sends, those of scope and session among them."""
        self.get(page)
        with CaptureQueriesContext(connection) as seen:
            self.get(page)
        return len(seen)

    def milliseconds(self, page: str = _LIST) -> float:
        """The median of some requests, warm."""
        self.get(page)
        return 1000 * median(self._once(page) for _ in range(_ROUNDS))

    def _once(self, page: str) -> float:
        start = perf_counter()
        self.get(page)
        return perf_counter() - start
