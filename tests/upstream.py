"""A gateway for tests of what is stopped, deleted or closed: says what they want, notes what it was asked."""

from types import SimpleNamespace
from typing import Any

import pytest

from connect import tokens
from connect.gateway import NotFound


class Upstream:
    """Stands for 1up, its eraser included, in the modules it is put into; says yes unless told otherwise."""

    name = "oneup"

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *modules: Any) -> None:
        self.says: list[Exception | None] = []
        self.asked: list[tuple[str, ...]] = []
        for module in modules:
            monkeypatch.setattr(module.gateways, "of", lambda _name, **_: self)
            monkeypatch.setattr(module.gateways, "eraser", lambda _name, **_: self)
        monkeypatch.setattr(tokens, "key", lambda *_args, **_: SimpleNamespace(access="opens"))

    def revoke(self, external_id: str, place_key: str, fhir_version: str) -> None:
        self._answer("revoke", external_id, place_key, fhir_version)

    def erase_patient(self, access: str, patient: str, fhir_version: str) -> None:
        self._answer("erase", patient, fhir_version)

    def purge(self, access: str, fhir_version: str) -> None:
        self._answer("purge", fhir_version)

    def close_account(self, external_id: str, app_user_id: str) -> None:
        self._answer("close", external_id)

    def new_code(self, app_user_id: str) -> None:
        raise NotFound("new_code", 404)

    def _answer(self, *asked: str) -> None:
        self.asked.append(asked)
        said = self.says.pop(0) if self.says else None
        if said is not None:
            raise said
