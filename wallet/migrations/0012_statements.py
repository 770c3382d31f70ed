"""M-Pesa's statements as they were exported, their rows, and what did not agree."""

import django.contrib.postgres.fields
import django.db.models.deletion
import uuid_utils.compat
from django.db import migrations, models

import kernel.clock

RULES = """
CREATE TRIGGER wallet_statement_append_only BEFORE UPDATE OR DELETE ON wallet_statement
    FOR EACH ROW EXECUTE FUNCTION wallet_refuse_change();
CREATE TRIGGER wallet_statementrow_append_only BEFORE UPDATE OR DELETE ON wallet_statementrow
    FOR EACH ROW EXECUTE FUNCTION wallet_refuse_change();
CREATE TRIGGER wallet_finding_no_delete BEFORE DELETE ON wallet_finding
    FOR EACH ROW EXECUTE FUNCTION wallet_refuse_change();
-- Of a finding only what was done about it may be written.
CREATE TRIGGER wallet_finding_facts_locked BEFORE UPDATE ON wallet_finding
    FOR EACH ROW WHEN ((OLD.statement_id, OLD.row_id, OLD.receipt_no, OLD.kind, OLD.field, OLD.said,
        OLD.known, OLD.stake_minor, OLD.effect_minor, OLD.found_at)
        IS DISTINCT FROM (NEW.statement_id, NEW.row_id, NEW.receipt_no, NEW.kind, NEW.field,
        NEW.said, NEW.known, NEW.stake_minor, NEW.effect_minor, NEW.found_at))
    EXECUTE FUNCTION wallet_refuse_change();
DO $$ BEGIN
    IF EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'app') THEN
        REVOKE UPDATE, DELETE, TRUNCATE ON wallet_statement, wallet_statementrow FROM app;
        REVOKE DELETE, TRUNCATE ON wallet_finding FROM app;
    END IF;
END $$;
"""

UNDO = """
DROP TRIGGER wallet_finding_facts_locked ON wallet_finding;
DROP TRIGGER wallet_finding_no_delete ON wallet_finding;
DROP TRIGGER wallet_statementrow_append_only ON wallet_statementrow;
DROP TRIGGER wallet_statement_append_only ON wallet_statement;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("wallet", "0011_verification"),
    ]

    operations = [
        migrations.CreateModel(
            name="Statement",
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
                ("name", models.CharField(max_length=200, verbose_name="file")),
                ("sha256", models.CharField(max_length=64, unique=True)),
                ("raw", models.BinaryField()),
                ("shortcode", models.CharField(max_length=10, verbose_name="Paybill")),
                ("period_from", models.DateTimeField(null=True)),
                ("period_to", models.DateTimeField(null=True)),
                ("opening_minor", models.BigIntegerField(null=True)),
                ("closing_minor", models.BigIntegerField(null=True)),
                ("rows_count", models.PositiveIntegerField()),
                (
                    "breaks",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.PositiveIntegerField(), default=list, size=None
                    ),
                ),
                ("counts", models.JSONField()),
                ("imported_by", models.CharField(max_length=100)),
                ("imported_at", models.DateTimeField(default=kernel.clock.now)),
            ],
            options={
                "verbose_name": "M-PESA statement",
            },
        ),
        migrations.CreateModel(
            name="StatementRow",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("line_no", models.PositiveIntegerField(verbose_name="line")),
                ("receipt_no", models.CharField(max_length=32, verbose_name="receipt")),
                (
                    "direction",
                    models.CharField(
                        blank=True, choices=[("in", "Paid in"), ("out", "Withdrawn")], max_length=3
                    ),
                ),
                (
                    "nature",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("payment", "Payment"),
                            ("reversal", "Reversal"),
                            ("charge", "Charge"),
                            ("payout", "Payout"),
                            ("transfer", "Transfer"),
                        ],
                        max_length=10,
                        verbose_name="what",
                    ),
                ),
                ("amount_minor", models.BigIntegerField()),
                ("completed_at", models.DateTimeField(null=True)),
                ("balance_minor", models.BigIntegerField(null=True)),
                (
                    "bill_ref",
                    models.CharField(blank=True, max_length=64, verbose_name="account number"),
                ),
                ("msisdn", models.CharField(blank=True, max_length=80, verbose_name="phone")),
                (
                    "linked_receipt_no",
                    models.CharField(blank=True, max_length=32, verbose_name="takes back"),
                ),
                ("details", models.CharField(blank=True, max_length=300)),
                (
                    "verdict",
                    models.CharField(
                        choices=[
                            ("matched", "Matched"),
                            ("missing", "Missing here"),
                            ("different", "Different"),
                            ("reversed", "Reversed there"),
                            ("other", "No payment"),
                            ("repeated", "Repeated row"),
                            ("ignored", "Not completed"),
                            ("unreadable", "Unreadable"),
                        ],
                        max_length=12,
                    ),
                ),
                ("problem", models.CharField(blank=True, max_length=200)),
                (
                    "statement",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rows",
                        to="wallet.statement",
                    ),
                ),
            ],
            options={
                "verbose_name": "statement row",
            },
        ),
        migrations.CreateModel(
            name="Finding",
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
                ("receipt_no", models.CharField(max_length=32, verbose_name="receipt")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("missing", "Missing: M-PESA has it, we do not"),
                            ("extra", "Extra: we have it, M-PESA does not"),
                            ("different", "Different"),
                            ("reversed", "Reversed: M-PESA took it back"),
                        ],
                        max_length=12,
                    ),
                ),
                ("field", models.CharField(blank=True, max_length=12, verbose_name="what")),
                ("said", models.CharField(blank=True, max_length=80, verbose_name="M-PESA says")),
                ("known", models.CharField(blank=True, max_length=80, verbose_name="we have")),
                ("occurred_at", models.DateTimeField(null=True)),
                ("stake_minor", models.BigIntegerField()),
                ("effect_minor", models.BigIntegerField()),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("accepted", "accepted"),
                            ("asked", "asked"),
                            ("corrected", "corrected"),
                            ("open", "open"),
                            ("settled", "settled"),
                        ],
                        default="open",
                        max_length=12,
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=200)),
                ("found_at", models.DateTimeField(default=kernel.clock.now)),
                ("asked_by", models.CharField(blank=True, max_length=100)),
                ("asked_at", models.DateTimeField(null=True)),
                ("decided_by", models.CharField(blank=True, max_length=100)),
                ("decided_at", models.DateTimeField(null=True)),
                (
                    "posting",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="wallet.posting",
                    ),
                ),
                (
                    "statement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="findings",
                        to="wallet.statement",
                    ),
                ),
                (
                    "row",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="wallet.statementrow",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="statementrow",
            index=models.Index(fields=["receipt_no"], name="wallet_statementrow_receipt"),
        ),
        migrations.AddIndex(
            model_name="statementrow",
            index=models.Index(
                condition=models.Q(("linked_receipt_no", ""), _negated=True),
                fields=["linked_receipt_no"],
                name="wallet_statementrow_linked",
            ),
        ),
        migrations.AddConstraint(
            model_name="statementrow",
            constraint=models.UniqueConstraint(
                fields=("statement", "line_no"), name="wallet_statementrow_once"
            ),
        ),
        migrations.AddIndex(
            model_name="finding",
            index=models.Index(
                condition=models.Q(("status__in", ("open", "asked"))),
                fields=["found_at"],
                name="wallet_finding_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="finding",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("status__in", ("accepted", "asked", "corrected", "open", "settled"))
                ),
                name="wallet_finding_status_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="finding",
            constraint=models.UniqueConstraint(
                fields=("receipt_no", "kind", "field", "said", "known"), name="wallet_finding_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="finding",
            constraint=models.CheckConstraint(
                condition=models.Q(("stake_minor__gte", 0)),
                name="wallet_finding_stake_not_negative",
            ),
        ),
        migrations.RunSQL(RULES, UNDO),
    ]
