"""Who lets another user of 1up see a Patient, and takes it back (docs/oneup.md §13): an object of its own
behind a door of its own, so that nothing else of ours can spread a patient's records.
"""

import re
from collections.abc import Mapping

from connect.gateway import NotFound, Sharer
from connect.http import Deadline
from connect.oneup import replies
from connect.oneup.rules import FHIR_ID, USER_ID, sharer_door
from connect.oneup.settings import OneUpSettings

_SMALL = 1_000_000  # bytes


class OneUpSharer(Sharer):
    """1upHealth's permissions. Holds no patient's state."""

    name = "oneup"

    def __init__(self, settings: OneUpSettings) -> None:
        self._settings = settings
        self._door = sharer_door(settings)

    def permit(self, access: str, patient: str, fhir_version: str, other: str) -> None:
        """`PUT` on the permission's address (docs/oneup.md §13)."""
        self._ask("permit", "PUT", access, patient, fhir_version, other)

    def withdraw(self, access: str, patient: str, fhir_version: str, other: str) -> None:
        """`DELETE` on the same."""
        self._ask("withdraw", "DELETE", access, patient, fhir_version, other)

    def _ask(self, call: str, method: str, access: str, patient: str, version: str, other: str) -> None:
        if not re.fullmatch(FHIR_ID, patient) or not re.fullmatch(USER_ID, other):
            raise NotFound(call)
        url = f"{self._settings.fhir(version)}/Patient/{patient}/_permission/{other}"
        headers: Mapping[str, str] = {"Authorization": f"Bearer {access}"}
        deadline = Deadline(self._settings.deadline)
        answer = self._door.send(call, method, url, headers=headers, deadline=deadline, cap=_SMALL)
        replies.check_deleted(call, answer)
