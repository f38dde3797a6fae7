"""References between the entries of a bundle, brought to the one form a chart has: `Type/id`.

A bundle may say `urn:uuid:…`, `Type/id`, an absolute address, or a conditional `Type?identifier=system|value`
(FHIR R4, Bundle: resolving references). What points outside the bundle stays as it is written.
"""

from collections.abc import Iterable
from typing import Any
from urllib.parse import unquote

Resource = dict[str, Any]


class Links:
    """Every name an entry of one bundle can be referred to by, and the `Type/id` it stands for."""

    def __init__(self) -> None:
        self._targets: dict[str, str] = {}
        self._taken: set[str] = set()

    def has(self, resource_type: str, identifier: str) -> bool:
        """Whether an entry with this type and id was added."""
        return f"{resource_type}/{identifier}" in self._taken

    def add(self, resource: Resource, chosen: str, *, full_url: str | None, wanted: object) -> None:
        """Note an entry under its chosen id and its other names; the first entry to claim a name keeps it."""
        resource_type = resource["resourceType"]
        target = f"{resource_type}/{chosen}"
        self._taken.add(target)
        names = [full_url, target, *_conditional_names(resource)]
        if isinstance(wanted, str):
            names += [f"{resource_type}/{wanted}", f"urn:uuid:{wanted}", f"urn:oid:{wanted}"]
        for name in names:
            if name:
                self._targets.setdefault(name, target)

    def resolve(self, resources: Iterable[Resource]) -> None:
        """Rewrite the references of these resources in place."""
        for resource in resources:
            self._walk(resource)

    def _walk(self, value: Any) -> None:
        if isinstance(value, dict):
            for key in ("reference", "url"):
                if isinstance(value.get(key), str):
                    value[key] = self._target(value[key])
            value = value.values()
        elif not isinstance(value, list):
            return
        for item in value:
            self._walk(item)

    def _target(self, name: str) -> str:
        found = self._targets.get(name) or self._targets.get(unquote(name))
        if found is None and "/_history/" in name:
            found = self._targets.get(name.split("/_history/")[0])
        return found or name


def _conditional_names(resource: Resource) -> list[str]:
    identifiers = resource.get("identifier")
    identifiers = identifiers if isinstance(identifiers, list) else [identifiers]
    return [
        f"{resource['resourceType']}?identifier={identifier['system']}|{identifier['value']}"
        for identifier in identifiers
        if isinstance(identifier, dict) and "system" in identifier and "value" in identifier
    ]
