"""Where the faults stand, by what is in trouble. Importing a module enters its faults into the list."""

from importlib import import_module

_NAMES = (
    "answers",
    "pages",
    "accounts",
    "hop",
    "kills",
    "workers",
    "broker",
    "database",
    "clocks",
    "shapes",
    "outside",
    "crowd",
)


def load() -> None:
    """Enter them all."""
    for name in _NAMES:
        import_module(f"tests.faults.{name}")
