"""What supervising a call costs, and which calls are a supervisor's."""

from datetime import UTC, datetime

from django.db import migrations, models

FROM = datetime(2026, 1, 1, tzinfo=UTC)
PRICED = ("inbound", "outbound", "supervision")


def seed(apps, schema_editor):
    rate = apps.get_model("calls", "Rate")
    rate.objects.get_or_create(
        direction="supervision",
        currency="KES",
        prefix="+",
        valid_from=FROM,
        defaults={"minor_per_minute": 50},
    )


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_invitations"),
        ("calls", "0007_clients"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="rate",
            name="calls_rate_direction",
        ),
        migrations.AddField(
            model_name="call",
            name="purpose",
            field=models.CharField(blank=True, default="", max_length=12),
        ),
        migrations.AlterField(
            model_name="rate",
            name="direction",
            field=models.CharField(choices=[(each, each) for each in PRICED], max_length=12),
        ),
        migrations.AddConstraint(
            model_name="rate",
            constraint=models.CheckConstraint(
                condition=models.Q(("direction__in", PRICED)), name="calls_rate_direction"
            ),
        ),
        migrations.RunPython(seed, migrations.RunPython.noop),
    ]
