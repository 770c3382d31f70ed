"""Where an attempt's time went; and no index twice, for each is written twice a delivery."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_workspace_currency_locked"),
        ("kernel", "0003_event_kind"),
        ("webhooks", "0004_listeners"),
    ]

    operations = [
        migrations.AddField(
            model_name="attempt",
            name="timings",
            field=models.JSONField(db_default={}, default=dict),
        ),
        migrations.AlterField(
            model_name="delivery",
            name="workspace",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.workspace",
            ),
        ),
        migrations.AlterField(
            model_name="delivery",
            name="event",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="deliveries",
                to="kernel.event",
            ),
        ),
        migrations.AlterField(
            model_name="delivery",
            name="endpoint",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="deliveries",
                to="webhooks.endpoint",
            ),
        ),
    ]
