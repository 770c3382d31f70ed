"""A question may be about a refund that was never answered; reversals keep the name Daraja gave them."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("wallet", "0014_grow_waits"),
    ]

    operations = [
        migrations.AddField(
            model_name="inquiry",
            name="refund",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="inquiry",
                to="wallet.refund",
            ),
        ),
        migrations.AddField(
            model_name="refund",
            name="originator_id",
            field=models.CharField(blank=True, db_default="", default="", max_length=64),
        ),
        migrations.AlterField(
            model_name="inquiry",
            name="kind",
            field=models.CharField(
                choices=[
                    ("payment", "Transaction Status"),
                    ("balance", "Account Balance"),
                    ("refund", "Status of a refund"),
                ],
                max_length=8,
            ),
        ),
    ]
