"""What a list page costs: queries, and time inside one process."""

from statistics import median
from time import perf_counter

from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from portal.models import Holding, Patient, User

_ROUNDS = 15
_PAGE = "/records/test-results/"


class Reader:
    """A signed-in person who looks after one patient."""

    def __init__(self, patient: Patient) -> None:
        owner = User.objects.create(email=f"bench{patient.pk}@example.org")
        Holding.objects.create(user=owner, patient=patient)
        self._browser = Client(headers={"host": "localhost"})
        self._browser.force_login(owner, backend=settings.AUTHENTICATION_BACKENDS[0])

    def get(self, query: str = "") -> str:
        """The page."""
        answer = self._browser.get(_PAGE + query)
        if answer.status_code != 200:
            raise RuntimeError(f"the list page answered {answer.status_code}")
        return answer.content.decode()

    def queries(self, query: str = "") -> int:
        """How many statements the page sends, those of scope and session among them."""
        self.get(query)
        with CaptureQueriesContext(connection) as seen:
            self.get(query)
        return len(seen)

    def milliseconds(self, query: str = "") -> float:
        """The median of some requests, warm."""
        self.get(query)
        return 1000 * median(self._once(query) for _ in range(_ROUNDS))

    def _once(self, query: str) -> float:
        start = perf_counter()
        self.get(query)
        return perf_counter() - start
