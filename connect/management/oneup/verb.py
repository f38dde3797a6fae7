"""What one word of `manage.py oneup` is, and what it has to work with."""

from argparse import ArgumentParser
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings

from connect import exporters, gateways
from connect.exporters import PacedExporter, PacedSharer
from connect.oneup import OneUpOperator

Row = dict[str, Any]
Given = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Told:
    """What a verb found: rows for a table, a sentence about them, or 1up's own JSON."""

    rows: list[Row] = field(default_factory=list)
    sentence: str = ""
    body: bytes = field(default=b"", repr=False)
    shows_body: bool = False  # without --json as well: it is what was asked for


class Desk:
    """The client of this run, and every secret that came into its hands: none of them may be printed."""

    def __init__(self, oneup: OneUpOperator | None = None) -> None:
        self.oneup = oneup or gateways.operator()
        self.secrets = {str(settings.ONEUP["client_secret"])}

    def number(self, user: str) -> str:
        """1up's number of a user who was named by it or by our own name. Raises `Unknown`."""
        if user.isdecimal():
            return user
        found = [row.get("oneup_user_id") for row in self.oneup.users(app_user_id=user)]
        if len(found) != 1:
            raise Unknown("1up has no user of that name.")
        return str(found[0])

    def code(self, user: str) -> str:
        """A fresh code for a user."""
        named = {"oneup_user_id": user} if user.isdecimal() else {"app_user_id": user}
        code = self.oneup.new_code(**named)[1]
        self.secrets.add(code)
        return code

    def access(self, user: str) -> str:
        """A user's access token, new for this run: what the portal holds stays untouched."""
        tokens = self.oneup.redeem(self.code(user))
        self.secrets |= {tokens.access, tokens.refresh} - {""}
        return tokens.access

    def exporter(self, user: str, fhir_version: str) -> PacedExporter:
        """Exports of one user, by a token of this run. Raises `Unknown` where there are none."""
        if not exporters.exports(gateways.USUAL):
            raise Unknown("No host for exports is set: ONEUP_ANALYTICS_URL.")
        return exporters.of_a_person(self.access(user), fhir_version)

    def sharer(self) -> PacedSharer:
        """Permissions between users."""
        return exporters.sharer(whose=None)


class Unknown(Exception):
    """What was named is not there, or makes no sense. The text is for the operator."""


@dataclass(frozen=True, slots=True)
class Verb:
    """One word, the row of the contract it reaches, and how."""

    name: str
    row: str  # of 1up's summary table; docs/operator.md has the list
    help: str
    run: Callable[[Desk, Given], Told]
    arguments: tuple[str, ...] = ()  # of ARGUMENTS, in order
    warns: str = ""  # what cannot be undone; asks for --yes


#: How each argument is read. A name with dashes is an option.
ARGUMENTS: dict[str, dict[str, Any]] = {
    "user": {"help": "1up's number of the user, or our own name for it (app_user_id)"},
    "app_user_id": {"help": "our own name for the user: opaque, never an e-mail address"},
    "system": {"help": "1up's number of the place, as the searches list it"},
    "patient": {"help": "id of the Patient resource; `search USER Patient` lists them"},
    "type": {"help": "FHIR type, such as Observation"},
    "id": {"help": "id of the resource"},
    "file": {"help": "file with one resource as JSON; - reads standard input"},
    "words": {"nargs": "*", "help": "words of a name, street or city; none lists from the start"},
    "zip": {"help": "ZIP code: 04101 or 04101-2210"},
    "--name": {"default": "", "metavar": "APP_USER_ID", "help": "only the user of this name"},
    "--fhir-version": {"default": "r4", "choices": ["r4", "stu3", "dstu2"], "help": "default: r4"},
    "--offset": {"type": int, "default": 0, "help": "where the page begins; a multiple of 20"},
    "--kind": {
        "default": "",
        "choices": ["HealthSystem", "Payer2Payer", "PayerPatientAccess"],
        "help": "providers or health plans only",
    },
    "--legacy": {
        "action": "store_true",
        "help": "the older hop, whose address carries a token (made for this call)",
    },
    "--refresh": {"action": "store_true", "help": "refresh the new tokens once as well"},
    "--content": {"default": "", "help": "_content: words anywhere in the resource"},
    "--code": {"default": "", "help": "code, as CODE or SYSTEM|CODE"},
    "--count": {"type": int, "default": 10, "help": "_count: resources a page, 1 to 100; default: 10"},
    "--skip": {"type": int, "default": 0, "help": "_skip: resources passed over, to 9990"},
    "--include": {"action": "append", "default": [], "help": "_include, as Type:parameter; may repeat"},
    "--revinclude": {"action": "append", "default": [], "help": "_revinclude; may repeat"},
    "--with": {
        "action": "append",
        "default": [],
        "metavar": "NAME=VALUE",
        "help": "any other parameter; may repeat",
    },
    "--since": {"default": "", "help": "_since: changed since this date or instant (R4)"},
    "--types": {"default": "", "help": "_type: FHIR types, comma separated (R4)"},
    "other": {"help": "the user who shall see it: 1up's number, or our own name"},
    "--group": {"default": "", "help": "only the Patients of this group"},
    "--as": {
        "default": "",
        "metavar": "USER",
        "help": "by a token of this user, as one of 1up's papers has it",
    },
    "--days": {"type": int, "default": 30, "help": "how far back; default: 30"},
}


def dicts(value: object) -> list[Row]:
    """The objects of a list; nothing where 1up sent no list."""
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def add(parser: ArgumentParser, verb: Verb) -> None:
    """Give a parser the arguments of a verb."""
    for name in verb.arguments:
        parser.add_argument(name, **ARGUMENTS[name])
    if verb.warns:
        parser.add_argument("--yes", action="store_true", help="really do it")
    parser.add_argument("--json", action="store_true", help="JSON instead of a table")
