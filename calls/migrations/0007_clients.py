"""The client at our end of a call, and the device that a leg goes to."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("calls", "0006_storage_tiers"),
    ]

    operations = [
        migrations.AddField(
            model_name="call",
            name="client",
            field=models.CharField(blank=True, default="", max_length=80),
        ),
        migrations.AddField(
            model_name="leg",
            name="device",
            field=models.CharField(blank=True, default="", max_length=80),
        ),
    ]
