"""Versions of prices, do-not-call lists, and what a call may cost."""

import django.db.models.deletion
import uuid_utils.compat
from django.db import migrations, models

RULES = """
CREATE FUNCTION calls_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a price is a version: % refused', TG_OP USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER calls_rate_append_only BEFORE UPDATE OR DELETE ON calls_rate
    FOR EACH ROW EXECUTE FUNCTION calls_refuse_change();
"""
UNDO = """
DROP TRIGGER calls_rate_append_only ON calls_rate;
DROP FUNCTION calls_refuse_change;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_invitations"),
        ("calls", "0004_dialled_calls"),
    ]

    operations = [
        migrations.CreateModel(
            name="DoNotCall",
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
                    "mode",
                    models.CharField(
                        choices=[("live", "live"), ("test", "test")], default="live", max_length=4
                    ),
                ),
                ("e164", models.CharField(max_length=16)),
                ("reason", models.CharField(blank=True, max_length=200)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "verbose_name": "do-not-call number",
            },
        ),
        migrations.RemoveConstraint(
            model_name="rate",
            name="calls_rate_once",
        ),
        migrations.AddField(
            model_name="call",
            name="cost_max_minor",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="call",
            name="rate",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="calls.rate",
            ),
        ),
        migrations.AddField(
            model_name="call",
            name="was_warned",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="callpolicy",
            name="stop_reason",
            field=models.CharField(blank=True, editable=False, max_length=200),
        ),
        migrations.AddField(
            model_name="callpolicy",
            name="warns_before_end",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="leg",
            name="rate",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="calls.rate",
            ),
        ),
        migrations.AddField(
            model_name="rate",
            name="valid_until",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="rate",
            name="version",
            field=models.PositiveIntegerField(default=1, editable=False),
        ),
        migrations.AddField(
            model_name="rate",
            name="workspace",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.workspace",
            ),
        ),
        migrations.AlterField(
            model_name="callpolicy",
            name="is_stopped",
            field=models.BooleanField(default=False, editable=False),
        ),
        migrations.AlterField(
            model_name="rate",
            name="direction",
            field=models.CharField(
                choices=[("inbound", "inbound"), ("outbound", "outbound")], max_length=8
            ),
        ),
        migrations.AddConstraint(
            model_name="rate",
            constraint=models.UniqueConstraint(
                fields=("workspace", "direction", "currency", "prefix", "version"),
                name="calls_rate_version_once",
                nulls_distinct=False,
            ),
        ),
        migrations.AddConstraint(
            model_name="rate",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("valid_until", None),
                    ("valid_until__gt", models.F("valid_from")),
                    _connector="OR",
                ),
                name="calls_rate_lasts",
            ),
        ),
        migrations.AddField(
            model_name="donotcall",
            name="workspace",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="accounts.workspace",
            ),
        ),
        migrations.AddConstraint(
            model_name="donotcall",
            constraint=models.UniqueConstraint(
                fields=("e164", "workspace", "mode"),
                name="calls_do_not_call_once",
                nulls_distinct=False,
            ),
        ),
        migrations.AddConstraint(
            model_name="donotcall",
            constraint=models.CheckConstraint(
                condition=models.Q(("mode__in", ("live", "test"))), name="calls_do_not_call_mode"
            ),
        ),
        migrations.RunSQL(RULES, UNDO),
    ]
