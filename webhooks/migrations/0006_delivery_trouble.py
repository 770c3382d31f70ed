"""Find the few deliveries that failed without reading the many that arrived."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("kernel", "0003_event_kind"),
        ("webhooks", "0005_attempt_timings"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(
                condition=models.Q(("status__in", ("dead_letter", "retrying"))),
                fields=["endpoint", "status", "-created_at"],
                name="webhooks_delivery_trouble",
            ),
        ),
    ]
