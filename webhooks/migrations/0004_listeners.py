"""Listeners on laptops and what is relayed to them."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
import uuid_utils.compat
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_workspace_currency_locked"),
        ("webhooks", "0003_lanes_replays"),
    ]

    operations = [
        migrations.CreateModel(
            name="Listener",
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
                ("label", models.CharField(blank=True, max_length=80)),
                (
                    "events",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=80), size=None
                    ),
                ),
                ("voice_url", models.TextField(blank=True)),
                ("after_sequence", models.BigIntegerField()),
                ("stream_id", models.UUIDField(null=True)),
                ("lease_until", models.DateTimeField()),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                ("closed_at", models.DateTimeField(null=True)),
                (
                    "api_key",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="accounts.apikey",
                    ),
                ),
                (
                    "workspace",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.workspace",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Relayed",
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
                ("kind", models.CharField(max_length=80)),
                ("status", models.CharField(default="waiting", max_length=10)),
                ("request", models.JSONField()),
                ("reply", models.JSONField(null=True)),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                (
                    "listener",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="relayed",
                        to="webhooks.listener",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "relayed requests",
            },
        ),
        migrations.AddIndex(
            model_name="listener",
            index=models.Index(
                condition=models.Q(("closed_at__isnull", True)),
                fields=["workspace", "mode", "-created_at"],
                name="webhooks_listener_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="listener",
            constraint=models.CheckConstraint(
                condition=models.Q(("mode__in", ("live", "test"))), name="webhooks_listener_mode"
            ),
        ),
        migrations.AddIndex(
            model_name="relayed",
            index=models.Index(
                condition=models.Q(("status", "waiting")),
                fields=["listener", "id"],
                name="webhooks_relayed_waiting",
            ),
        ),
        migrations.AddConstraint(
            model_name="relayed",
            constraint=models.CheckConstraint(
                condition=models.Q(("status__in", ("answered", "given_up", "sent", "waiting"))),
                name="webhooks_relayed_status",
            ),
        ),
    ]
