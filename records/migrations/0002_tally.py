"""The tally of records, and the triggers that keep it.

Triggers and not the store: whatever writes to the records table, a cascade or a repair by hand among it, the
tally stays true. They fire once a statement and not at all where nothing is written.
"""

import django.db.models.deletion
from django.db import migrations, models

from ground.policy import Protect

_KEYS = "patient_id, source_id, kind, year, labelled"


def _counted(rows: str, by: str = "count(*)") -> str:
    """What counts among some rows, in groups of the tally."""
    return f"""
        select patient_id, source_id, kind, extract(year from clinical_at at time zone 'UTC')::int2 as year,
            sensitivity <> '' as labelled, {by} as n
        from {rows} where removed_at is null and not withdrawn group by 1, 2, 3, 4, 5
    """  # noqa: S608  (every piece is written in this file)


_MOVED = f"""
    select {_KEYS}, sum(n)::int4 as n
    from ({_counted("now")} union all {_counted("before", "-count(*)")}) as moved
    group by 1, 2, 3, 4, 5
"""  # noqa: S608


def _more(rows: str) -> str:
    return f"""
        insert into records_tally as t ({_KEYS}, count) select {_KEYS}, n from ({rows}) as m where n > 0
        on conflict ({_KEYS}) do update set count = t.count + excluded.count;
    """  # noqa: S608


def _fewer(rows: str) -> str:
    return f"""
        update records_tally t set count = t.count + m.n from ({rows}) as m where m.n < 0
            and t.patient_id = m.patient_id and t.source_id = m.source_id and t.kind = m.kind
            and t.year = m.year and t.labelled = m.labelled;
    """  # noqa: S608


def _trigger(event: str, tables: str, body: str) -> str:
    name = f"tally_{event}"
    return f"""
        create function {name}() returns trigger language plpgsql as $$ begin {body} return null; end $$;
        create trigger {name} after {event} on records_record referencing {tables}
            for each statement execute function {name}();
    """


#: Its own rows are hidden from the owner while the policy is forced on it as well.
_FILL = f"""
    alter table records_record no force row level security;
    {_more(_counted("records_record"))}
    alter table records_record force row level security;
"""

_TRIGGERS = "".join(
    (
        _trigger("insert", "new table as now", _more(_counted("now"))),
        _trigger("update", "old table as before new table as now", _more(_MOVED) + _fewer(_MOVED)),
        _trigger("delete", "old table as before", _fewer(_counted("before", "-count(*)"))),
    )
)
_NO_TRIGGERS = "".join(
    f"drop trigger tally_{event} on records_record; drop function tally_{event}();"
    for event in ("insert", "update", "delete")
)


class Migration(migrations.Migration):
    dependencies = [
        ("portal", "0001_initial"),
        ("records", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Tally",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "patient_id",
                        "source_id",
                        "kind",
                        "year",
                        "labelled",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("kind", models.TextField(help_text="slug of records.fhir.kinds")),
                ("year", models.SmallIntegerField(help_text="of clinical_at, in UTC")),
                (
                    "labelled",
                    models.BooleanField(help_text="whether the source labelled them as sensitive"),
                ),
                ("count", models.IntegerField()),
                (
                    "patient",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="portal.patient",
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="records.source",
                    ),
                ),
            ],
            options={"verbose_name_plural": "tallies"},
        ),
        migrations.RunSQL(_FILL, migrations.RunSQL.noop),
        migrations.RunSQL(_TRIGGERS, _NO_TRIGGERS),
        Protect("tally"),
    ]
