"""Numbers in quarantine, and files of numbers on their way into the pool."""

import uuid_utils.compat
from django.db import migrations, models

import kernel.clock


class Migration(migrations.Migration):
    dependencies = [("numbers", "0003_forwards")]

    operations = [
        migrations.RemoveConstraint(model_name="inventory", name="numbers_inventory_state_known"),
        migrations.AlterField(
            model_name="inventory",
            name="state",
            field=models.CharField(
                choices=[
                    ("assigned", "Assigned"),
                    ("available", "Available"),
                    ("quarantined", "Quarantined"),
                    ("released", "Released"),
                    ("reserved", "Reserved"),
                ],
                default="available",
                max_length=16,
            ),
        ),
        migrations.AddConstraint(
            model_name="inventory",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ("assigned", "available", "quarantined", "released", "reserved"))
                ),
                name="numbers_inventory_state_known",
            ),
        ),
        migrations.CreateModel(
            name="InventoryImport",
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
                ("name", models.CharField(max_length=200)),
                ("raw", models.BinaryField()),
                ("is_rehearsal", models.BooleanField()),
                ("status", models.CharField(default="waiting", max_length=8)),
                ("lines_total", models.PositiveIntegerField(default=0)),
                ("lines_done", models.PositiveIntegerField(default=0)),
                ("added", models.PositiveIntegerField(default=0)),
                ("known", models.PositiveIntegerField(default=0)),
                ("wrong", models.PositiveIntegerField(default=0)),
                ("problems", models.JSONField(default=list)),
                ("reason", models.CharField(max_length=200)),
                ("asked_by", models.CharField(max_length=100)),
                ("asked_at", models.DateTimeField(default=kernel.clock.now)),
                ("ended_at", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("status__in", ("done", "failed", "running", "waiting"))
                        ),
                        name="numbers_import_status_known",
                    )
                ],
            },
        ),
    ]
