"""What people keep on the page of calls: views they named, and lists they took away as a file."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from calls.states import EXPORT
from kernel.ids import uuid7


class SavedView(models.Model):
    """Filters of the call list that one member named; a removed one can be had back for a day."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    membership = models.ForeignKey(
        "accounts.Membership", on_delete=models.CASCADE, related_name="+"
    )
    name = models.CharField(max_length=40)
    # As it stands in the address.
    query = models.CharField(max_length=500)
    created_at = models.DateTimeField(auto_now_add=True)
    removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                "membership",
                Lower("name"),
                condition=Q(removed_at=None),
                name="calls_view_name_once",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Export(models.Model):
    """A list of calls on its way into a CSV file, and the file while it is kept."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    workspace = models.ForeignKey(
        "accounts.Workspace", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    mode = models.CharField(max_length=4)
    actor = models.CharField(max_length=120)
    # The filters as they stand in the address; calls begun later are not in the file.
    query = models.CharField(max_length=500, blank=True)
    state = models.CharField(max_length=10, default=EXPORT.initial)
    rows_total = models.PositiveIntegerField(null=True)
    rows_done = models.PositiveIntegerField(default=0)
    size_bytes = models.BigIntegerField(default=0)
    # The last call that is written: where the next turn goes on.
    last_at = models.DateTimeField(null=True)
    last_id = models.UUIDField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    ready_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [EXPORT.constraint("calls_export_state")]
        indexes: ClassVar = [
            models.Index(fields=["workspace", "mode", "-created_at"], name="calls_export_newest"),
        ]

    def __str__(self) -> str:
        return f"export {self.id} ({self.state})"

    @property
    def file(self) -> Path:
        return Path(settings.VAR_DIR) / "exports" / f"{self.id}.csv"

    @property
    def is_running(self) -> bool:
        return self.state in ("waiting", "running")

    @property
    def percent(self) -> int:
        if self.state == "ready":
            return 100
        return min(99, self.rows_done * 100 // self.rows_total) if self.rows_total else 0
