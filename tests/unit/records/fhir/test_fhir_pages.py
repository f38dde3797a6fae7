"""Every chart in tests/data/fhir reads as the text beside it says."""

from itertools import product

import pytest

from records.fhir.kinds import KINDS, kind_of
from tests.unit.records.fhir.fhir_charts import CHARTS, FOLDER, page, resource


@pytest.mark.parametrize("chart", CHARTS)
def test_a_chart_reads_as_expected(chart):
    assert page(chart) == (FOLDER / f"{chart}.txt").read_text()


@pytest.mark.parametrize("chart", CHARTS)
def test_a_chart_lies_in_the_folder_of_its_kind(chart):
    assert kind_of(resource(chart)).slug == chart.split("/")[0]


def test_every_kind_has_a_chart_in_every_version():
    found = {tuple(chart.split("/")[:2]) for chart in CHARTS}
    assert found == set(product((kind.slug for kind in KINDS), ("dstu2", "stu3", "r4")))


def test_every_expected_text_has_a_chart():
    texts = {path.relative_to(FOLDER).with_suffix("").as_posix() for path in FOLDER.glob("*/*/*.txt")}
    assert texts == set(CHARTS)
