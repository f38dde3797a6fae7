"""`rotate_keys`: move every sealed value to the first key of FIELD_KEYS, and say which keys may go.

May be stopped anywhere and run again, while everything else runs. docs/operating.md has the order of steps.
"""

import time
from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from ground import rotating
from ground.crypto import keyring
from ground.rotating import Counts
from portal import keys

_ROUNDS = 10
_PAUSE = 1.0  # seconds, for whoever held a row that was passed by


class Command(BaseCommand):
    """As often as there is something left to move that opens."""

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        """`--count` only looks."""
        parser.add_argument("--count", action="store_true", help="move nothing, say which keys are in use")

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises CommandError when the keys are wrong, or something is left that could have been moved."""
        if sentence := keys.trouble():
            raise CommandError(sentence)
        keys.keep_words()
        shut = 0 if options["count"] else self._rotate()
        found = keys.survey()
        self._tell(found)
        left = sum(amount for (_, key), amount in found.items() if key != keyring().sealing_id)
        if left > shut and not options["count"]:
            raise CommandError(f"{left - shut} values are left under other keys: run it again.")

    def _rotate(self) -> int:
        """Round after round until one moves nothing; how many values no key opens."""
        for _ in range(_ROUNDS):
            moved: Counter[str] = Counter()
            shut: Counter[str] = Counter()
            for step in rotating.rotate():
                moved[step.table] += step.moved
                shut[step.table] += step.shut
                self.stdout.write(f"{step.table}: {moved[step.table]} moved, {shut[step.table]} do not open")
            if not moved.total():
                break
            time.sleep(_PAUSE)
        return shut.total()

    def _tell(self, found: Counts) -> None:
        for (column, key), amount in sorted(found.items()):
            self.stdout.write(f"{column}: {amount} under key {key}")
        may_go = keys.droppable(found)
        self.stdout.write(f"May be dropped: {', '.join(may_go) or 'none'}. Sealing: {keyring().sealing_id}.")
