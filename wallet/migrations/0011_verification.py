"""Questions to M-Pesa about payments, claims of customers, and refunds of a part."""

import django.db.models.deletion
import uuid_utils.compat
from django.db import migrations, models

import kernel.clock

FULL_AMOUNTS = """
UPDATE wallet_refund SET amount_minor = r.amount_minor
  FROM wallet_mpesareceipt r WHERE r.receipt_no = receipt_id
"""
INQUIRY_STATES = ("confirmed", "denied", "lost", "open")
CLAIM_STATES = ("credited", "open", "refused")


def key():
    return models.UUIDField(
        default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False
    )


def status(states):
    return models.CharField(
        choices=[(state, state) for state in states], default="open", max_length=12
    )


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_workspace_currency_locked"),
        ("wallet", "0010_documents"),
    ]

    operations = [
        migrations.AddField(
            model_name="mpesareceipt",
            name="pulls_missed",
            field=models.PositiveSmallIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="mpesareceipt",
            name="payer_e164",
            field=models.CharField(blank=True, db_default="", default="", max_length=16),
        ),
        migrations.CreateModel(
            name="Inquiry",
            fields=[
                ("id", key()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("payment", "Transaction Status"),
                            ("balance", "Account Balance"),
                        ],
                        max_length=8,
                    ),
                ),
                ("status", status(INQUIRY_STATES)),
                ("reason", models.CharField(max_length=100)),
                ("receipt_no", models.CharField(blank=True, max_length=32)),
                ("claimed_minor", models.BigIntegerField(null=True)),
                ("bill_ref", models.CharField(blank=True, max_length=64)),
                ("msisdn", models.CharField(blank=True, max_length=80)),
                ("found_minor", models.BigIntegerField(null=True)),
                ("books_minor", models.BigIntegerField(null=True)),
                ("outcome", models.CharField(blank=True, max_length=200)),
                ("callback_token_sha256", models.CharField(max_length=64, unique=True)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("asked_at", models.DateTimeField(default=kernel.clock.now)),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "topup",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="wallet.topup",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "inquiries",
                "indexes": [
                    models.Index(fields=["kind", "asked_at"], name="wallet_inquiry_recent"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("status__in", INQUIRY_STATES)),
                        name="wallet_inquiry_status_known",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("kind", "payment")),
                        fields=("receipt_no",),
                        name="wallet_inquiry_one_each",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Claim",
            fields=[
                ("id", key()),
                ("receipt_no", models.CharField(db_index=True, max_length=32)),
                ("amount_minor", models.BigIntegerField()),
                ("phone_tail", models.CharField(max_length=3)),
                ("status", status(CLAIM_STATES)),
                ("made_by", models.CharField(max_length=100)),
                ("made_at", models.DateTimeField(default=kernel.clock.now)),
                ("decided_by", models.CharField(blank=True, max_length=100)),
                ("decided_at", models.DateTimeField(null=True)),
                (
                    "workspace",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.workspace",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["workspace", "made_at"], name="wallet_claim_recent"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("status__in", CLAIM_STATES)),
                        name="wallet_claim_status_known",
                    ),
                ],
            },
        ),
        migrations.AlterField(
            model_name="refund",
            name="hold",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="wallet.hold",
            ),
        ),
        migrations.AddField(
            model_name="refund",
            name="way",
            field=models.CharField(
                choices=[("reversal", "Reversal in full"), ("b2c", "Payout of a part")],
                default="reversal",
                max_length=8,
            ),
        ),
        migrations.AddField(
            model_name="refund",
            name="phone_e164",
            field=models.CharField(blank=True, max_length=16),
        ),
        migrations.AddField(
            model_name="refund", name="amount_minor", field=models.BigIntegerField(null=True)
        ),
        migrations.RunSQL(FULL_AMOUNTS, migrations.RunSQL.noop),
        migrations.AlterField(
            model_name="refund", name="amount_minor", field=models.BigIntegerField()
        ),
        migrations.RemoveConstraint(model_name="refund", name="wallet_refund_one_open"),
        migrations.AddConstraint(
            model_name="refund",
            constraint=models.UniqueConstraint(
                condition=models.Q(
                    models.Q(("status", "failed"), _negated=True),
                    models.Q(("status", "done"), ("way", "b2c"), _negated=True),
                ),
                fields=("receipt",),
                name="wallet_refund_one_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="refund",
            constraint=models.CheckConstraint(
                condition=models.Q(("way__in", ("reversal", "b2c"))),
                name="wallet_refund_way_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="refund",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount_minor__gt", 0)), name="wallet_refund_amount_positive"
            ),
        ),
    ]
