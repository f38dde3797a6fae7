"""The quickest faults of the bench, in the site that is up anyway. `make faults` puts in all of them."""

from random import Random

import pytest

from tests.faults import answers, pages
from tests.faults.bench import Bench
from tests.faults.registry import FAULTS
from tests.site import Site

QUICK = sorted(each.id for each in FAULTS.values() if each.is_quick)


def test_there_are_quick_ones():
    assert {FAULTS[each].put.__module__ for each in QUICK} == {answers.__name__, pages.__name__}


@pytest.mark.rota(3)
@pytest.mark.parametrize("id", QUICK)
def test_a_fault_costs_nothing(site: Site, id: str):
    bench = Bench(site, Random(1))
    bench.calm()
    assert FAULTS[id].put(bench).injections > 0
