"""What a workspace decided about its recordings."""

from __future__ import annotations

from django.db import models

LANGUAGES = ("en-KE", "sw-KE")
ANNOUNCEMENT_MAX = 300


class RecordingPolicy(models.Model):
    """How long recordings are kept, and what is said before one begins; without a row, neither."""

    workspace = models.OneToOneField(
        "accounts.Workspace", on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    # Null: as long as the storage tier keeps them.
    keep_days = models.PositiveIntegerField(null=True)
    # Empty: nothing is said.
    announcement = models.CharField(max_length=ANNOUNCEMENT_MAX, blank=True)
    language = models.CharField(max_length=5, default=LANGUAGES[0])

    class Meta:
        verbose_name_plural = "recording policies"

    def __str__(self) -> str:
        return f"recordings of {self.workspace_id}"
