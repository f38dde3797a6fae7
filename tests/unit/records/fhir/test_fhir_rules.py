"""Which statuses are shown, kind by kind, and what docs/reading.md says of it."""

import re

import pytest

from records.fhir import leaves
from records.fhir.catalogue import BY_TYPE, KINDS, OBSERVATIONS, TEST_RESULTS, VITALS
from records.fhir.generic import NOT_FOR_READING
from records.fhir.kinds import head, read
from records.fhir.row import Fact
from records.fhir.wording import status_words
from tests.unit.records.fhir.fhir_charts import CHARTS, FOLDER, row

BOOK = (FOLDER.parents[2] / "docs" / "reading.md").read_text()

# The status value sets of DSTU2, STU3 and R4, all versions of a type together.
_SENT = """
Observation: registered preliminary final amended corrected cancelled entered-in-error unknown
DiagnosticReport: registered partial preliminary final amended
DiagnosticReport: corrected appended cancelled entered-in-error unknown
QuestionnaireResponse: in-progress completed amended entered-in-error stopped
MedicationRequest: active on-hold cancelled completed entered-in-error stopped draft unknown
MedicationStatement: active completed entered-in-error intended stopped on-hold unknown not-taken
MedicationDispense: preparation in-progress cancelled on-hold
MedicationDispense: completed entered-in-error stopped declined unknown
MedicationAdministration: in-progress not-done on-hold completed entered-in-error stopped unknown
Immunization: completed entered-in-error not-done in-progress on-hold stopped
Encounter: planned arrived triaged in-progress onleave finished cancelled entered-in-error unknown
Appointment: proposed pending booked arrived fulfilled
Appointment: cancelled noshow entered-in-error checked-in waitlist
EpisodeOfCare: planned waitlist active onhold finished cancelled entered-in-error
Procedure: preparation in-progress not-done on-hold stopped
Procedure: completed entered-in-error unknown aborted suspended
DocumentReference: current superseded entered-in-error
Composition: preliminary final amended entered-in-error
Media: preparation in-progress not-done on-hold stopped completed entered-in-error unknown
CarePlan: draft active on-hold revoked completed entered-in-error unknown proposed cancelled suspended
ServiceRequest: draft active on-hold revoked completed entered-in-error unknown suspended cancelled
ReferralRequest: draft requested active cancelled accepted rejected completed
NutritionOrder: draft active on-hold revoked completed
NutritionOrder: entered-in-error unknown proposed planned requested cancelled
Task: draft requested received accepted rejected ready
Task: cancelled in-progress on-hold failed completed entered-in-error
Goal: proposed planned accepted active on-hold
Goal: completed cancelled entered-in-error rejected in-progress achieved
Claim: active cancelled draft entered-in-error
Coverage: active cancelled draft entered-in-error
CareTeam: proposed active suspended inactive entered-in-error
Location: active suspended inactive
Communication: preparation in-progress not-done on-hold stopped
Communication: completed entered-in-error unknown aborted suspended
Consent: draft proposed active rejected inactive entered-in-error
Device: active inactive entered-in-error unknown available not-available
DeviceUseStatement: active completed entered-in-error intended stopped on-hold
FamilyMemberHistory: partial completed entered-in-error health-unknown
Flag: active inactive entered-in-error
List: current retired entered-in-error
Medication: active inactive entered-in-error
Questionnaire: draft active retired unknown published
ResearchStudy: active completed disapproved in-review withdrawn approved draft
ResearchSubject: candidate eligible follow-up ineligible on-study off-study screening withdrawn
RiskAssessment: registered preliminary final amended corrected cancelled entered-in-error unknown
Specimen: available unavailable unsatisfactory entered-in-error
"""
STATUSES = [
    (name, code) for name, codes in re.findall(r"^(\w+): (.*)$", _SENT, re.M) for code in codes.split()
]
SIMPLE = """
final completed current active finished fulfilled accepted available published eligible on-study candidate
screening follow-up approved received ready in-progress health-unknown
"""
"""Statuses that lists need not say: they add nothing to what the name lets one think."""


def kind_of(name: str):
    return TEST_RESULTS if name == "Observation" else BY_TYPE.get(name, KINDS[-1])


@pytest.mark.parametrize(("name", "code"), STATUSES)
def test_every_status_has_a_word_and_a_rule(name, code):
    kind = kind_of(name)
    assert status_words(kind.slug, code) or code == "health-unknown"
    assert code in kind.hidden | kind.marked | set(SIMPLE.split())


@pytest.mark.parametrize("name", sorted({name for name, _ in STATUSES} | set(BY_TYPE)))
def test_entered_in_error_is_withdrawn_whatever_it_is(name):
    assert head({"resourceType": name, "status": "entered-in-error"}, "R4").withdrawn


@pytest.mark.parametrize(
    "members",
    [
        {"verificationStatus": {"coding": [{"code": "entered-in-error"}]}},
        {"verificationStatus": "entered-in-error", "clinicalStatus": "active"},
        {"status": "entered-in-error", "notDone": True},
        {"status": "entered-in-error", "doNotPerform": True},
        {"status": "entered-in-error", "wasNotTaken": True},
        {"docStatus": "entered-in-error", "status": "current"},
        {"status": "Entered in Error"},
    ],
)
@pytest.mark.parametrize("name", ["Condition", "MedicationRequest", "Communication", "DocumentReference"])
def test_entered_in_error_is_withdrawn_in_every_versions_way(name, members):
    assert head({"resourceType": name, **members}, "R4").withdrawn


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({"resourceType": "MedicationRequest", "status": "active", "doNotPerform": True}, "not-to-be-done"),
        ({"resourceType": "ServiceRequest", "status": "active", "doNotPerform": True}, "not-to-be-done"),
        ({"resourceType": "Communication", "status": "completed", "notDone": True}, "not-done"),
        ({"resourceType": "MedicationStatement", "status": "active", "taken": "n"}, "not-taken"),
        (
            {"resourceType": "MedicationAdministration", "status": "completed", "wasNotGiven": True},
            "not-done",
        ),
        ({"resourceType": "Immunization", "status": "completed", "notGiven": True}, "not-done"),
        ({"resourceType": "Procedure", "status": "completed", "notPerformed": True}, "not-done"),
        (
            {"resourceType": "Condition", "clinicalStatus": "active", "verificationStatus": "refuted"},
            "refuted",
        ),
        (
            {
                "resourceType": "AllergyIntolerance",
                "clinicalStatus": "active",
                "verificationStatus": "unconfirmed",
            },
            "unconfirmed",
        ),
    ],
)
def test_what_turns_a_record_round_is_its_status_and_is_said(sent, status):
    assert head(sent, "R4").status == status
    assert status in kind_of(sent["resourceType"]).marked


def test_a_preliminary_result_is_never_shown_like_a_final_one():
    for kind in (TEST_RESULTS, VITALS, OBSERVATIONS):
        assert {"preliminary", "registered", "partial", "amended", "corrected"} <= kind.marked


@pytest.mark.parametrize("chart", CHARTS)
def test_names_stand_first_and_codes_last(chart):
    facts = row(chart).facts
    assert [fact.quiet for fact in facts] == sorted(fact.quiet for fact in facts)
    assert all(fact.quiet for fact in facts if fact.kind == "code")


def test_a_full_name_stands_between_the_name_and_the_code():
    coding = {"system": "http://snomed.info/sct", "code": "195967001", "display": "Asthma (disorder)"}
    sent = {"resourceType": "Condition", "code": {"text": "Wheezing sickness", "coding": [coding]}}
    shown = read(sent, "R4")
    assert shown.head.title == "Wheezing sickness"
    assert shown.facts[-2:] == (
        Fact("Full name", "Asthma (disorder)", quiet=True),
        Fact("Code", "SNOMED CT 195967001", kind="code", quiet=True),
    )


def table(heading: str) -> list[list[str]]:
    """The rows of the table below a heading of the book."""
    part = BOOK.split(f"## {heading}\n")[1].split("\n## ")[0]
    rows = [line for line in part.splitlines() if line.startswith("| ")][1:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in rows]


def test_the_book_says_which_statuses_each_kind_says():
    said = {kind: set(filter(None, words.split(", "))) for kind, words in table("What lists say of a status")}
    kept = {kind.heading: {status_words(kind.slug, code) for code in kind.marked} for kind in KINDS}
    assert said == kept


def test_the_book_lists_what_is_no_reading_matter():
    assert dict(table("What is left out")) == {f"`{name}`": why for name, why in NOT_FOR_READING.items()}


@pytest.mark.parametrize(
    "left_out",
    [
        {"subject": {"display": "Rosa"}},
        {"text": {"status": "generated", "div": "<div>Asthma</div>"}},
        {"bodySite": [{"coding": [{"code": "urn:oid:1.2.3"}]}]},
        {"onsetAge": {"value": "", "unit": "years", "code": "a"}},
    ],
)
def test_what_the_measure_leaves_out_besides_is_in_the_book(left_out):
    counted = {leaf.value for leaf in leaves.leaves({"resourceType": "Condition", **left_out})}
    assert counted <= {"years"}
