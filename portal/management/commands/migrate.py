"""`migrate`, as the owner of the tables by default, with the cache table made along the way."""

from typing import Any

from django.core.management import call_command
from django.core.management.base import CommandError, CommandParser
from django.core.management.commands import migrate
from django.db import connections


class Command(migrate.Command):
    """Django's migrate, on the owner's alias."""

    def add_arguments(self, parser: CommandParser) -> None:
        """As Django's, with the owner's alias as the default."""
        super().add_arguments(parser)
        parser.set_defaults(database="owner")

    def handle(self, *args: Any, **options: Any) -> None:
        """Migrate, then make the cache table. Raises CommandError when the owner's address is not set."""
        if options["database"] not in connections:
            raise CommandError(
                "DATABASE_OWNER_URL is not set: migrations need the role that owns the tables."
            )
        super().handle(*args, **options)
        call_command("createcachetable", database=options["database"], verbosity=0)
