"""Events of one kind are listed in order without reading the others."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("kernel", "0002_append_only")]
    operations = [
        migrations.AddIndex(
            model_name="event",
            index=models.Index(
                condition=models.Q(("sequence__isnull", False)),
                fields=["workspace_id", "mode", "kind", "sequence"],
                name="kernel_event_kind",
            ),
        ),
    ]
