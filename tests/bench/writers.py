"""Three ways to write the same resources: ours, what most would write, and the floor we compare with."""

import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date

import psycopg
from django.db import connection, connections, models, transaction

from ground import scope
from ground.viewer import job_viewer
from portal.models import Patient
from records import store
from records.models import Origin, Source


class Plain(models.Model):
    """What most would write: a key, a JSON column, and Django's bulk_create."""

    patient_id = models.BigIntegerField()
    resource_type = models.TextField()
    fhir_id = models.TextField()
    body = models.JSONField()

    class Meta:
        app_label = "bench"
        constraints = [
            models.UniqueConstraint(fields=["patient_id", "resource_type", "fhir_id"], name="plain_key")
        ]

    def __str__(self) -> str:
        return f"plain {self.pk}"


def make_tables() -> None:
    """The two tables we compare with; made by the owner, used by the application."""
    with connections["owner"].schema_editor() as editor:
        editor.create_model(Plain)
        editor.execute("create table bench_floor (body jsonb)")


def empty_tables() -> None:
    """Between rounds."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("truncate bench_floor, bench_plain")


def tidy() -> None:
    """What autovacuum does within a minute or so of a big import."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("vacuum analyze records_record")


def copy_text(raws: Sequence[bytes]) -> bytes:
    """Resources as the text that COPY reads; made before the clock starts."""
    return b"".join(
        raw.replace(b"\\", b"\\\\").replace(b"\n", b"\\n").replace(b"\t", b"\\t") + b"\n" for raw in raws
    )


def floor(text: bytes) -> None:
    """Raw COPY into one jsonb column without an index."""
    with psycopg.connect(os.environ["DATABASE_OWNER_URL"]) as owner:
        cursor = owner.cursor()
        with cursor.copy("copy bench_floor (body) from stdin") as copy:
            copy.write(text)


def plain(raws: Sequence[bytes]) -> None:
    """json.loads, then bulk_create in portions of 1,000, in one transaction."""
    with transaction.atomic():
        for start in range(0, len(raws), 1000):
            Plain.objects.bulk_create(map(_plain, raws[start : start + 1000]))


def _plain(raw: bytes) -> Plain:
    resource = json.loads(raw)
    return Plain(patient_id=1, resource_type=resource["resourceType"], fhir_id=resource["id"], body=resource)


class Ours:
    """A new patient with one open place, and `records.store.keep` a page at a time, each page committed."""

    def __init__(self) -> None:
        self.patient = Patient.objects.create(given_name="B", family_name="Ench", birth_date=date(1990, 1, 1))
        self.origin: Origin = store.origin("bench", "R4")
        with self.scope():
            self.source: Source = store.source(self.patient.pk, key="bench:1", name="Lakeside Clinic")
            store.set_gate(self.source, "open")

    @contextmanager
    def scope(self) -> Iterator[None]:
        """The patient's row scope: one transaction."""
        with scope.open(job_viewer(self.patient.pk)):
            yield

    def page(self, raws: Sequence[bytes]) -> store.Kept:
        """One page, in its own transaction."""
        with self.scope():
            return store.keep(
                patient_id=self.patient.pk,
                source_id=self.source.pk,
                origin=self.origin,
                upstream_patient="bench",
                resources=raws,
            )

    def keep(self, raws: Sequence[bytes], size: int) -> None:
        """Everything, `size` resources a page."""
        for start in range(0, len(raws), size):
            self.page(raws[start : start + size])


def wal_bytes() -> int:
    """Bytes of log this session has written so far."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_stat_force_next_flush()")
        cursor.execute("select wal_bytes from pg_stat_get_backend_wal(pg_backend_pid())")
        return int(cursor.fetchone()[0])


def rows_written() -> int:
    """Rows inserted, updated and deleted in the tables of records so far."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_stat_force_next_flush()")
        cursor.execute(
            "select coalesce(sum(n_tup_ins + n_tup_upd + n_tup_del), 0) from pg_stat_user_tables"
            " where relname ~ '^records_'"
        )
        return int(cursor.fetchone()[0])


def stored_bytes() -> int:
    """Bytes of the records table with its indexes."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_total_relation_size('records_record')")
        return int(cursor.fetchone()[0])
