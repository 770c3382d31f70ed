"""An index of the payments in suspense: the back office counts and lists them on every visit."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("wallet", "0017_statement_indexes")]

    operations = [
        migrations.AddIndex(
            model_name="mpesareceipt",
            index=models.Index(
                condition=models.Q(("status", "suspense")),
                fields=["-created_at", "-receipt_no"],
                name="wallet_receipt_suspense",
            ),
        ),
    ]
