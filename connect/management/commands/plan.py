"""`plan --patients N --connections M`: how long a look at everybody's places takes under the budget, how
often that can be done, and what budget an interval would take, by the rules that pace the real work.
"""

import json
from argparse import ArgumentParser
from dataclasses import asdict, fields
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from connect.planning import DAY, HOUR, Look, Plan, plan

_ROW = "{:>11}  {:>12}  {:>14}  {:>14}  {:>15}  {:>14}  {:>12}"
_ASSUMED = {
    "ask": "calls that ask the place to send anew, and for how long the sign-in there lasts",
    "follow": "calls that ask for word until all is sent",
    "find": "calls that find the patient",
    "tokens": "calls for tokens, since those of the last look are dead",
    "users": "of them on user management",
    "records": "records in one connection's chart",
    "page": "records a call brings",
    "complete": "each so manieth look reads the chart whole",
}


class Command(BaseCommand):
    """Reads settings only; neither the database nor the network is asked."""

    help = __doc__
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The population, the budgets, and each assumption with its default."""
        told = settings.ONEUP
        parser.add_argument("--patients", type=int, nargs="+", required=True)
        parser.add_argument("--connections", type=int, default=3, help="of each patient (3)")
        parser.add_argument("--interval", type=float, default=24.0, help="hours, to be held (24)")
        parser.add_argument("--a-minute", type=int, default=told["requests_per_minute"])
        parser.add_argument("--users-an-hour", type=int, default=told["user_calls_per_hour"])
        for each in fields(Look):
            told_of = f"{_ASSUMED[each.name]} ({each.default})"
            parser.add_argument(f"--{each.name}", type=int, default=each.default, help=told_of)
        parser.add_argument("--json", action="store_true", help="one object for each population, in seconds")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print. Raises CommandError for numbers that make no sense."""
        look = Look(**{each.name: options[each.name] for each in fields(Look)})
        plans = [_planned(patients, look, options) for patients in options["patients"]]
        if options["json"]:
            assumed = {**asdict(look), "a_minute": options["a_minute"]}
            assumed["users_an_hour"] = options["users_an_hour"]
            self.stdout.write(json.dumps({"assumed": assumed, "plans": [asdict(each) for each in plans]}))
            return
        for line in (*_assumptions(look, options), "", *_table(plans)):
            self.stdout.write(line)


def _planned(patients: int, look: Look, options: dict[str, Any]) -> Plan:
    positive = (patients, options["connections"], options["a_minute"], options["users_an_hour"])
    if min(*positive, look.page, look.complete) < 1 or options["interval"] <= 0:
        raise CommandError("Patients, connections, budgets, page, complete and interval are more than none.")
    return plan(
        patients,
        options["connections"],
        look,
        a_minute=options["a_minute"],
        users_an_hour=options["users_an_hour"],
        wanted=options["interval"] * HOUR,
    )


def _assumptions(look: Look, options: dict[str, Any]) -> list[str]:
    return [
        f"Budget: {options['a_minute']} calls a minute,"
        f" {options['users_an_hour']} an hour on user management.",
        f"A look is {look.calls:.1f} calls: {look.ask} ask, {look.follow} follow, {look.find} find,"
        f" {look.tokens} tokens ({look.users} of user management), {look.pages:.1f} pages.",
        f"A chart has {look.records} records, {look.page} a page, read whole each {look.complete} looks.",
        f"Each patient has {options['connections']} connections. A fifth of the time is left unplanned.",
    ]


def _table(plans: list[Plan]) -> list[str]:
    hours = f"{plans[0].wanted / HOUR:g} h"
    heads = "patients", "looks/h", "one look each", "charts, whole", "interval held", f"{hours} takes", "and"
    rows = [_ROW.format(*heads)]
    for each in plans:
        rows.append(
            _ROW.format(
                f"{each.patients:,}",
                f"{each.looks_an_hour:,.0f}",
                _lasting(each.refresh),
                _lasting(each.whole),
                _lasting(each.interval),
                f"{each.calls_a_minute:,}/min",
                f"{each.users_an_hour:,}/h",
            ).rstrip()
        )
    return rows


def _lasting(seconds: float) -> str:
    if seconds >= 1000 * DAY:
        return f"{seconds / DAY / 365:,.0f} years"
    return f"{seconds / DAY:,.1f} days" if seconds >= 2 * DAY else f"{seconds / HOUR:.1f} hours"
