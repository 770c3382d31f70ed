"""Indexes for the statement: the newest rows of a wallet, and the newest of a rare kind."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("wallet", "0016_support_indexes")]

    operations = [
        migrations.AddIndex(
            model_name="posting",
            index=models.Index(
                fields=["workspace", "mode", "-created_at"], name="wallet_posting_newest"
            ),
        ),
        migrations.AddIndex(
            model_name="posting",
            index=models.Index(
                condition=models.Q(("kind", "call"), _negated=True),
                fields=["workspace", "mode", "kind", "-created_at"],
                name="wallet_posting_kind",
            ),
        ),
    ]
