"""`seed_demo`: the demo's accounts, made once; prints who they are and how to sign in, as JSON."""

import json
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from portal import demo


class Command(BaseCommand):
    """Only where DEMO is yes."""

    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        """Make what is missing and print it. Raises CommandError outside the demo."""
        if not settings.DEMO:
            raise CommandError(
                "seed_demo makes accounts whose passwords everybody knows: only where DEMO=yes."
            )
        demo.seed()
        self.stdout.write(json.dumps(demo.accounts()))
