"""Servers for a machine that has none: an embedded Postgres and Redis, and the supervisor of the demo.

Used by `make demo` and by the tests, imported by nothing that runs in production, and free of Django: the
database has to stand before Django is configured.
"""
