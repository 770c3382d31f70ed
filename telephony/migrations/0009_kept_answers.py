"""What was sent to a voice server and what it answered are kept beside the question."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("telephony", "0008_drafts"),
    ]

    operations = [
        migrations.AddField(
            model_name="fetch",
            name="answer",
            field=models.TextField(blank=True, default=""),
        ),
        migrations.AddField(
            model_name="fetch",
            name="answer_type",
            field=models.CharField(blank=True, default="", max_length=100),
        ),
        migrations.AddField(
            model_name="fetch",
            name="sent",
            field=models.JSONField(default=dict),
        ),
    ]
