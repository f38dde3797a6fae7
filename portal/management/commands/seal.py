"""The seal over the log of looks: make it now, hold the log against it, or show its head."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from ground import sealing
from ground.models import Seal


class Command(BaseCommand):
    """`seal now`, `seal verify [--head HEX]`, `seal show`."""

    help = __doc__ or ""

    def add_arguments(self, parser: CommandParser) -> None:
        """What to do."""
        parser.add_argument("what", choices=["now", "verify", "show"])
        parser.add_argument("--head", default="", help="a head that was noted elsewhere: is it still there?")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it. Raises CommandError where the log and its seal do not agree."""
        if options["what"] == "now":
            self.stdout.write(f"{sealing.seal(most=1000)} looks sealed")
        if options["what"] == "verify":
            self._verify(options["head"])
        last = sealing.newest()
        self.stdout.write(f"head: {bytes(last.chain).hex() if last else 'none yet'}")

    def _verify(self, head: str) -> None:
        bad = 0
        for one in sealing.verify():
            bad += 1
            self.stdout.write(str(one))
        if head and not Seal.objects.filter(chain=bytes.fromhex(head)).exists():
            bad += 1
            self.stdout.write("the head that was noted is gone: seals were taken off")
        if bad:
            raise CommandError(f"{bad} places where the log of looks and its seal do not agree")
        waiting, _since = sealing.waiting()
        rows = sum(Seal.objects.values_list("rows", flat=True).iterator())
        self.stdout.write(f"{rows} looks in {Seal.objects.count()} seals agree, {waiting} wait to be sealed")
