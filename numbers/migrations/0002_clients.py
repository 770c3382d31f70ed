"""The browser client that a number rings, and what its desk phones register with."""

import django.db.models.deletion
import uuid_utils.compat
from django.db import migrations, models

import kernel.clock


class Migration(migrations.Migration):
    dependencies = [
        ("numbers", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="number",
            name="ring_client",
            field=models.CharField(blank=True, default="", max_length=64),
        ),
        migrations.CreateModel(
            name="SipCredential",
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
                ("label", models.CharField(blank=True, max_length=64)),
                ("username", models.CharField(max_length=40, unique=True)),
                ("realm", models.CharField(max_length=255)),
                ("ha1", models.CharField(max_length=64)),
                ("created_at", models.DateTimeField(default=kernel.clock.now, editable=False)),
                ("rotated_at", models.DateTimeField(blank=True, null=True)),
                ("contact", models.CharField(blank=True, max_length=255)),
                ("user_agent", models.CharField(blank=True, max_length=100)),
                ("registered_until", models.DateTimeField(blank=True, null=True)),
                (
                    "number",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sip_credentials",
                        to="numbers.number",
                    ),
                ),
            ],
            options={
                "verbose_name": "SIP credential",
                "verbose_name_plural": "SIP credentials",
            },
        ),
    ]
