from django.db import migrations

from ground.policy import grant_functions


class Migration(migrations.Migration):
    dependencies = [
        ("ground", "0003_operating"),
    ]

    operations = [
        *grant_functions(),
    ]
