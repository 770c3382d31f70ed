"""Lanes with breakers, endpoints in strict order, replays, and what these read."""

import django.db.models.deletion
import django.db.models.functions.datetime
import uuid_utils.compat
from django.db import migrations, models

FILL = """
UPDATE webhooks_delivery AS d SET call_id = e.call_id,
       lane = CASE WHEN d.endpoint_id IS NULL
                   THEN 'url:' || d.workspace_id || ':' || left(md5(d.url), 16) ELSE d.target END
  FROM kernel_event AS e WHERE e.id = d.event_id;
UPDATE webhooks_attempt AS a SET lane = d.lane FROM webhooks_delivery AS d WHERE d.id = a.delivery_id;
ALTER TABLE webhooks_delivery SET (autovacuum_vacuum_scale_factor = 0.02, fillfactor = 80);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_workspace_currency_locked"),
        ("kernel", "0003_event_kind"),
        ("webhooks", "0002_forget_events"),
    ]

    operations = [
        migrations.CreateModel(
            name="Breaker",
            fields=[
                ("lane", models.CharField(max_length=60, primary_key=True, serialize=False)),
                ("trips", models.PositiveIntegerField(default=1)),
                ("open_until", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Replay",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("mode", models.CharField(max_length=4)),
                ("only_missed", models.BooleanField()),
                ("from_at", models.DateTimeField(null=True)),
                ("to_at", models.DateTimeField(null=True)),
                ("reached_sequence", models.BigIntegerField(default=0)),
                ("last_sequence", models.BigIntegerField(null=True)),
                ("deliveries_count", models.PositiveIntegerField(default=0)),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                ("finished_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.AlterModelOptions(
            name="attempt",
            options={"ordering": ["created_at", "number"]},
        ),
        migrations.RemoveIndex(
            model_name="delivery",
            name="webhooks_delivery_first",
        ),
        migrations.AddField(
            model_name="attempt",
            name="lane",
            field=models.CharField(db_default="", default="", max_length=60),
        ),
        migrations.AddField(
            model_name="delivery",
            name="call_id",
            field=models.UUIDField(null=True),
        ),
        migrations.AddField(
            model_name="delivery",
            name="lane",
            field=models.CharField(db_default="", default="", max_length=60),
        ),
        migrations.AddField(
            model_name="endpoint",
            name="failing_since",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="endpoint",
            name="ordered",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="endpoint",
            name="silent_after",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddIndex(
            model_name="attempt",
            index=models.Index(fields=["lane", "-created_at"], name="webhooks_attempt_recent"),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(
                condition=models.Q(("status", "pending")),
                fields=["lane", "event"],
                name="webhooks_delivery_waiting",
            ),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(
                condition=models.Q(
                    ("call_id__isnull", False), ("status__in", ("pending", "retrying"))
                ),
                fields=["lane", "call_id", "event"],
                name="webhooks_delivery_call",
            ),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(
                condition=models.Q(("lease_token__isnull", False)),
                fields=["lane"],
                include=("workspace", "lease_until"),
                name="webhooks_delivery_flying",
            ),
        ),
        migrations.AddField(
            model_name="replay",
            name="endpoint",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="replays",
                to="webhooks.endpoint",
            ),
        ),
        migrations.AddField(
            model_name="replay",
            name="workspace",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.workspace",
            ),
        ),
        migrations.AddIndex(
            model_name="replay",
            index=models.Index(fields=["endpoint", "-created_at"], name="webhooks_replay_list"),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
