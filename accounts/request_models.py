"""The noun of the request log."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from kernel.ids import uuid7


class ApiRequest(models.Model):
    """One answered request to /v1, kept for a week.

    The table is unlogged: it costs little to write, and a crash of the database may empty it.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    workspace_id = models.UUIDField()
    mode = models.CharField(max_length=4)
    # None: a person's own session.
    key_id = models.UUIDField(null=True)
    method = models.CharField(max_length=8)
    path = models.CharField(max_length=300)
    status = models.PositiveSmallIntegerField()
    milliseconds = models.PositiveIntegerField()
    request_id = models.CharField(max_length=40)
    error_code = models.CharField(max_length=80, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["workspace_id", "mode", "-created_at", "-id"],
                name="accounts_request_newest",
            ),
            models.Index(
                fields=["workspace_id", "mode", "-created_at", "-id"],
                name="accounts_request_refused",
                condition=Q(status__gte=400),
            ),
            models.Index(fields=["request_id"], name="accounts_request_named"),
        ]

    def __str__(self) -> str:
        return f"{self.method} {self.path} {self.status}"

    @property
    def is_refused(self) -> bool:
        return self.status >= 400
