"""Writes the current row scope at the start of every outermost transaction.

It cannot be done in a middleware: a transaction-local setting made before the transaction opens is lost.
"""

from django.db.backends.postgresql import base

from ground import scope


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's Postgres connection, which also tells Postgres whose rows may be touched."""

    def set_autocommit(
        self, autocommit: bool, force_begin_transaction_with_broken_autocommit: bool = False
    ) -> None:
        """As Django's; when a transaction begins, the scope of this thread of work goes with it."""
        super().set_autocommit(autocommit, force_begin_transaction_with_broken_autocommit)
        viewer = scope.current.get()
        if not autocommit and viewer is not None:
            with self.cursor() as cursor:
                cursor.execute(scope._SET, scope.settings_of(viewer))
