"""Small parts of R4 resources: codings, concepts, quantities, references, notes, attachments."""

import base64
from typing import Any

Part = dict[str, Any]

SNOMED = "http://snomed.info/sct"
LOINC = "http://loinc.org"
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
CVX = "http://hl7.org/fhir/sid/cvx"
ICD10 = "http://hl7.org/fhir/sid/icd-10-cm"
UCUM = "http://unitsofmeasure.org"
HL7 = "http://terminology.hl7.org/CodeSystem/"
ACT = HL7 + "v3-ActCode"
TEST_DATA = {"system": ACT, "code": "HTEST", "display": "test health data"}  # all our people are invented


def coding(system: str, code: str, display: str | None = None) -> Part:
    """A Coding."""
    return given(system=system, code=code, display=display)


def snomed(code: str, display: str) -> Part:
    """A SNOMED CT Coding."""
    return coding(SNOMED, code, display)


def loinc(code: str, display: str) -> Part:
    """A LOINC Coding."""
    return coding(LOINC, code, display)


def rxnorm(code: str, display: str) -> Part:
    """An RxNorm Coding."""
    return coding(RXNORM, code, display)


def icd10(code: str, display: str) -> Part:
    """An ICD-10-CM Coding."""
    return coding(ICD10, code, display)


def cvx(code: str, display: str) -> Part:
    """A CVX Coding."""
    return coding(CVX, code, display)


def concept(text: str | None, *codings: Part) -> Part:
    """A CodeableConcept: what the clinician reads, and its codes."""
    return given(coding=list(codings) or None, text=text)


def term(system: str, code: str, display: str | None = None) -> Part:
    """A CodeableConcept of one HL7 code; `system` is the last part of its address."""
    return {"coding": [coding(HL7 + system, code, display)]}


def quantity(value: float, unit: str, ucum: str | None = None, comparator: str | None = None) -> Part:
    """A Quantity; `ucum` is the unit's code where it differs from how it is written, "" for none."""
    code = unit if ucum is None else ucum
    return given(
        value=value, comparator=comparator, unit=unit, system=UCUM if code else None, code=code or None
    )


def reference(target: str | None, display: str | None = None) -> Part | None:
    """A Reference, or None without a target and a name."""
    return given(reference=target, display=display) or None


def period(start: str | None, end: str | None = None) -> Part | None:
    """A Period, or None if nothing is known of it."""
    return given(start=start, end=end) or None


def notes(*texts: str) -> list[Part] | None:
    """Annotations, or None without any."""
    return [{"text": text} for text in texts] or None


def attachment(content_type: str, content: bytes, title: str, created: str | None = None) -> Part:
    """An Attachment that carries its content."""
    data = base64.b64encode(content).decode()
    return given(contentType=content_type, data=data, size=len(content), title=title, creation=created)


def narrative(sentence: str) -> Part:
    """A generated narrative of one plain sentence (no characters XML would read)."""
    return {
        "status": "generated",
        "div": f'<div xmlns="http://www.w3.org/1999/xhtml"><p>{sentence}</p></div>',
    }


def given(**fields: Any) -> Part:
    """The fields that are not None; a trailing underscore (`class_`) is dropped."""
    return {name.rstrip("_"): value for name, value in fields.items() if value is not None}
