"""The first price list: KES 3.00 a minute out to Kenya, nothing for being called."""

from datetime import UTC, datetime

from django.db import migrations

FROM = datetime(2026, 1, 1, tzinfo=UTC)
RATES = (("outbound", "+254", 300), ("inbound", "+", 0))


def seed(apps, schema_editor):
    rate = apps.get_model("calls", "Rate")
    for direction, prefix, minor_per_minute in RATES:
        rate.objects.get_or_create(
            direction=direction,
            currency="KES",
            prefix=prefix,
            valid_from=FROM,
            defaults={"minor_per_minute": minor_per_minute},
        )


class Migration(migrations.Migration):
    dependencies = [("calls", "0001_initial")]
    operations = [migrations.RunPython(seed, migrations.RunPython.noop)]
