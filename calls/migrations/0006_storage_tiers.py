"""The storage tier of a workspace, and each month's debits for it."""

import django.db.models.deletion
import uuid_utils.compat
from django.db import migrations, models

import kernel.clock


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_invitations"),
        ("calls", "0005_limits"),
    ]

    operations = [
        migrations.CreateModel(
            name="StoragePlan",
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
                ("tier_gb", models.PositiveIntegerField(default=5)),
                ("changed_at", models.DateTimeField(default=kernel.clock.now)),
                ("unpaid_since", models.DateTimeField(null=True)),
                ("over_since", models.DateTimeField(null=True)),
                (
                    "workspace",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.workspace",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="StorageCharge",
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
                ("posting_id", models.UUIDField(null=True, unique=True)),
                ("month", models.CharField(max_length=7)),
                ("from_gb", models.PositiveIntegerField()),
                ("tier_gb", models.PositiveIntegerField()),
                ("first_on", models.DateField()),
                ("last_on", models.DateField()),
                ("days_in_month", models.PositiveSmallIntegerField()),
                ("monthly_price_minor", models.BigIntegerField()),
                ("net_minor", models.BigIntegerField()),
                ("vat_minor", models.BigIntegerField()),
                ("created_at", models.DateTimeField(default=kernel.clock.now, editable=False)),
                (
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="charges",
                        to="calls.storageplan",
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="storageplan",
            constraint=models.UniqueConstraint(
                fields=("workspace", "mode"), name="calls_storage_plan_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="storageplan",
            constraint=models.CheckConstraint(
                condition=models.Q(("tier_gb__in", (5, 10, 25, 50, 100, 250))),
                name="calls_storage_tier_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="storagecharge",
            constraint=models.UniqueConstraint(
                fields=("plan", "month", "tier_gb"), name="calls_storage_charge_once"
            ),
        ),
    ]
