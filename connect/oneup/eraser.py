"""The 1up client that deletes. Ordinary work has no object that can: this one is had from `connect.gateways`
alone, by the workflow that a patient set off and confirmed.

Deletes answer with an OperationOutcome that may be good news (docs/oneup.md §2.3, §9.2, §9.3).
"""

import re
from collections.abc import Mapping

from connect.gateway import Eraser, NotFound, Refused, Unreadable
from connect.http import Answer, Deadline
from connect.oneup import replies
from connect.oneup.rules import FHIR_ID, USER_ID, eraser_door, with_token
from connect.oneup.settings import OneUpSettings

_SMALL = 1_000_000  # bytes


class OneUpEraser(Eraser):
    """1upHealth's deletes. Holds no patient's state: one object serves all threads of a process."""

    name = "oneup"

    def __init__(self, settings: OneUpSettings) -> None:
        self._settings = settings
        self._door = eraser_door(settings)

    def erase_patient(self, access: str, patient: str, fhir_version: str) -> None:
        """One Patient's whole chart (docs/oneup.md §9.2). Raises `NotFound` for unknown and deleted ones."""
        call = "erase_patient"
        if not re.fullmatch(FHIR_ID, patient):
            raise NotFound(call)
        url = f"{self._settings.fhir(fhir_version)}/Patient/{patient}/$everything"
        replies.check_deleted(call, self._delete(call, url, access))

    def purge(self, access: str, fhir_version: str) -> None:
        """All of one user in one version, with history (docs/oneup.md §9.3).

        Raises `TryLater` when 1up or our own deadline cut it off: call it again, it goes on where it was.
        """
        call = "purge"
        replies.check_deleted(call, self._delete(call, f"{self._settings.fhir(fhir_version)}/purge", access))

    def close_account(self, external_id: str, app_user_id: str) -> None:
        """Switch one user off (docs/oneup.md §3.3); 1up has no way to delete one. Raises `NotFound`."""
        call = "close_account"
        if not re.fullmatch(USER_ID, external_id) or not app_user_id:
            raise NotFound(call)
        form = {"oneup_user_id": external_id, "app_user_id": app_user_id, "active": "false"}
        url = f"{self._settings.api}/user-management/v1/user"
        answer = self._send(call, "PUT", url, self._settings.credentials, form)
        reply = replies.checked(call, answer)
        number = replies.number_of(reply)
        if not isinstance(reply, dict) or number not in ("", external_id):
            raise Unreadable(call, answer.status)
        if reply.get("active") not in (None, False, "false"):
            raise Refused(call, answer.status)

    def _delete(self, call: str, url: str, access: str) -> Answer:
        return self._send(call, "DELETE", url, with_token(access))

    def _send(
        self,
        call: str,
        method: str,
        url: str,
        headers: Mapping[str, str],
        form: Mapping[str, str] | None = None,
    ) -> Answer:
        deadline = Deadline(self._settings.erase_deadline)
        return self._door.send(call, method, url, headers=headers, form=form, deadline=deadline, cap=_SMALL)
