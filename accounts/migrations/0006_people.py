"""Second steps, other ways in, requests about people, and workspaces that are closed."""

import django.db.models.deletion
import uuid_utils.compat
from django.conf import settings
from django.db import migrations, models

import kernel.clock


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_device_logins"),
    ]

    operations = [
        migrations.CreateModel(
            name="Browser",
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
                ("digest", models.CharField(max_length=64)),
                ("created_at", models.DateTimeField(default=kernel.clock.now, editable=False)),
            ],
        ),
        migrations.CreateModel(
            name="Identity",
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
                ("issuer", models.CharField(max_length=200)),
                ("subject", models.CharField(max_length=255)),
                ("email", models.EmailField(max_length=254)),
                ("created_at", models.DateTimeField(default=kernel.clock.now, editable=False)),
                ("last_used_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "verbose_name_plural": "identities",
            },
        ),
        migrations.CreateModel(
            name="PersonRequest",
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
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("export_person", "Give a person all that is kept of them"),
                            ("export_phone", "Give all that is kept of a phone number"),
                            ("erase_person", "Erase a person"),
                            ("erase_phone", "Erase a phone number"),
                            ("reset_second_step", "Take the second step from a person who lost it"),
                        ],
                        max_length=20,
                    ),
                ),
                ("phone", models.CharField(blank=True, max_length=16)),
                ("actor", models.CharField(max_length=120)),
                ("reason", models.TextField()),
                ("status", models.CharField(default="pending", max_length=12)),
                ("due_at", models.DateTimeField(default=kernel.clock.now)),
                ("undo_digest", models.CharField(blank=True, max_length=64)),
                ("report", models.JSONField(blank=True, default=dict)),
                ("created_at", models.DateTimeField(default=kernel.clock.now, editable=False)),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "verbose_name": "request about a person",
                "verbose_name_plural": "requests about people",
            },
        ),
        migrations.CreateModel(
            name="SecondStepMiss",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("created_at", models.DateTimeField(db_index=True, default=kernel.clock.now)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="workspace",
            name="accounts_workspace_status_known",
        ),
        migrations.AddField(
            model_name="user",
            name="language",
            field=models.CharField(blank=True, db_default="", default="", max_length=2),
        ),
        migrations.AddField(
            model_name="user",
            name="theme",
            field=models.CharField(
                choices=[("auto", "auto"), ("light", "light"), ("dark", "dark")],
                db_default="auto",
                default="auto",
                max_length=5,
            ),
        ),
        migrations.AddField(
            model_name="workspace",
            name="requires_second_step",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AlterField(
            model_name="workspace",
            name="status",
            field=models.CharField(
                choices=[("active", "Active"), ("closed", "Closed"), ("suspended", "Suspended")],
                default="active",
                max_length=16,
            ),
        ),
        migrations.AddConstraint(
            model_name="workspace",
            constraint=models.CheckConstraint(
                condition=models.Q(("status__in", ("active", "closed", "suspended"))),
                name="accounts_workspace_status_known",
            ),
        ),
        migrations.AddField(
            model_name="browser",
            name="user",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="browsers",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="identity",
            name="user",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="identities",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="personrequest",
            name="user",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="requests",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="secondstepmiss",
            name="user",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddConstraint(
            model_name="browser",
            constraint=models.UniqueConstraint(
                fields=("user", "digest"), name="accounts_browser_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="identity",
            constraint=models.UniqueConstraint(
                fields=("issuer", "subject"), name="accounts_identity_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="personrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(("status__in", ("done", "pending", "undone"))),
                name="accounts_personrequest_status_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="personrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("user__isnull", False),
                    models.Q(("phone", ""), _negated=True),
                    _connector="XOR",
                ),
                name="accounts_personrequest_of_one",
            ),
        ),
        migrations.AddConstraint(
            model_name="personrequest",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kind", "erase_person"), ("status", "pending")),
                fields=("user",),
                name="accounts_personrequest_leaves_once",
            ),
        ),
    ]
