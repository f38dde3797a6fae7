"""Every chart in tests/data/fhir reads as the text beside it says, and there are enough of them."""

import json
import re
from collections import Counter
from itertools import product

import pytest

from records.fhir.kinds import KINDS, kind_of, read, untitled
from records.fhir.labels import label
from tests.unit.records.fhir.fhir_charts import CHARTS, FOLDER, NAMES, page, resource


@pytest.mark.parametrize("chart", CHARTS)
def test_a_chart_reads_as_expected(chart):
    assert page(chart) == (FOLDER / f"{chart}.txt").read_text()


@pytest.mark.parametrize("chart", CHARTS)
def test_a_chart_lies_in_the_folder_of_its_kind(chart):
    assert kind_of(resource(chart)).slug == chart.split("/")[0]


_NAMED = """
AdverseEvent Appointment Basic Binary CarePlan CareTeam Claim ClaimResponse Communication Consent Device
DeviceUseStatement DiagnosticReport ExplanationOfBenefit FamilyMemberHistory Flag Goal ImagingStudy List
Location Media Medication MedicationAdministration MedicationDispense MedicationKnowledge MedicationOrder
MedicationStatement NutritionOrder Organization Patient Practitioner PractitionerRole ProcedureRequest
Provenance Questionnaire QuestionnaireResponse ReferralRequest RelatedPerson RequestGroup ResearchStudy
RiskAssessment ServiceRequest Specimen
"""
TYPES = frozenset(_NAMED.split())
"""Resource types that must have a page of their own words."""

_CODE = re.compile(r"[A-Z0-9._-]+|[a-z]+(-[a-z]+)+|https?://.*|urn:.*")


def test_every_kind_has_two_charts_in_every_version():
    found = Counter(tuple(chart.split("/")[:2]) for chart in CHARTS)
    wanted = set(product((kind.slug for kind in KINDS), ("dstu2", "stu3", "r4")))
    assert {cell: found[cell] for cell in wanted if found[cell] < 2} == {}


def test_every_type_people_are_sent_has_a_chart():
    assert TYPES - {resource(chart)["resourceType"] for chart in CHARTS} == set()


def test_a_title_is_never_a_type_or_a_code():
    for chart in CHARTS:
        sent = resource(chart)
        head = read(sent, chart.split("/")[1].upper(), NAMES).head
        title = head.title or untitled(kind_of(sent), head, sent["resourceType"])
        assert title not in (sent["resourceType"], label(sent["resourceType"])), chart
        assert not _CODE.fullmatch(title), (chart, title)


_AWKWARD = {
    "a contained resource": '"contained"',
    "a modifier extension": '"modifierExtension"',
    "a reason why there is no value": '"dataAbsentReason"',
    "components": '"component"',
    "a range": '"valueRange"',
    "a ratio": '"valueRatio"',
    "a curve": '"valueSampledData"',
    "a comparator": '"comparator"',
    "money": '"currency"',
    "addresses": '"postalCode"',
    "ways to reach somebody": '"telecom"',
    "a signed note": '"authorString"',
    "a file": '"contentAttachment"',
    "an open period": '"period": {"start": "2019", "end": "2025-12"}',
    "a code without words": '"coding": [{"system": "http://hl7.org/fhir/sid/cvx", "code": "187"}]',
    "words without a code": '"code": {"text": "Rubella antibodies"}',
    "race": "us-core-race",
    "ethnicity": "us-core-ethnicity",
    "birth sex": "us-core-birthsex",
    "an age": '"onsetAge"',
    "a time that repeats": '"timingTiming"',
}


@pytest.mark.parametrize("shape", _AWKWARD)
def test_the_awkward_shapes_are_among_the_charts(shape):
    assert any(_AWKWARD[shape] in json.dumps(resource(chart), default=str) for chart in CHARTS)


def test_every_expected_text_has_a_chart():
    texts = {path.relative_to(FOLDER).with_suffix("").as_posix() for path in FOLDER.glob("*/*/*.txt")}
    assert texts == set(CHARTS)
