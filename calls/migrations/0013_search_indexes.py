"""Indexes for the search of calls: both ends of the far end's number."""

import django.contrib.postgres.indexes
import django.db.models.functions.text
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0009_time_display"),
        ("calls", "0012_recording_policy"),
        ("numbers", "0005_barred_numbers"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="call",
            name="calls_call_remote",
        ),
        migrations.AddIndex(
            model_name="call",
            index=models.Index(
                fields=["remote_e164", "-id"],
                name="calls_call_begins",
                opclasses=["varchar_pattern_ops", "uuid_ops"],
            ),
        ),
        migrations.AddIndex(
            model_name="call",
            index=models.Index(
                models.F("workspace"),
                models.F("mode"),
                django.contrib.postgres.indexes.OpClass(
                    django.db.models.functions.text.Reverse("remote_e164"), "text_pattern_ops"
                ),
                name="calls_call_ends",
            ),
        ),
    ]
