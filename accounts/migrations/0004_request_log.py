"""The log of /v1 requests: unlogged, because losing it must cost nothing and writing it little."""

import uuid_utils.compat
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_invitations"),
    ]

    operations = [
        migrations.CreateModel(
            name="ApiRequest",
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
                ("workspace_id", models.UUIDField()),
                ("mode", models.CharField(max_length=4)),
                ("key_id", models.UUIDField(null=True)),
                ("method", models.CharField(max_length=8)),
                ("path", models.CharField(max_length=300)),
                ("status", models.PositiveSmallIntegerField()),
                ("milliseconds", models.PositiveIntegerField()),
                ("request_id", models.CharField(max_length=40)),
                ("error_code", models.CharField(blank=True, max_length=80)),
                ("created_at", models.DateTimeField()),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["workspace_id", "mode", "-created_at", "-id"],
                        name="accounts_request_newest",
                    ),
                    models.Index(
                        condition=models.Q(("status__gte", 400)),
                        fields=["workspace_id", "mode", "-created_at", "-id"],
                        name="accounts_request_refused",
                    ),
                    models.Index(fields=["request_id"], name="accounts_request_named"),
                ],
            },
        ),
        migrations.RunSQL(
            "ALTER TABLE accounts_apirequest SET UNLOGGED",
            "ALTER TABLE accounts_apirequest SET LOGGED",
        ),
    ]
