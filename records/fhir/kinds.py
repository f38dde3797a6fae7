"""The door of this package: which kind a resource is, what a list shows of it, and the whole row."""

from collections.abc import Mapping

from records.fhir.catalogue import BY_SLUG, BY_TYPE, KINDS, OTHER, TEST_RESULTS, Kind
from records.fhir.row import Head, Resource, Row

__all__ = ["BY_SLUG", "EXTRACT_VERSION", "KINDS", "Kind", "head", "kind_of", "read"]

EXTRACT_VERSION = 1
"""Bump whenever any head can come out differently; it is stored with each row, and a job reads old rows again."""


def kind_of(resource: Resource) -> Kind:
    """Which page of the menu a resource belongs on. Total."""
    name = resource.get("resourceType")
    return TEST_RESULTS if name == "Observation" else BY_TYPE.get(str(name), OTHER)


def head(resource: Resource, fhir_version: str, names: Mapping[str, str] | None = None) -> Head:
    """What a list shows of a resource ("R4", "STU3" or "DSTU2"). Never raises."""
    return Head()


def read(resource: Resource, fhir_version: str, names: Mapping[str, str] | None = None) -> Row:
    """The whole row. `names` says what referenced resources are called: {"Medication/123": "Lisinopril 10 mg"}."""
    return Row(head(resource, fhir_version, names))
