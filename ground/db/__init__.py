"""The Postgres backend of this project: Django's own, plus the row scope."""
