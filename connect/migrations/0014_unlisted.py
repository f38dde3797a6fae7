from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("connect", "0013_population")]

    operations = [
        migrations.AddField(
            model_name="importrun",
            name="unlisted",
            field=models.PositiveIntegerField(default=0, help_text="Of the new ones, those in no list."),
        ),
    ]
