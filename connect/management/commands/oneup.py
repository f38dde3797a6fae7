"""Ask 1up by hand: every documented call, as a table or with --json.

Say `manage.py oneup VERB --help` for one of them. USER is 1up's number of a user, or the app_user_id that the
portal gave it. Codes, tokens and secrets are never printed; health data only by the verbs that ask for FHIR
(search, read, everything, create, and export with --json). Each call counts against the same budget as the
portal's own. What deletes, takes back or lets others see asks for --yes. What has everybody's records at once
answers only where ONEUP_POPULATION says how. docs/operator.md has examples.
"""

from argparse import RawDescriptionHelpFormatter
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError

from connect.gateway import GatewayError
from connect.http import NotAllowed
from connect.management.oneup import accounts, charts, directory, sharing, standing
from connect.management.oneup.complaints import sentence
from connect.management.oneup.printing import lines
from connect.management.oneup.verb import Desk, Told, Unknown, Verb, add

_HELP = __doc__  # inside the class the name would mean the class's own
VERBS: dict[str, Verb] = {
    verb.name: verb for part in (accounts, directory, charts, standing, sharing) for verb in part.VERBS
}


class Command(BaseCommand):
    """One verb, asked once."""

    help = _HELP
    requires_system_checks: list[str] = []

    def create_parser(self, prog_name: str, subcommand: str, **options: Any) -> CommandParser:
        """As Django's, with the lines of the help kept."""
        return super().create_parser(
            prog_name, subcommand, formatter_class=RawDescriptionHelpFormatter, **options
        )

    def add_arguments(self, parser: CommandParser) -> None:
        """A parser for each verb."""
        verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
        for verb in VERBS.values():
            described = f"{verb.help.capitalize()}. {verb.warns}".strip()
            add(verbs.add_parser(verb.name, help=verb.help, description=described), verb)

    def handle(self, *args: Any, **options: Any) -> None:
        """Print what was found. Raises CommandError with one line, and nothing secret in it."""
        verb = VERBS[options["verb"]]
        if verb.warns and not options["yes"]:
            raise CommandError(f"{verb.warns} Say --yes if you mean it.")
        desk = Desk()
        told = self._asked(verb, desk, options)
        for line in lines(told, as_json=options["json"], secrets=desk.secrets):
            self.stdout.write(line)

    def _asked(self, verb: Verb, desk: Desk, options: dict[str, Any]) -> Told:
        try:
            return verb.run(desk, options)
        except GatewayError as trouble:
            raise CommandError(sentence(trouble)) from None
        except Unknown as trouble:
            raise CommandError(str(trouble)) from None
        except DatabaseError:
            raise CommandError("The database, where calls are counted, cannot be asked: is it up?") from None
        except NotAllowed:
            raise CommandError("1up has nothing at such a name: check how it is written.") from None
