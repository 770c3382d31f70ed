"""Voice documents that a workspace keeps under a name, to go on writing later."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from kernel.ids import uuid7


class Draft(models.Model):
    """One document with what the server shall answer at the addresses it names."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    workspace = models.ForeignKey(
        "accounts.Workspace", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    name = models.CharField(max_length=80)
    document = models.TextField(blank=True)
    # By address.
    answers = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "name"], name="telephony_draft_once"),
        ]

    def __str__(self) -> str:
        return self.name
