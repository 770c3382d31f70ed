"""Indexes for what support looks for: messages of an hour, the newest receipts, one payer's."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("wallet", "0015_refund_inquiries")]

    operations = [
        migrations.AddIndex(
            model_name="mpesaevent",
            index=models.Index(fields=["received_at"], name="wallet_event_received"),
        ),
        migrations.AddIndex(
            model_name="mpesareceipt",
            index=models.Index(fields=["created_at"], name="wallet_receipt_newest"),
        ),
        migrations.AddIndex(
            model_name="mpesareceipt",
            index=models.Index(
                condition=models.Q(("payer_e164", ""), _negated=True),
                fields=["payer_e164"],
                name="wallet_receipt_payer",
            ),
        ),
    ]
