"""Numbers that an operator suspended, which paid rent does not bring back."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("numbers", "0004_inventory_desk")]

    operations = [
        migrations.AddField(
            model_name="number",
            name="is_barred",
            field=models.BooleanField(db_default=False, default=False, editable=False),
        ),
    ]
