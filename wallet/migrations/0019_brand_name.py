"""Say M-Pesa as its users write it; no table changes."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("wallet", "0018_suspense_index"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="mpesaaccess",
            options={"verbose_name": "M-Pesa access", "verbose_name_plural": "M-Pesa access"},
        ),
        migrations.AlterModelOptions(
            name="mpesaevent",
            options={"verbose_name": "M-Pesa event"},
        ),
        migrations.AlterModelOptions(
            name="mpesareceipt",
            options={"verbose_name": "M-Pesa receipt"},
        ),
        migrations.AlterModelOptions(
            name="statement",
            options={"verbose_name": "M-Pesa statement"},
        ),
        migrations.AlterField(
            model_name="finding",
            name="kind",
            field=models.CharField(
                choices=[
                    ("missing", "Missing: M-Pesa has it, we do not"),
                    ("extra", "Extra: we have it, M-Pesa does not"),
                    ("different", "Different"),
                    ("reversed", "Reversed: M-Pesa took it back"),
                ],
                max_length=12,
            ),
        ),
        migrations.AlterField(
            model_name="finding",
            name="said",
            field=models.CharField(blank=True, max_length=80, verbose_name="M-Pesa says"),
        ),
        migrations.AlterField(
            model_name="topup",
            name="channel",
            field=models.CharField(
                choices=[
                    ("stk", "M-Pesa prompt"),
                    ("paybill", "M-Pesa Paybill"),
                    ("test", "Test mode"),
                ],
                default="stk",
                max_length=8,
            ),
        ),
    ]
