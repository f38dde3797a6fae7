"""How an invented chart is written down in R4: one short call for each fact.

Every call takes the resource's id inside the chart first, answers its `Type/id`, and takes further R4
fields by name.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sandbox.charts import Chart, dump
from sandbox.patients.parts import (
    HL7,
    Part,
    coding,
    concept,
    given,
    loinc,
    period,
    quantity,
    reference,
    term,
)

_SUBJECT = {
    "AllergyIntolerance": "patient",
    "Coverage": "beneficiary",
    "Device": "patient",
    "ExplanationOfBenefit": "patient",
    "FamilyMemberHistory": "patient",
    "Immunization": "patient",
    "Binary": None,
    "Location": None,
    "Medication": None,
    "Organization": None,
    "Practitioner": None,
    "Provenance": None,
}
_CLASSES = {"AMB": "ambulatory", "EMER": "emergency", "IMP": "inpatient encounter", "VR": "virtual"}
_FLAGS = {
    "H": "High",
    "L": "Low",
    "N": "Normal",
    "HH": "Critical high",
    "LL": "Critical low",
    "A": "Abnormal",
}


class Test(NamedTuple):
    """A laboratory test or a vital sign: LOINC code and name, how the place calls it, unit, usual range."""

    code: str
    name: str
    called: str
    unit: str = ""
    low: float | None = None
    high: float | None = None
    ucum: str | None = None

    def concept(self) -> Part:
        """The Observation.code."""
        return concept(self.called, loinc(self.code, self.name))

    def measured(self, value: float, comparator: str | None = None) -> Part:
        """The value with this test's unit."""
        return quantity(value, self.unit, self.ucum, comparator)

    def usual(self) -> list[Part] | None:
        """The reference range, if the place prints one."""
        if self.low is None and self.high is None:
            return None
        low = self.measured(self.low) if self.low is not None else None
        high = self.measured(self.high) if self.high is not None else None
        return [given(low=low, high=high, text=self._printed_range())]

    def _printed_range(self) -> str:
        if self.low is None:
            return f"<{self.high} {self.unit}".strip()
        if self.high is None:
            return f">{self.low} {self.unit}".strip()
        return f"{self.low}-{self.high} {self.unit}".strip()


class Notebook:
    """One chart being written; the Patient is given, everything else is added."""

    def __init__(self, patient: Part) -> None:
        self.patient = patient
        self.subject = reference(f"Patient/{patient['id']}", _display_name(patient))
        self._resources: list[Part] = []

    def chart(self, system_id: int) -> Chart:
        """What was written, as the chart of this place."""
        return Chart(system_id, "r4", dump(self.patient), [dump(resource) for resource in self._resources])

    def add(self, resource_type: str, key: str, **fields: Any) -> str:
        """Any resource; its subject is filled in, fields that are None are left out."""
        subject = _SUBJECT.get(resource_type, "subject")
        about = {subject: self.subject} if subject and subject not in fields else {}
        self._resources.append({"resourceType": resource_type, "id": key, **about, **given(**fields)})
        return f"{resource_type}/{key}"

    def condition(
        self,
        key: str,
        what: Part | None,
        *,
        status: str | None = "active",
        verification: str = "confirmed",
        category: str = "problem-list-item",
        onset: str | None = None,
        ended: str | None = None,
        **more: Any,
    ) -> str:
        """A diagnosis or problem; `status` None where R4 forbids one (entered in error)."""
        return self.add(
            "Condition",
            key,
            clinicalStatus=term("condition-clinical", status) if status else None,
            verificationStatus=term("condition-ver-status", verification),
            category=[term("condition-category", category)],
            code=what,
            onsetDateTime=onset,
            abatementDateTime=ended,
            **more,
        )

    def prescription(
        self, key: str, what: Part | None, directions: str | None, *, status: str = "active", **more: Any
    ) -> str:
        """A MedicationRequest; `directions` as printed on the label."""
        return self.add(
            "MedicationRequest",
            key,
            status=status,
            intent="order",
            medicationCodeableConcept=what,
            dosageInstruction=[{"text": directions}] if directions else None,
            **more,
        )

    def takes(self, key: str, what: Part, how: str | None, *, status: str = "active", **more: Any) -> str:
        """A MedicationStatement: what the person says they take."""
        return self.add(
            "MedicationStatement",
            key,
            status=status,
            medicationCodeableConcept=what,
            dosage=[{"text": how}] if how else None,
            **more,
        )

    def allergy(
        self,
        key: str,
        what: Part,
        *,
        status: str | None = "active",
        verification: str = "confirmed",
        reactions: Sequence[tuple[Part, str | None]] = (),
        **more: Any,
    ) -> str:
        """An allergy or intolerance with its reactions and how bad they were."""
        return self.add(
            "AllergyIntolerance",
            key,
            clinicalStatus=term("allergyintolerance-clinical", status) if status else None,
            verificationStatus=term("allergyintolerance-verification", verification),
            code=what,
            reaction=[given(manifestation=[sign], severity=severity) for sign, severity in reactions] or None,
            **more,
        )

    def lab(
        self,
        key: str,
        test: Test,
        value: float | str | Part | None,
        when: str | None,
        *,
        flag: str | None = None,
        comparator: str | None = None,
        status: str = "final",
        **more: Any,
    ) -> str:
        """A laboratory result: a number, a text, or a coded finding."""
        return self.add(
            "Observation",
            key,
            status=status,
            category=[_category("laboratory", "Laboratory")],
            code=test.concept(),
            effectiveDateTime=when,
            **_value(test, value, comparator),
            interpretation=[_flag(flag)] if flag else None,
            referenceRange=test.usual(),
            **more,
        )

    def vital(self, key: str, test: Test, value: float, when: str, **more: Any) -> str:
        """A vital sign."""
        return self.add(
            "Observation",
            key,
            status=more.pop("status", "final"),
            category=[_category("vital-signs", "Vital Signs")],
            code=test.concept(),
            effectiveDateTime=when,
            valueQuantity=test.measured(value),
            **more,
        )

    def blood_pressure(self, key: str, upper: float, lower: float, when: str, **more: Any) -> str:
        """A blood pressure with its two components, in mmHg."""
        sides = (("8480-6", "Systolic blood pressure", upper), ("8462-4", "Diastolic blood pressure", lower))
        return self.add(
            "Observation",
            key,
            status="final",
            category=[_category("vital-signs", "Vital Signs")],
            code=concept(
                "Blood pressure", loinc("85354-9", "Blood pressure panel with all children optional")
            ),
            effectiveDateTime=when,
            component=[
                given(code=concept(name, loinc(code, name)), valueQuantity=quantity(value, "mmHg", "mm[Hg]"))
                for code, name, value in sides
            ],
            **more,
        )

    def habit(self, key: str, question: Part, answer: Part | str, when: str | None, **more: Any) -> str:
        """An answer to a question about how the person lives (category social-history)."""
        value = {"valueString": answer} if isinstance(answer, str) else {"valueCodeableConcept": answer}
        return self.add(
            "Observation",
            key,
            status="final",
            category=[_category("social-history", "Social History")],
            code=question,
            effectiveDateTime=when,
            **value,
            **more,
        )

    def vaccine(
        self, key: str, what: Part, when: str | None, *, status: str = "completed", **more: Any
    ) -> str:
        """A vaccination given, or not done with a `statusReason`."""
        return self.add("Immunization", key, status=status, vaccineCode=what, occurrenceDateTime=when, **more)

    def visit(
        self,
        key: str,
        what: Part,
        start: str | None,
        end: str | None = None,
        *,
        kind: str = "AMB",
        status: str = "finished",
        why: str | None = None,
        **more: Any,
    ) -> str:
        """A visit; `kind` is AMB, EMER, IMP or VR, `why` the reason in words."""
        return self.add(
            "Encounter",
            key,
            status=status,
            class_=coding(HL7 + "v3-ActCode", kind, _CLASSES[kind]),
            type=[what],
            period=period(start, end),
            reasonCode=[concept(why)] if why else None,
            **more,
        )

    def report(
        self,
        key: str,
        what: Part,
        when: str | None,
        results: Sequence[str] = (),
        *,
        section: str = "LAB",
        status: str = "final",
        **more: Any,
    ) -> str:
        """A DiagnosticReport over results of this chart; `section` is a v2-0074 code (LAB, RAD …)."""
        return self.add(
            "DiagnosticReport",
            key,
            status=status,
            category=[term("v2-0074", section)],
            code=what,
            effectiveDateTime=when,
            result=[reference(result) for result in results] or None,
            **more,
        )


def _category(code: str, display: str) -> Part:
    return term("observation-category", code, display)


def _flag(flag: str) -> Part:
    return term("v3-ObservationInterpretation", flag, _FLAGS[flag])


def _value(test: Test, value: float | str | Part | None, comparator: str | None) -> Part:
    if value is None:
        return {"dataAbsentReason": term("data-absent-reason", "unknown", "Unknown")}
    if isinstance(value, str):
        return {"valueString": value}
    if isinstance(value, dict):
        return {"valueCodeableConcept": value}
    return {"valueQuantity": test.measured(value, comparator)}


def _display_name(patient: Part) -> str:
    name = patient["name"][0]
    return " ".join([*name.get("given", ()), name["family"]])
