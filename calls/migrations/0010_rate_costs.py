"""What a carrier takes for a minute, and the indexes that support and the dashboard look by."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("calls", "0009_transcripts")]

    operations = [
        migrations.AddField(
            model_name="rate",
            name="cost_minor_per_minute",
            field=models.BigIntegerField(blank=True, null=True),
        ),
        migrations.AddConstraint(
            model_name="rate",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("cost_minor_per_minute", None),
                    ("cost_minor_per_minute__gte", 0),
                    _connector="OR",
                ),
                name="calls_rate_cost_not_negative",
            ),
        ),
        migrations.AddIndex(
            model_name="call",
            index=models.Index(fields=["remote_e164", "-id"], name="calls_call_remote"),
        ),
        migrations.AddIndex(
            model_name="call",
            index=models.Index(fields=["-ended_at"], name="calls_call_ended"),
        ),
    ]
