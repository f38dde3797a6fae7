import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

from ground.policy import Protect


class Migration(migrations.Migration):
    dependencies = [
        ("portal", "0010_named_people"),
        ("records", "0014_handout"),
    ]

    operations = [
        migrations.CreateModel(
            name="EmergencyContact",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(help_text="whom to call first")),
                ("name", models.CharField(max_length=100)),
                ("relation", models.CharField(blank=True, default="", max_length=100)),
                ("phone", models.CharField(max_length=40)),
                ("changed_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="portal.patient"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("patient", "position"), name="one_contact_in_each_position"
                    )
                ],
            },
        ),
        Protect("emergencycontact"),
    ]
