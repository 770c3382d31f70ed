"""Operators in workspaces of somebody else: which, until when and why."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from kernel import clock, ids


class Impersonation(models.Model):
    """An operator in a workspace of somebody else: for a while, with a reason, and reading only."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    operator = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    workspace = models.ForeignKey("accounts.Workspace", on_delete=models.CASCADE, related_name="+")
    reason = models.CharField(max_length=200)
    started_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.operator} in {self.workspace}"
