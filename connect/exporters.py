"""Exports and permissions behind the same toll as every call: of one account, of everybody, and who may see.

Everybody's are off unless a setting says how they are had (decision 0034).
"""

from collections.abc import Iterable
from functools import lru_cache

from django.conf import settings

from connect import gateways
from connect.gateway import Exporter, ExportFile, ExportStep, Lines, Sharer
from connect.gateways import USUAL, Errand, Tolled
from connect.oneup import OneUpExporter, OneUpPopulation, OneUpSettings, OneUpSharer
from connect.oneup.exports import Form
from connect.oneup.rules import exporter_door

FORMS: tuple[Form, ...] = ("client", "gateway")


class Off(Exception):
    """This installation does not ask for everybody's records: a setting says so."""


def exports(name: str) -> bool:
    """Whether one account's records can be had as an export at all."""
    return name == USUAL and bool(settings.ONEUP["analytics"])


def of(name: str, access: str, fhir_version: str, *, whose: int, place: str, asked: bool) -> "PacedExporter":
    """Exports of one account, by its token. The rest is `tolls.Errand`'s."""
    told = gateways.clients_settings(name)
    exporter = OneUpExporter(told, access, fhir_version, _door(told))
    return PacedExporter(exporter, Errand(False, whose, place, asked), "export")


def of_a_person(access: str, fhir_version: str) -> "PacedExporter":
    """The same for somebody at a terminal, who waits for it."""
    told = gateways.clients_settings(USUAL)
    return PacedExporter(OneUpExporter(told, access, fhir_version, _door(told)), Errand(True), "export")


def population(
    name: str = USUAL, *, group: str = "", access: str = "", person: bool = False
) -> "PacedExporter":
    """Exports of everybody of this app, or of a group. For `connect.population` and the operators' command,
    which may bring a user's token. Raises `Off` where the setting does not say how.
    """
    form = settings.ONEUP["population"]
    if form not in FORMS:
        raise Off
    told = gateways.clients_settings(name)
    one_off = OneUpPopulation(told, form, group=group, access=access) if person else None
    return PacedExporter(
        one_off or _population(told, form, group),
        Errand(person),
        "export" if form == "client" else "population",
    )


def sharer(name: str = USUAL, *, whose: int | None) -> "PacedSharer":
    """The one who lets other accounts of the gateway see a Patient. For the mirroring of grants alone."""
    return PacedSharer(_sharer(gateways.clients_settings(name)), Errand(False, whose, asked=True))


_door = lru_cache(maxsize=4)(exporter_door)


@lru_cache(maxsize=8)
def _population(told: OneUpSettings, form: Form, group: str) -> OneUpPopulation:
    """One for each process, so that the realm's token is asked for once in its life."""
    return OneUpPopulation(told, form, group=group)


_sharer = lru_cache(maxsize=4)(OneUpSharer)


class PacedExporter(Tolled):
    """An exporter behind the toll. Same verbs, same errors, and `Busy` and `Resting`."""

    def __init__(self, exporter: Exporter, errand: Errand, road: str) -> None:
        super().__init__(exporter.name, errand)
        self._exporter, self._road = exporter, road

    def begin(self, *, since: str = "", types: Iterable[str] = ()) -> ExportStep:
        """As the exporter's."""
        return self._ask(self._road, self._exporter.begin, since=since, types=types)

    def ask(self, status: str) -> ExportStep:
        """As the exporter's."""
        return self._ask(self._road, self._exporter.ask, status)

    def lines(self, file: ExportFile, start: int, most: int) -> Lines:
        """As the exporter's."""
        return self._ask(self._road, self._exporter.lines, file, start, most)


class PacedSharer(Tolled):
    """A sharer behind the toll. Same verbs, same errors, and `Busy` and `Resting`."""

    def __init__(self, sharer: Sharer, errand: Errand) -> None:
        super().__init__(sharer.name, errand)
        self._sharer = sharer

    def permit(self, access: str, patient: str, fhir_version: str, other: str) -> None:
        """As the sharer's."""
        self._ask("permit", self._sharer.permit, access, patient, fhir_version, other)

    def withdraw(self, access: str, patient: str, fhir_version: str, other: str) -> None:
        """As the sharer's."""
        self._ask("withdraw", self._sharer.withdraw, access, patient, fhir_version, other)
