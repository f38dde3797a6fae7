"""The tables of records, protected from their first day."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

from ground.policy import Protect


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("portal", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Feed",
            fields=[
                (
                    "patient",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="portal.patient",
                    ),
                ),
                ("number", models.BigIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name="Origin",
            fields=[
                ("id", models.SmallAutoField(primary_key=True, serialize=False)),
                ("gateway", models.CharField(help_text="the server behind the ids: oneup …", max_length=40)),
                ("fhir_version", models.CharField(help_text="R4, STU3 or DSTU2", max_length=8)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("gateway", "fhir_version"), name="one_origin_per_server")
                ],
            },
        ),
        migrations.CreateModel(
            name="Source",
            fields=[
                ("id", models.AutoField(primary_key=True, serialize=False)),
                ("key", models.CharField(help_text="oneup:4706", max_length=80)),
                ("name", models.CharField(max_length=200)),
                (
                    "place_kind",
                    models.CharField(
                        default="", help_text="provider, payer, lab, pharmacy or empty", max_length=20
                    ),
                ),
                (
                    "gate",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("question", "Question"),
                            ("open", "Open"),
                            ("refused", "Refused"),
                        ],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                (
                    "gate_note",
                    models.CharField(default="", help_text="Why: a code, no values.", max_length=40),
                ),
                ("collected_at", models.DateTimeField(help_text="end of the last complete pass", null=True)),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="portal.patient"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Record",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "patient_id",
                        "origin_id",
                        "resource_type",
                        "fhir_id",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("resource_type", models.TextField()),
                ("fhir_id", models.TextField()),
                (
                    "upstream_patient",
                    models.TextField(help_text="id of the Patient it was fetched for, at the origin"),
                ),
                ("kind", models.TextField(help_text="slug of records.fhir.kinds")),
                (
                    "clinical_at",
                    models.DateTimeField(help_text="for order alone; UNDATED when there is none"),
                ),
                ("when", models.TextField(help_text="as recorded: 2019, 2019-05 …")),
                ("title", models.TextField()),
                ("status", models.TextField()),
                ("code", models.TextField()),
                ("value", models.TextField()),
                ("number", models.FloatField(null=True)),
                ("unit", models.TextField()),
                ("category", models.TextField()),
                ("flag", models.TextField()),
                ("flag_source", models.TextField()),
                ("sensitivity", models.TextField(help_text="first restricting label, empty for none")),
                ("withdrawn", models.BooleanField(help_text="entered in error, as the source says")),
                ("search", models.TextField(help_text="folded words for searching one's own records")),
                ("digest", models.BinaryField(help_text="16 bytes over everything that counts as a change")),
                (
                    "dictionary",
                    models.SmallIntegerField(help_text="which dictionary the body is compressed with"),
                ),
                ("body", models.BinaryField()),
                ("extract_version", models.SmallIntegerField(help_text="which reader made the columns")),
                ("arrived", models.BigIntegerField(help_text="the patient's feed number when it first came")),
                (
                    "changed",
                    models.BigIntegerField(help_text="the patient's feed number when it last changed"),
                ),
                (
                    "kept_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        help_text="when this state of it came",
                    ),
                ),
                ("removed_at", models.DateTimeField(help_text="the place no longer has it", null=True)),
                (
                    "origin",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.origin",
                    ),
                ),
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
        ),
        migrations.CreateModel(
            name="Quarantined",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("resource_type", models.TextField(help_text="as far as it could be read")),
                ("reason", models.CharField(help_text="a word: no-id, not-json …", max_length=40)),
                ("sha256", models.BinaryField()),
                ("dictionary", models.SmallIntegerField()),
                ("body", models.BinaryField()),
                ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "origin",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="records.origin"
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="portal.patient"
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="quarantined",
                        to="records.source",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "quarantined",
            },
        ),
        migrations.CreateModel(
            name="Delivery",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(blank=True, max_length=40)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("pending", "Pending"),
                            ("received", "Received"),
                            ("none", "None"),
                            ("refused", "Refused"),
                            ("failed", "Failed"),
                        ],
                        default="pending",
                        max_length=10,
                    ),
                ),
                ("count", models.PositiveIntegerField(default=0)),
                ("note", models.CharField(default="", help_text="Why: a code, no values.", max_length=80)),
                ("checked_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="portal.patient"
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="deliveries",
                        to="records.source",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "deliveries",
            },
        ),
        migrations.CreateModel(
            name="Version",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "patient_id",
                        "origin_id",
                        "resource_type",
                        "fhir_id",
                        "until",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("resource_type", models.TextField()),
                ("fhir_id", models.TextField()),
                ("until", models.BigIntegerField()),
                ("digest", models.BinaryField()),
                ("dictionary", models.SmallIntegerField()),
                ("body", models.BinaryField()),
                ("changed", models.BigIntegerField(help_text="the feed number this state came with")),
                ("kept_at", models.DateTimeField(help_text="when this state of it came")),
                (
                    "origin",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.origin",
                    ),
                ),
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
        ),
        migrations.CreateModel(
            name="Seen",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("user_id", models.BigIntegerField()),
                ("number", models.BigIntegerField()),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="portal.patient"
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "seen",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("patient", "user_id"), name="one_seen_per_user_and_patient"
                    )
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="source",
            constraint=models.UniqueConstraint(fields=("patient", "key"), name="one_source_per_place"),
        ),
        migrations.AddIndex(
            model_name="record",
            index=models.Index(
                condition=models.Q(("removed_at", None), ("withdrawn", False)),
                fields=["patient", "kind", "-clinical_at"],
                include=("source", "sensitivity"),
                name="record_list",
            ),
        ),
        migrations.AddIndex(
            model_name="record",
            index=models.Index(fields=["patient", "changed"], name="record_changed"),
        ),
        migrations.AddConstraint(
            model_name="quarantined",
            constraint=models.UniqueConstraint(
                fields=("patient", "source", "sha256"), name="one_quarantined_per_bytes"
            ),
        ),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.UniqueConstraint(
                fields=("patient", "source", "kind"), name="one_delivery_per_kind"
            ),
        ),
        # Bodies are compressed already: Postgres need not try again.
        migrations.RunSQL(
            "alter table records_record alter column body set storage external;"
            "alter table records_version alter column body set storage external;"
            "alter table records_quarantined alter column body set storage external;",
            migrations.RunSQL.noop,
        ),
        Protect("record"),
        Protect("version"),
        Protect("source"),
        Protect("delivery"),
        Protect("quarantined"),
        Protect("feed"),
        Protect("seen"),
    ]
